"""What holds for every page: few calls, names, roles, landmarks, both themes, no console errors, small screens."""

from __future__ import annotations

from typing import Any

import pytest
from e2e_kit import MOST_CALLS, PAGES, Place, axe_violations, calls
from playwright.sync_api import Page, expect

NAMELESS = """() =>
  [...document.querySelectorAll('button, a[href], input, textarea, [role=grid], img, [role=img]')]
  .filter(el => el.getClientRects().length && el.type !== 'hidden')
  .filter(el => !(el.getAttribute('aria-label') || el.getAttribute('aria-labelledby') || el.labels?.length
                  || el.innerText?.trim() || el.alt || el.title || el.closest('[aria-hidden=true]')))
  .map(el => el.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_few_calls_is_named_readable_in_both_themes_and_fits_a_phone(
    page: Page, place: Place, treadle_server: Any, address: str
) -> None:
    page.emulate_media(color_scheme="light")
    with calls(page) as made:
        page.goto(address.format(p=place.id, g=place.group, u=treadle_server.email))
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_role("main")).to_have_count(1)
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        page.wait_for_load_state("networkidle")
    assert len(set(made)) <= MOST_CALLS, "\n".join(made)  # a second time: what others changed meanwhile
    assert page.title() not in ("", "Treadle")
    assert page.evaluate(NAMELESS) == []
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    assert axe_violations(page) == []

    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert axe_violations(page, "color-contrast") == []  # the one rule that a theme can break

    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Open navigation").click()
    expect(page.get_by_role("dialog").get_by_role("link", name="Projects")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_the_pages_policy_forbids_foreign_and_inline_scripts(page: Page) -> None:
    answer = page.goto("/")
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval", "")
