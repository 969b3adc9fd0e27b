"""The guide names every journey that is tested, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
E2E = ROOT / "tests" / "web" / "e2e"


def test_every_journey_of_the_guide_is_the_test_it_names() -> None:
    page = (ROOT / "docs" / "guide" / "index.md").read_text("utf-8")
    named = {(name, test) for name, test in re.findall(r"^\| `([\w-]+)` \|.*\| `(\w+\.py)` \|$", page, re.M)}
    marked = {
        (name, path.name)
        for path in E2E.glob("test_*.py")
        for name in re.findall(r'^@pytest\.mark\.journey\("([\w-]+)"\)', path.read_text("utf-8"), re.M)
    }
    assert named == marked
    assert len(named) >= 20
