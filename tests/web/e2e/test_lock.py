"""A locked project: marked, explained, and without controls that would change it."""

from __future__ import annotations

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Page, expect


@pytest.mark.journey("lock")
def test_a_project_is_locked_with_a_reason_and_takes_changes_again_after_unlocking(
    page: Page, server: Server, place: Place
) -> None:
    made = server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": "v1"})["_id"]
    page.goto(f"/projects/{place.id}/settings")
    panel = page.get_by_role("region", name="Lock")
    expect(panel).to_contain_text("Open for changes")
    panel.get_by_role("button", name="Lock project").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Lock project")).to_be_disabled()
    dialog.get_by_role("combobox", name="Reason").click()
    page.get_by_role("option", name="Study closed").click()
    dialog.get_by_role("button", name="Lock project").click()
    expect(panel).to_contain_text("Locked: study closed")
    expect(page.get_by_role("note")).to_contain_text("nothing in it can be added, changed or deleted")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    assert server.get(f"/projects/{place.id}")["locked"]["reason"] == "study_closed"

    page.goto(f"/sessions/{made}")
    expect(page.get_by_role("note")).to_contain_text("Study closed")
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    for name in ("Add field", "Delete"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_label("New note")).to_have_count(0)

    page.get_by_role("link", name="Details").click()
    page.get_by_role("button", name="Unlock").click()
    expect(panel).to_contain_text("Open for changes")
    expect(page.get_by_role("note")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_be_visible()


def test_the_list_of_projects_marks_those_that_are_locked(page: Page, server: Server, place: Place) -> None:
    server.post(f"/projects/{place.id}/lock", {"reason": "data_review"})
    page.goto(f"/projects?q={place.label}")
    expect(page.get_by_role("row").filter(has_text=place.label)).to_contain_text("Locked")


def test_a_project_is_renamed_and_demands_reasons(page: Page, server: Server, place: Place) -> None:
    page.goto(f"/projects/{place.id}/settings")
    page.get_by_label("Label", exact=True).fill(f"{place.label} b")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=f"{place.label} b", level=1)).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.get_by_label("Deleting demands a reason").check()
    assert server.get(f"/projects/{place.id}/settings")["require_delete_reason"] is True
