"""Session templates: drawn with a live preview, and what they say shown at the sessions."""

from __future__ import annotations

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Page, expect


def add_session(server: Server, place: Place, label: str, *acquisitions: str) -> str:
    body = {"project": place.id, "subject": {"label": "s1"}, "label": label}
    session: str = server.post("/sessions", body)["_id"]
    for name in acquisitions:
        server.post("/acquisitions", {"session": session, "label": name})
    return session


@pytest.mark.journey("completeness")
def test_a_template_is_drawn_with_a_preview_saved_and_shown_at_sessions(
    page: Page, server: Server, place: Place
) -> None:
    add_session(server, place, "whole", "T1w", "bold")
    lacking = add_session(server, place, "short", "T1w")
    page.goto(f"/projects/{place.id}/templates")
    page.get_by_role("button", name="New template").click()
    page.get_by_label("Acquisition label").fill("^T1w$")
    preview = page.get_by_role("status", name="Compliance")
    expect(preview).to_contain_text("2 of 2 sessions complete")
    page.get_by_role("button", name="Add acquisition").click()
    page.get_by_label("Acquisition label").nth(1).fill("bold")
    expect(preview).to_contain_text("1 of 2 sessions complete")
    expect(page.get_by_role("list", name="Incomplete sessions")).to_contain_text("bold: 0 of 1 or more")
    page.get_by_label("At least").nth(1).fill("2")
    expect(preview).to_contain_text("0 of 2 sessions complete")
    page.get_by_label("At most").nth(1).fill("1")
    expect(page.get_by_role("button", name="Save templates")).to_be_disabled()
    page.get_by_label("At least").nth(1).fill("1")
    page.get_by_role("button", name="Save templates").click()
    expect(page.get_by_role("button", name="Save templates")).to_have_count(0)
    [kept] = server.get(f"/projects/{place.id}")["templates"]
    assert [rule["label"] for rule in kept["acquisitions"]] == ["^T1w$", "bold"]

    page.get_by_role("navigation", name="Project").get_by_role("link", name="Sessions").click()
    row = page.get_by_role("row")
    expect(row.filter(has_text="short")).to_contain_text("incomplete")
    page.get_by_label("Completeness").select_option("Complete")
    expect(page.get_by_text("1 session match")).to_be_visible()
    expect(row.filter(has_text="whole")).to_be_visible()

    page.goto(f"/sessions/{lacking}")
    panel = page.get_by_role("region", name="Completeness")
    expect(panel.get_by_role("listitem").filter(has_text="bold: 0 of 1")).to_be_visible()
    server.post("/acquisitions", {"session": lacking, "label": "bold"})
    expect(panel.get_by_role("listitem").filter(has_text="bold: 1 of 1")).to_be_visible()


def test_the_last_template_is_taken_away(page: Page, server: Server, place: Place) -> None:
    add_session(server, place, "v1")
    server.post(f"/projects/{place.id}/template", {"session": {"label": "v1"}})
    page.goto(f"/projects/{place.id}/templates")
    page.get_by_role("button", name="Remove template 1").click()
    page.get_by_role("button", name="Save without templates").click()
    expect(page.get_by_role("heading", name="No session templates yet")).to_be_visible()
    assert server.get(f"/projects/{place.id}")["templates"] == []
