"""Metadata of many at once: what is typed is shown as a preview first, and checked against what others do."""

from __future__ import annotations

import pytest
from e2e_kit import Place, Server, axe_violations
from playwright.sync_api import BrowserContext, Page, expect


@pytest.fixture
def study(server: Server, place: Place) -> Place:
    """A project with three sessions, two of which are scored."""
    for number in range(3):
        info = {"score": number} if number else {}
        body = {"project": place.id, "subject": {"label": "s1"}, "label": f"v{number}", "info": info}
        server.post("/sessions", body)
    return place


def infos(server: Server, project: str) -> list[object]:
    found = server.get(f"/projects/{project}/sessions", include_all_info="true", sort="label:asc")
    return [one["info"] for one in found]


def fill(page: Page, study: Place) -> None:
    """Select all sessions and say what is to change."""
    page.goto(f"/projects/{study.id}")
    page.get_by_role("button", name="Select all 3").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of field 1").fill("score")
    dialog.get_by_label("Value of field 1").fill("2")
    dialog.get_by_role("combobox", name="Add tags").fill("rated")
    page.keyboard.press("Enter")
    assert axe_violations(page) == []
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("table", name="Before and after")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_all_sessions_of_a_project_are_edited_after_a_preview(
    page: Page, server: Server, study: Place, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    fill(page, study)
    dialog = page.get_by_role("dialog")
    says = dialog.get_by_role("list", name="What would happen")
    expect(says).to_contain_text("3 sessions will change.")
    expect(says).to_contain_text("1 value of “score” will be overwritten.")
    rows = dialog.get_by_role("table", name="Before and after").get_by_role("row")
    expect(rows.filter(has_text="v1").filter(has_text="score")).to_contain_text("12")  # before 1, after 2
    assert axe_violations(page) == []
    assert infos(server, study.id) == [{}, {"score": 1}, {"score": 2}]
    dialog.get_by_role("button", name="Change 3 sessions").click()
    expect(page.get_by_text("Changed 3 sessions.")).to_be_visible()
    assert infos(server, study.id) == [{"score": 2}] * 3


@pytest.mark.journey("edit-many")
def test_what_changed_since_the_preview_is_shown_before_anything_is_saved(
    page: Page, context: BrowserContext, server: Server, study: Place
) -> None:
    other = context.new_page()  # its console rightly shows the 409
    fill(other, study)
    first = server.get(f"/projects/{study.id}/sessions", sort="label:asc")[0]["_id"]
    server.http.patch(f"/sessions/{first}/info", json={"set": {"score": 7}}).raise_for_status()
    dialog = other.get_by_role("dialog")
    dialog.get_by_role("button", name="Change 3 sessions").click()
    expect(dialog.get_by_role("status")).to_contain_text("Somebody changed some of these meanwhile")
    expect(dialog).to_contain_text("2 values of “score” will be overwritten.")
    assert infos(server, study.id) == [{"score": 7}, {"score": 1}, {"score": 2}]
    dialog.get_by_role("button", name="Change 3 sessions").click()
    expect(other.get_by_text("Changed 3 sessions.")).to_be_visible()
