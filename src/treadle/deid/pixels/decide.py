"""May the picture show who it is of? Decided before a file goes on (deid.md, section 6.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Literal, NamedTuple

from treadle.deid.codes import Code, Rejected
from treadle.deid.pixels.expression import Test
from treadle.deid.pixels.facts import Facts
from treadle.deid.pixels.rules import PixelRule, PixelRules, Rectangle, clip
from treadle.deid.presets.options import PresetOptions

_IMAGE = "1.2.840.10008.5.1.4.1.1."
# Ultrasound, secondary capture, angiography and fluoroscopy, visible light: pictures made for, or of, a screen.
_SUSPECT_CLASSES = frozenset(
    _IMAGE + tail
    for tail in (
        *("3", "3.1", "6", "6.1", "6.2", "6.3"),
        *("7", "7.1", "7.2", "7.3", "7.4"),
        *("12.1", "12.1.1", "12.2", "12.2.1", "12.3"),
        *(
            "77.1",
            "77.2",
            "77.1.1",
            "77.1.1.1",
            "77.1.2",
            "77.1.2.1",
            "77.1.3",
            "77.1.4",
            "77.1.4.1",
            "77.1.6",
        ),
    )
)
_CAPTURE = (0x00181012, 0x00181016, 0x00181018, 0x00181019)
_WORDS = re.compile(r"\b(?:SAVE|REPORT|SCREEN|(?<!LOW )(?<!LOW-)(?<!LOW_)DOSE)(?:S|SHOT)?\b")
_BOX = (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E)


def suspicion(facts: Facts) -> str | None:
    """Why the picture is suspect, as a word for the report."""
    return next((why for why, holds in _SIGNS if holds(facts)), None)


def _is_screen(facts: Facts) -> bool:
    kind = facts.text(0x00080008).upper()
    if "SAVE" in kind or "SCREEN" in kind or ("SECONDARY" in kind and "DOSE" in kind):
        return True
    return "LOCALIZER" in kind and facts.raw(0x00080060) == b"PT"


_SIGNS: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    ("BURNED_IN", lambda facts: facts.raw(0x00280301).upper() == b"YES"),
    ("SOP_CLASS", lambda facts: facts.text(0x00080016) in _SUSPECT_CLASSES),
    ("IMAGE_TYPE", _is_screen),
    ("DESCRIPTION", lambda facts: bool(_WORDS.search(facts.text(0x0008103E).upper().replace("_", " ")))),
    ("SECONDARY_CAPTURE", lambda facts: any(facts.raw(tag) for tag in _CAPTURE)),
    ("EMBEDDED_OVERLAY", lambda facts: any(_in_pixels(facts, tag) for tag in facts.elements)),
)


def _in_pixels(facts: Facts, tag: int) -> bool:
    """An old overlay, drawn into unused bits of the pixels."""
    return 0x6000 <= tag >> 16 <= 0x60FF and tag & 0xFFFF == 0x0102 and any(facts.raw(tag))


class Decision(NamedTuple):
    """Rules to blank by; without one, what else has to be done before the picture may go."""

    rules: list[PixelRule]
    then: Literal["nothing", "review", "ocr"] = "nothing"


def decide(facts: Facts, rules: PixelRules | None, options: PresetOptions | None) -> Decision:
    """What is done with a picture; Rejected when it is suspect and nothing says where it shows text."""
    if facts.pixels is None:
        return Decision([])
    found = rules.matching(facts.field) if rules else []
    if options is None or options.preset in {"none", "minimal"}:
        return Decision(found)
    found += PixelRules(options.pixel_rules).matching(facts.field)
    if found:
        return Decision(found)
    if options.keep_regions and facts.items(0x00186011):
        return Decision([_KEEP_REGIONS])
    if options.burned_in == "allow" or not suspicion(facts):
        return Decision([])
    if options.burned_in == "reject":
        raise Rejected(Code.PIXELS, "7FE00010")
    return Decision([], options.burned_in)


def boxes(rule: PixelRule, facts: Facts) -> list[Rectangle]:
    """What a rule blanks, as rectangles within the picture."""
    rows, columns = facts.number(0x00280010), facts.number(0x00280011)
    whole = (0, 0, columns, rows)
    if rule.where == "all":
        named = [whole]
    elif rule.where == "regions":
        named = _regions(facts)
    else:
        named = list(rule.where)
    inside = [clipped for box in named if (clipped := clip(box, rows, columns))]
    return inside if rule.what == "remove" else _outside(inside, whole)


def _regions(facts: Facts) -> list[Rectangle]:
    found: list[Rectangle] = []
    for item in facts.items(0x00186011):
        region = Facts({element.tag: element for element in item}, facts.big, facts.charset)
        if all(tag in region.elements for tag in _BOX):
            x0, y0, x1, y1 = (region.number(tag) for tag in _BOX)
            found.append((x0, y0, x1 + 1, y1 + 1))
    if not found:
        raise Rejected(Code.PIXELS, "00186011")
    return found


def _outside(kept: list[Rectangle], whole: Rectangle) -> list[Rectangle]:
    """The rest of the picture: bands between the rows where rectangles begin and end, cut at their columns."""
    edges = sorted({whole[1], whole[3], *(y for box in kept for y in (box[1], box[3]))})
    found: list[Rectangle] = []
    for top, bottom in pairwise(edges):
        at = whole[0]
        for x0, _, x1, _ in sorted(box for box in kept if box[1] <= top and box[3] >= bottom):
            if x0 > at:
                found.append((at, top, x0, bottom))
            at = max(at, x1)
        if at < whole[2]:
            found.append((at, top, whole[2], bottom))
    return found


_KEEP_REGIONS = PixelRule(Test("present", "SequenceOfUltrasoundRegions"), "keep", "regions")
