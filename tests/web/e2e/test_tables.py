"""The tables of projects and sessions: pins, filter, sort, keyboard, reload."""

from __future__ import annotations

import re

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Locator, Page, expect

COUNT = 130


@pytest.fixture
def sessions(server: Server, place: Place) -> Place:
    """A project with many sessions `scan 000`...; one of them tagged."""
    subject = server.post("/subjects", {"project": place.id, "label": "sub-01"})["_id"]
    for number in range(COUNT):
        body = {
            "label": f"scan {number:03}",
            "subject": {"_id": subject},
            "timestamp": f"2024-01-{number % 28 + 1:02}T10:00:00Z",
        }
        made = server.post("/sessions", body)
    server.post(f"/sessions/{made['_id']}/tags", {"value": "checked"})
    return place


def rows(page: Page) -> Locator:
    return (
        page.get_by_role("grid", name="Sessions").get_by_role("row").filter(has=page.get_by_role("gridcell"))
    )


def first_label(page: Page) -> Locator:
    return rows(page).first.get_by_role("gridcell").nth(1)


def test_the_sessions_table_filters_sorts_and_survives_a_reload(page: Page, sessions: Place) -> None:
    page.goto(f"/projects/{sessions.id}")
    expect(page.get_by_text(f"{COUNT} sessions", exact=True)).to_be_visible()
    page.get_by_role("columnheader", name="Session").get_by_role("button").click()
    expect(first_label(page)).to_have_text("scan 000")
    page.get_by_role("columnheader", name="Session").get_by_role("button").click()
    expect(first_label(page)).to_have_text(f"scan {COUNT - 1:03}")
    page.get_by_label("Session contains").fill("SCAN 01")
    expect(page.get_by_text("10 sessions match")).to_be_visible()
    expect(first_label(page)).to_have_text("scan 019")
    page.reload()
    expect(page.get_by_text("10 sessions match")).to_be_visible()
    expect(first_label(page)).to_have_text("scan 019")
    expect(page.get_by_role("columnheader", name="Session")).to_have_attribute("aria-sort", "descending")


def test_a_pinned_project_stands_first_on_the_home_page(page: Page, server: Server, place: Place) -> None:
    other = f"{place.label} other"
    server.post("/projects", {"group": place.group, "label": other})
    page.goto(f"/projects?q={place.label}")
    page.get_by_role("button", name=f"Pin {place.label}", exact=True).click()
    page.goto("/")
    first = page.get_by_role("region", name="Projects", exact=True).get_by_role("listitem").first
    expect(first).to_contain_text(f"{place.label}Group")
    expect(first.get_by_label("Pinned")).to_be_visible()
    first.get_by_role("link").click()
    star = page.get_by_role("button", name=f"Pin {place.label}", exact=True)
    expect(star).to_have_attribute("aria-pressed", "true")
    star.click()
    page.goto("/")
    expect(page.get_by_role("region", name="Recent projects", exact=True)).to_contain_text(other)


def test_a_filter_without_a_match_offers_to_clear_it(page: Page, sessions: Place) -> None:
    page.goto(f"/projects/{sessions.id}?tag=checked")
    expect(page.get_by_text("1 session match")).to_be_visible()
    page.get_by_label("Session contains").fill("no such thing")
    expect(page.get_by_text("0 of ")).to_be_visible()
    page.get_by_role("button", name="Clear filters").last.click()
    expect(page.get_by_text(f"{COUNT} sessions", exact=True)).to_be_visible()


def test_a_long_table_draws_only_the_rows_in_view(page: Page, sessions: Place) -> None:
    page.goto(f"/projects/{sessions.id}?sort=label:asc")
    grid = page.get_by_role("grid", name="Sessions")
    expect(grid).to_have_attribute("aria-rowcount", str(COUNT + 1))
    expect(first_label(page)).to_have_text("scan 000")
    assert rows(page).count() < 60
    grid.focus()
    page.keyboard.press("End")
    expect(page.get_by_role("gridcell", name=f"scan {COUNT - 1:03}")).to_be_visible()


def test_a_row_is_opened_and_selected_with_the_keyboard(page: Page, sessions: Place) -> None:
    page.goto(f"/projects/{sessions.id}?sort=label:asc")
    expect(first_label(page)).to_have_text("scan 000")
    page.get_by_role("grid", name="Sessions").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text(f"3 of {COUNT} sessions selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text(f"{COUNT} sessions", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="scan 002", level=1)).to_be_visible()


def test_keys_lead_to_search_and_places(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/projects$"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_label("Find by name")).to_be_focused()
