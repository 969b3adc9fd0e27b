"""Journeys: what people do with Treadle in a week, and the pictures that their tests leave for the guide.

A test of a journey bears `@pytest.mark.journey(name)`; the screen at its end is kept as `NAME.png`. A walk is a
journey whose every step is a line of a page of `docs/guide/`: the page fails its test when it says something else, and
each step leaves `NAME-NUMBER.png`. `make docs` puts the pictures under their lines (tools/guide_pictures.py); they are
never in git, so they cannot be out of date there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "guide"
PICTURES = ROOT / "build" / "journeys"


def keep_picture(page: Page, name: str) -> None:
    """Save what is on screen once it has come."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect(page.get_by_role("status", name=re.compile("^Loading"))).to_have_count(0)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def lines_of(name: str) -> list[str]:
    """The numbered lines of a page of the guide."""
    return re.findall(r"^\d+\. (.+)$", (PAGES / f"{name}.md").read_text("utf-8"), re.MULTILINE)


@dataclass
class Walk:
    """A first-time user on their way, with the page that told them how."""

    page: Page
    name: str
    said: list[str] = field(default_factory=list)

    def step(self, words: str) -> None:
        """The next line of the page; its picture shows where it is to be done."""
        self.said.append(words)
        keep_picture(self.page, f"{self.name}-{len(self.said)}")

    def end(self) -> None:
        """The page says these lines and no others."""
        assert lines_of(self.name) == self.said, f"docs/guide/{self.name}.md says other steps than its test"
