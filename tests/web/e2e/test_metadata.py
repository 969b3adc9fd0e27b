"""Metadata that two people edit at once, and what kind of image a file holds."""

from __future__ import annotations

from typing import Any

import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import BrowserContext, Page, expect


@pytest.fixture
def session(server: Server, place: Place) -> str:
    """A session with metadata."""
    body = {
        "project": place.id,
        "subject": {"label": "s1"},
        "label": "v1",
        "info": {"score": 1, "rater": "Ann", "kept": True},
    }
    return str(server.post("/sessions", body)["_id"])


def info_of(server: Server, session: str) -> Any:
    return server.get(f"/sessions/{session}")["info"]


def change(server: Server, session: str, fields: dict[str, Any]) -> None:
    """Somebody else saves."""
    server.http.patch(f"/sessions/{session}/info", json={"set": fields}).raise_for_status()


def edit(page: Page, field: str, value: str) -> None:
    """Open a field and type another value, without saving it."""
    page.get_by_role("button", name=f"Edit {field}", exact=True).click()
    page.get_by_label("Value").fill(value)


@pytest.fixture
def two(page: Page, context: BrowserContext) -> Page:
    """A page that may meet a conflict: its console rightly shows the 409."""
    return context.new_page()


def test_both_versions_are_shown_and_mine_is_kept(two: Page, server: Server, session: str) -> None:
    two.goto(f"/sessions/{session}")
    edit(two, "score", "2")
    change(server, session, {"score": 3})
    expect(two.get_by_role("status").filter(has_text="Somebody else has changed this")).to_be_visible()
    two.keyboard.press("Enter")
    dialog = two.get_by_role("dialog", name="Somebody else changed this too")
    expect(dialog.get_by_role("radio", name="Mine")).to_contain_text("2")
    expect(dialog.get_by_role("radio", name="Theirs")).to_contain_text("3")
    assert info_of(server, session)["score"] == 3
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert info_of(server, session) == {"score": 2, "rater": "Ann", "kept": True}


def test_several_changes_are_merged_key_by_key(two: Page, server: Server, session: str) -> None:
    two.goto(f"/sessions/{session}")
    two.get_by_role("button", name="JSON").click()
    two.get_by_label("JSON", exact=True).fill('{"score": 2, "rater": "Bob", "mine": 1}')
    change(server, session, {"score": 3, "rater": "Eve", "theirs": 1})
    two.get_by_role("dialog").get_by_role("button", name="Save").click()
    dialog = two.get_by_role("dialog", name="Somebody else changed this too")
    dialog.get_by_role("radiogroup", name="rater").get_by_role("radio", name="Theirs").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert info_of(server, session) == {"score": 2, "rater": "Eve", "mine": 1, "theirs": 1}


def test_changes_of_other_fields_need_no_question(two: Page, server: Server, session: str) -> None:
    two.goto(f"/sessions/{session}")
    edit(two, "score", "2")
    change(server, session, {"rater": "Bob"})
    server.post(f"/sessions/{session}/tags", {"value": "seen"})
    two.keyboard.press("Enter")
    expect(two.get_by_role("button", name="Edit score", exact=True)).to_be_visible()
    expect(two.get_by_role("list", name="Metadata")).to_contain_text("Bob")
    assert info_of(server, session) == {"score": 2, "rater": "Bob", "kept": True}


def test_an_outdated_change_is_refused_by_the_server(server: Server, session: str) -> None:
    revision = server.get(f"/sessions/{session}")["revision"]
    address, body = f"/sessions/{session}/info", {"set": {"score": 5}}
    assert server.http.patch(address, json=body, headers={"If-Match": str(revision)}).status_code == 200
    answer = server.http.patch(address, json=body, headers={"If-Match": str(revision)})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.revision_changed")


