"""Fields that find one of very many: searched on the server, in pages, with the keyboard alone."""

from __future__ import annotations

from uuid import uuid4

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Page, expect

MANY = 70  # more than two pages of a picker


@pytest.fixture(scope="module")
def crowd(server: Server) -> str:
    """The family name that many users share."""
    family = f"Crowd{uuid4().hex[:6]}"
    for number in range(MANY):
        server.post(
            "/users",
            {
                "_id": f"{family.lower()}{number:02}@example.org",
                "firstname": f"P{number:02}",
                "lastname": family,
            },
        )
    return family


def test_a_person_is_found_and_added_with_the_keyboard_alone(
    page: Page, server: Server, place: Place, crowd: str
) -> None:
    page.goto(f"/projects/{place.id}/permissions")
    page.get_by_role("combobox", name="Person to add to people").focus()
    page.keyboard.type(f"P42 {crowd}")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Person to add to people")).to_have_value(
        f"P42 {crowd} ({crowd.lower()}42@example.org)"
    )
    page.keyboard.press("Tab")
    page.keyboard.type("Read-only")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(page.get_by_role("row").filter(has_text=f"P42 {crowd}")).to_be_visible()
    held = {entry["_id"] for entry in server.get(f"/projects/{place.id}/permissions")}
    assert f"{crowd.lower()}42@example.org" in held


def test_a_long_list_comes_in_pages_as_it_is_scrolled(page: Page, place: Place, crowd: str) -> None:
    page.goto(f"/projects/{place.id}/permissions")
    field = page.get_by_role("combobox", name="Person to add to people")
    field.fill(crowd)
    options = page.get_by_role("option").filter(has_text=crowd)
    expect(options).to_have_count(30)
    for shown in (60, MANY):
        options.last.scroll_into_view_if_needed()
        expect(options).to_have_count(shown)
    field.fill("nobody is called that")
    expect(page.get_by_text("Nobody matches")).to_be_visible()
