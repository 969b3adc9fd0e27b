"""Collections, and the trash."""

from __future__ import annotations

from uuid import uuid4

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Page, expect


@pytest.fixture
def study(server: Server, place: Place) -> Place:
    """A project with two sessions that hold an acquisition each."""
    for label in ("v1", "v2"):
        made = server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": label})
        server.post("/acquisitions", {"session": made["_id"], "label": "T1"})
    return place


@pytest.mark.journey("collect")
def test_selected_sessions_are_gathered_in_a_new_collection_and_taken_out(
    page: Page, server: Server, study: Place
) -> None:
    label = f"Gathered {uuid4().hex[:6]}"
    page.goto(f"/projects/{study.id}")
    page.get_by_role("button", name="Select all 2").click()
    page.get_by_role("button", name="Add to collection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Collection").fill("New")
    page.get_by_role("option", name="New collection…").click()
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text(f"Added to “{label}”.")).to_be_visible()

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Collections").click()
    page.get_by_label("Label contains").fill(label)
    page.get_by_role("gridcell", name=label).click()
    expect(page.get_by_role("heading", name=label, level=1)).to_be_visible()
    expect(page.get_by_text("2 sessions", exact=True)).to_be_visible()
    expect(page.get_by_role("gridcell", name=study.label).first).to_be_visible()
    page.get_by_role("checkbox", name="Select row 1").check()
    page.get_by_role("button", name="Take out").click()
    expect(page.get_by_text("1 session", exact=True)).to_be_visible()
    [found] = [one for one in server.get("/collections") if one["label"] == label]
    assert len(server.get(f"/collections/{found['_id']}/sessions")) == 1
    assert len(server.get(f"/projects/{study.id}/sessions")) == 2  # nothing was copied or moved


def test_a_collection_is_shared_and_deleted(page: Page, server: Server) -> None:
    label, user = f"Shared {uuid4().hex[:6]}", f"{uuid4().hex[:8]}@example.org"
    server.post("/users", {"_id": user, "firstname": "Bob", "lastname": user[:8]})
    page.goto("/collections")
    page.get_by_role("button", name="New collection").click()
    page.get_by_role("dialog").get_by_label("Label").fill(label)
    page.get_by_role("button", name="Create collection").click()
    expect(page.get_by_text("Nothing in here yet")).to_be_visible()
    page.get_by_role("link", name="People and details").click()
    page.get_by_role("combobox", name="Person to add to shared with").fill(user)
    page.get_by_role("option", name=user).click()
    page.get_by_role("combobox", name="Access to give").click()
    page.get_by_role("option", name="Add and take out").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=user)).to_be_visible()
    [found] = [one for one in server.get("/collections") if one["label"] == label]
    assert {"_id": user, "access": "rw"} in found["permissions"]
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete collection").click()
    expect(page.get_by_role("heading", name="Collections", level=1)).to_be_visible()
    assert label not in [one["label"] for one in server.get("/collections")]


@pytest.mark.journey("trash")
def test_the_trash_says_what_when_who_and_why_and_gives_it_back(
    page: Page, server: Server, study: Place
) -> None:
    session = server.get(f"/projects/{study.id}/sessions")[0]
    page.goto(f"/sessions/{session['_id']}")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Reason").click()
    page.get_by_role("option", name="Test data").click()
    dialog.get_by_label("label to confirm").fill(session["label"])
    dialog.get_by_role("button", name="Delete session").click()
    expect(page.get_by_role("heading", name="s1", level=1)).to_be_visible()

    page.goto(f"/projects/{study.id}/trash")
    row = page.get_by_role("row").filter(has_text=session["label"])
    for words in ("session", "1 container", "just now", "Test data", "admin"):
        expect(row).to_contain_text(words)
    row.get_by_role("button", name=f"Restore {session['label']}").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert len(server.get(f"/projects/{study.id}/sessions")) == 2
    assert server.get(f"/sessions/{session['_id']}/acquisitions")[0]["label"] == "T1"
