"""Type-ahead knows what may be written where a text ends, and from where it would be replaced."""

from __future__ import annotations

import pytest

from treadle.flyql.caret import at_caret

CLASSIC = [
    ("file.inf", 0, "field", "file.inf", ""),
    ("(foo", 1, "field", "foo", ""),
    ("foo == bar and qa", 15, "field", "qa", ""),
    ('field == "foo bar', 9, "value", "foo bar", "field"),
    ('field == "foo bar  ', 9, "value", "foo bar  ", "field"),
    (r'field == "foo \"', 9, "value", 'foo "', "field"),
    ('foo in ["x", "y', 13, "value", "y", "foo"),
    ("foo LIKE %XYZ", 9, "value", "%XYZ", "foo"),
    ("subject.code == ex", 16, "value", "ex", "subject.code"),
    ("foo NOT IN (a,b", 14, "value", "b", "foo"),
    ('"file.info.my k', 0, "field", "file.info.my k", ""),
    ('a = b AND file.info."my k', 10, "field", "file.info.my k", ""),
    ('file.info."my key".x = y', 23, "value", "y", "file.info.my key.x"),
    ("= = file.ty", 4, "field", "file.ty", ""),
    ("foo ~~ bar AND file.ty", 15, "field", "file.ty", ""),
    ("NOT HAS file (file.ty", 14, "field", "file.ty", ""),
    ("a HAS (x = 1) AND subj", 18, "field", "subj", ""),
]


@pytest.mark.parametrize(("text", "start", "kind", "prefix", "field"), CLASSIC)
def test_words_begun_are_looked_up(text: str, start: int, kind: str, prefix: str, field: str) -> None:
    caret = at_caret(text)
    assert (caret.start, caret.kind, caret.prefix) == (start, kind, prefix)
    assert caret.field == field or kind == "field"
    assert caret.classic


EXTENDED = [
    ("", "field", ""),
    ("foo ", "operator", "foo"),
    ("foo =", "operator", "foo"),
    ("foo NOT ", "operator", "foo"),
    ("foo == ", "value", "foo"),
    ("foo in [a, ", "value", "foo"),
    ("foo in [a ", "nothing", "foo"),
    ("foo in ", "nothing", "foo"),
    ("foo in [a]", "connective", ""),
    ("foo = bar ", "connective", "foo"),
    ("foo == bar an", "connective", "foo"),
    ('foo = "bar"', "connective", "foo"),
    ("(foo = bar)", "connective", ""),
    ("foo IS ", "truth", "foo"),
    ("foo is not tr", "truth", "foo"),
    ("HAS ", "entity", ""),
    ("HAS fil", "entity", ""),
    ("HAS file ", "nothing", ""),
    ("foo bar 'x", "value", "foo"),
    ("foo 'x", "nothing", ""),
    ("x" * 10_001, "nothing", ""),
]


@pytest.mark.parametrize(("text", "kind", "field"), EXTENDED)
def test_other_places_wait_to_be_asked(text: str, kind: str, field: str) -> None:
    caret = at_caret(text)
    assert (caret.kind, caret.field) == (kind, field)
    assert not caret.classic or text == "foo bar 'x"


def test_inside_an_element_fields_are_relative() -> None:
    inside = at_caret("file.roi HAS (lab")
    assert (inside.kind, inside.within, inside.prefix, inside.start) == ("field", "file.roi", "lab", 14)
    assert at_caret("file.roi HAS (label = L").field == "file.roi.label"
    assert at_caret("file.roi HAS ((label = L OR lab").within == "file.roi"
    assert at_caret("file.roi HAS (label IN [a]) AND fi").within == ""
