"""The viewer's grid: series by hand and key, scrolling together, planes of a volume, addresses that survive reloads."""

from __future__ import annotations

from typing import Any

import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import Page, expect


@pytest.fixture
def session(server: Server, place: Place, make_series: MakeSeries) -> str:
    """A session with a series of 12 images and one of 6, over the same 22 mm."""
    server.send(make_series(slices=12, description="Thin"))
    server.send(make_series(slices=6, description="Thick", gap=4.4))
    server.wait_for_file(place.id, members=6)
    return str(server.wait_for_file(place.id, members=12)["parents"]["session"])


def shown(page: Page, count: int) -> None:
    """Wait until this many pictures are drawn."""
    expect(page.locator("[data-testid=viewport][data-ready=true]")).to_have_count(count, timeout=60_000)


def places(page: Page) -> list[str]:
    return page.get_by_test_id("place").all_inner_texts()


@pytest.mark.journey("compare-series")
def test_two_series_scroll_together_and_the_address_brings_them_back(page: Page, session: str) -> None:
    page.goto(f"/viewer?session={session}")
    shown(page, 1)
    page.get_by_role("button", name="Layout").click()
    page.get_by_role("menuitem", name="1 × 2").click()
    shown(page, 2)
    assert sorted(text.split(" / ")[1] for text in places(page)) == ["12", "6"]
    if places(page)[0].endswith("/ 6"):  # the thin one leads
        page.keyboard.press("2")
    thin = page.get_by_role("img", name="Thin, image")
    thick = page.get_by_role("img", name="Thick, image")
    page.keyboard.press("End")
    expect(thin).to_have_attribute("data-index", "11")
    expect(thick).to_have_attribute("data-index", "5")
    page.keyboard.press("Home")
    expect(thick).to_have_attribute("data-index", "0")
    page.keyboard.press("y")
    page.keyboard.press("End")
    expect(thin).to_have_attribute("data-index", "11")
    expect(thick).to_have_attribute("data-index", "0")
    assert axe_violations(page) == []
    page.reload()
    shown(page, 2)
    expect(page.get_by_test_id("pane")).to_have_count(2)


def test_a_series_is_hung_by_dragging_it(page: Page, session: str) -> None:
    page.goto(f"/viewer?session={session}&layout=1x2&series=-,-")
    expect(page.get_by_role("heading", name="Empty")).to_have_count(2)
    strip = page.get_by_role("navigation", name="Series")
    strip.get_by_role("button", name="Thick").drag_to(page.get_by_test_id("pane").nth(1))
    shown(page, 1)
    expect(page.get_by_test_id("pane").nth(1)).to_contain_text("/ 6")
    expect(page.get_by_test_id("pane").nth(0)).to_contain_text("Empty")


def test_a_volume_is_cut_in_three_planes_and_measured_on_them(page: Page, session: str) -> None:
    page.goto(f"/viewer?session={session}")
    shown(page, 1)
    page.get_by_role("navigation", name="Series").get_by_role("button", name="Thin").click()
    expect(page.get_by_role("img", name="Thin, image")).to_have_attribute("data-loaded", "12")
    page.get_by_role("button", name="Three planes (N)").click()
    shown(page, 3)
    expect(page.get_by_test_id("names").nth(1)).to_contain_text("sagittal")
    page.keyboard.press("2")
    before = places(page)[1]
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("place").nth(1)).not_to_have_text(before)
    page.keyboard.press("l")
    box = page.get_by_test_id("viewport").nth(1).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 50, y - 40)
    page.mouse.down()
    page.mouse.move(x + 50, y - 40, steps=6)
    page.mouse.up()
    expect(page.get_by_test_id("measure")).to_contain_text("mm")
    expect(page.get_by_role("button", name="Length, three planes")).to_be_visible()
    assert axe_violations(page) == []
    page.keyboard.press("n")
    shown(page, 1)
    # The measurement leads back to its planes.
    page.get_by_role("button", name="Length, three planes").click()
    shown(page, 3)


def test_flipping_swaps_the_letters_and_the_text_follows_the_choice(page: Page, session: str) -> None:
    page.goto(f"/viewer?session={session}")
    shown(page, 1)
    letters = page.get_by_test_id("edges")
    expect(letters).to_have_attribute("aria-label", "Left R, right L, top A, bottom P")
    page.keyboard.press("h")
    expect(letters).to_have_attribute("aria-label", "Left L, right R, top A, bottom P")
    page.keyboard.press("v")
    expect(letters).to_have_attribute("aria-label", "Left L, right R, top P, bottom A")
    page.keyboard.press("r")
    page.keyboard.press(".")
    expect(letters).to_have_attribute("aria-label", "Left P, right A, top R, bottom L")
    expect(page.get_by_test_id("scale")).to_be_visible()
    expect(page.get_by_test_id("names")).to_contain_text("sub-01")
    page.keyboard.press("q")
    expect(page.get_by_test_id("names")).to_contain_text("Phantom E2E")
    page.keyboard.press("q")
    expect(page.get_by_test_id("names")).to_be_empty()
    expect(page.get_by_text("Not for diagnostic use")).to_be_visible()


def test_a_phone_is_told_kindly_and_may_look_anyway(page: Page, session: str, treadle_server: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/viewer?session={session}")
    expect(page.get_by_role("heading", name="The viewer likes a larger screen")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Show it here anyway").click()
    shown(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
