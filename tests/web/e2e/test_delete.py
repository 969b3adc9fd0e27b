"""Deleting says what goes and leads to the parent."""

from __future__ import annotations

from e2e_kit import Place, Server
from playwright.sync_api import Page, expect


def test_a_session_and_then_its_project_are_deleted(page: Page, server: Server, place: Place) -> None:
    made = [
        server.post("/sessions", {"project": place.id, "subject": {"label": "sub-1"}, "label": label})["_id"]
        for label in ("first", "second")
    ]
    server.post("/acquisitions", {"session": made[1], "label": "T1"})
    page.goto(f"/sessions/{made[0]}")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("first")
    page.get_by_role("button", name="Delete session").click()
    expect(page.get_by_role("heading", name="sub-1", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="second", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="first", exact=True)).to_have_count(0)

    page.goto(f"/projects/{place.id}")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog, confirm = page.get_by_role("dialog"), page.get_by_role("button", name="Delete project")
    expect(dialog).to_contain_text("1 subject, 1 session, 1 acquisition")
    expect(confirm).to_be_disabled()
    page.get_by_label("label to confirm").fill(place.label)
    confirm.click()
    expect(page.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    assert server.get(f"/groups/{place.group}/projects") == []
