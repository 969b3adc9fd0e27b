"""The page speaks the browser's language or the one that was chosen, all of it, and fits a phone in each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from e2e_kit import PAGES, Place, axe_violations
from playwright.sync_api import Browser, Page, expect

CATALOGUE = Path(__file__).parents[3] / "web/locales/de.po"
SPEAK = "language => localStorage.setItem('treadle.language', language)"
# What a person reads or hears: of all elements, and of those that hold no names which people gave.
READ = """selector => [...document.querySelectorAll(selector)].flatMap(el => [
  ...[...el.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.textContent.trim()),
  el.getAttribute('aria-label'), el.getAttribute('title'), el.getAttribute('placeholder'),
]).filter(Boolean)"""
OURS = "nav a, nav a *, th, th *, [role=columnheader], [role=columnheader] *, [role=tab]"


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Texts whose German is another: none of them may be left on a German page."""
    with CATALOGUE.open(encoding="utf-8") as source:
        entries = read_po(source)
    return {
        entry.id for entry in entries if isinstance(entry.id, str) and entry.id and entry.id != entry.string
    }


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_german_throughout_and_fits_a_phone(
    page: Page, place: Place, treadle_server: Any, english: set[str], address: str
) -> None:
    page.goto("/about")
    page.evaluate(SPEAK, "de")
    page.goto(address.format(p=place.id, g=place.group, u=treadle_server.email))
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.wait_for_load_state("networkidle")
    sentences = {text for text in english if " " in text}
    assert sentences.intersection(page.evaluate(READ, "body *")) == set()
    assert english.intersection(page.evaluate(READ, OURS)) == set()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_the_language_is_the_browsers_until_one_is_chosen(browser: Browser, treadle_server: Any) -> None:
    context = browser.new_context(base_url=treadle_server.url, locale="de-AT")
    try:
        page = context.new_page()
        page.goto("/login")
        expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
        assert axe_violations(page) == []
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("button", name="Log in")).to_be_visible()
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    finally:
        context.close()


def test_a_language_is_chosen_on_the_profile_page_and_stays(page: Page) -> None:
    page.goto("/me")
    page.get_by_text("Deutsch", exact=True).click()
    expect(page.get_by_text("Darstellung", exact=True)).to_be_visible()
    page.goto("/projects")
    expect(page.get_by_role("heading", name="Projekte", level=1)).to_be_visible()
    page.goto("/me")
    page.get_by_text("Wie Browser", exact=True).click()
    expect(page.get_by_text("Appearance", exact=True)).to_be_visible()
