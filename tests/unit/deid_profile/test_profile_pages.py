"""Every profile that the how-to page shows can be loaded."""

import re
from pathlib import Path

import pytest

from treadle.deid.profile import Profile

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "deid-profile.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS)
def test_a_profile_of_the_page_loads(text: str) -> None:
    Profile.load(text, variables={"subject.label": "S001"}.__getitem__)
