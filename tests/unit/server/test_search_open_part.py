"""What of a query may find objects of others: closed terms are false there, and so are their negations."""

from __future__ import annotations

import pytest

from treadle.flyql.parser import parse
from treadle.flyql.printer import to_text
from treadle.server.search.explorer.all_data import open_part

OPEN = ("file.type", "session.age*")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("file.type = dicom", "file.type = dicom"),
        ("file.type != dicom AND session.age_years > 3", "file.type != dicom AND session.age_years > 3"),
        ("file.name = x", None),
        ("NOT file.name = x", None),
        ("file.name != x", None),
        ("NOT file.name EXISTS", None),
        ("file.type = dicom AND NOT file.name = x", None),
        ("file.type = dicom OR NOT file.name = x", "file.type = dicom"),
        ("NOT (file.type = dicom AND file.name = x)", "NOT file.type = dicom"),
        ("NOT (file.type = dicom OR file.name = x)", None),
        ("NOT (file.type = a OR NOT file.type = b)", "NOT file.type = a AND file.type = b"),
        ("HAS file (file.type = dicom)", "HAS file (file.type = dicom)"),
        ("HAS file (file.type = dicom OR file.name = x)", None),
        ("NOT HAS file (file.type = dicom AND session.label = x)", None),
        ("file.type HAS (x = 1)", None),
        ("session.ageless = 1", "session.ageless = 1"),
        ("session.info.age = 1", None),
    ],
)
def test_closed_terms_find_nothing_however_they_are_turned(text, left):
    found = open_part(parse(text), OPEN)
    assert (None if found is None else to_text(found)) == left