@pytest.mark.journey("classify")
@pytest.mark.peer
def test_a_file_is_classified_in_the_words_of_its_modality(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    server.send(make_series(slices=2))
    file = server.wait_for_file(place.id, members=2)["file_id"]
    page.goto(f"/files/{file}")
    panel = page.get_by_role("region", name="Classification")
    panel.get_by_role("button", name="Edit").click()
    expect(panel.get_by_role("combobox", name="Modality")).to_have_value("MR")
    panel.get_by_role("combobox", name="Intent").fill("Func")
    page.get_by_role("option", name="Functional").click()
    panel.get_by_role("combobox", name="Custom").fill("pilot")
    page.keyboard.press("Enter")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("button", name="Edit")).to_be_visible()  # only then it is saved
    expect(panel).to_contain_text("Functional")
    kept = server.get(f"/files/{file}")["classification"]
    assert "Functional" in kept["Intent"]
    assert kept["Custom"] == ["pilot"]


def test_changes_of_the_tree_are_taken_back_and_others_changes_stay(
    page: Page, server: Server, session: str
) -> None:
    page.goto(f"/sessions/{session}")
    for field, value in (("score", "2"), ("rater", "Bob")):
        edit(page, field, value)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        expect(page.get_by_role("list", name="Metadata")).to_contain_text(value)
    change(server, session, {"kept": False})
    expect(page.get_by_role("list", name="Metadata")).to_contain_text("false")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("list", name="Metadata")).to_contain_text("Ann")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.get_by_role("list", name="Metadata")).not_to_contain_text("2")
    assert info_of(server, session) == {"score": 1, "rater": "Ann", "kept": False}


@pytest.mark.journey("write-note")
def test_notes_are_formatted_link_publications_and_are_edited(
    page: Page, server: Server, session: str
) -> None:
    page.goto(f"/sessions/{session}")
    notes = page.get_by_role("region", name="Notes")
    notes.get_by_label("New note").fill("**Repeat**: see 10.1038/s41586-020-2649-2. <b onclick=x>raw</b>")
    notes.get_by_role("button", name="Add note").click()
    link = notes.get_by_role("link", name="10.1038/s41586-020-2649-2")
    expect(link).to_have_attribute("href", "https://doi.org/10.1038/s41586-020-2649-2")
    expect(notes.locator("strong", has_text="Repeat")).to_be_visible()
    expect(notes.locator("[onclick]")).to_have_count(0)
    notes.get_by_role("button", name="Edit note of").click()
    notes.get_by_label("Note", exact=True).fill("Not repeated.")
    notes.get_by_role("button", name="Save note").click()
    expect(notes.get_by_role("listitem")).to_contain_text(", edited")  # only then it is saved
    expect(link).to_have_count(0)
    assert [one["text"] for one in server.get(f"/sessions/{session}")["notes"]] == ["Not repeated."]


@pytest.mark.journey("correct-details")
def test_details_are_edited_and_what_two_people_changed_is_asked_about(
    two: Page, server: Server, session: str
) -> None:
    two.goto(f"/sessions/{session}")
    two.get_by_role("button", name="Edit details of v1").click()
    dialog = two.get_by_role("dialog")
    dialog.get_by_label("Label").fill("visit 1")
    dialog.get_by_label("Age (years)").fill("50.5")
    dialog.get_by_label("Weight (kg)").fill("heavy")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_label("Weight (kg)").fill("61,5")
    assert axe_violations(two) == []
    server.http.put(f"/sessions/{session}", json={"label": "first", "operator": "Eve"}).raise_for_status()
    dialog.get_by_role("button", name="Save").click()
    clash = two.get_by_role("dialog", name="Somebody else changed this too")
    expect(clash.get_by_role("radiogroup", name="Label").get_by_role("radio", name="Theirs")).to_contain_text(
        "first"
    )
    clash.get_by_role("button", name="Save").click()
    expect(two.get_by_role("heading", name="visit 1", level=1)).to_be_visible()
    shown = server.get(f"/sessions/{session}")
    assert (shown["label"], shown["operator"], shown["weight"]) == ("visit 1", "Eve", 61.5)
    assert shown["age"] == round(50.5 * 365.25 * 86_400)


def test_the_history_says_who_changed_what(page: Page, server: Server, session: str) -> None:
    change(server, session, {"score": 12})
    page.goto(f"/sessions/{session}")
    history = page.get_by_role("region", name="History")
    history.get_by_role("button", name="Show").click()
    rows = history.get_by_role("table").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("score: 12")
    expect(rows.nth(2)).to_contain_text("made")
    assert axe_violations(page) == []
