"""Table E.1-1 of PS3.15, and what it says of an attribute once options are chosen (deid.md, sections 3.1 to 3.3)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from treadle.deid.presets.options import OPTIONS

# Letters of the options column. These clean; the others keep. In lower case both kinds clean.
CLEANING = frozenset("PMTSG")


class Row(NamedTuple):
    """Basic action, and letters of the options that change it."""

    basic: str
    options: str


class Table(NamedTuple):
    """The attributes by tag, those of repeating groups apart."""

    edition: str
    rows: dict[int, Row]
    masks: dict[str, Row]


@cache
def table() -> Table:
    """The shipped edition."""
    text = files("treadle.deid.presets").joinpath("ps315.tsv").read_text("utf-8")
    edition, rows, masks = "", {}, {}
    for line in text.splitlines():
        if line.startswith("#"):
            edition = edition or line.partition("edition ")[2].partition(".")[0]
            continue
        tag, basic, options = line.split("\t")
        if tag == "tag":
            continue
        if set(tag) <= set("0123456789ABCDEF"):
            rows[int(tag, 16)] = Row(basic, options)
        else:
            masks[tag] = Row(basic, options)
    return Table(edition, rows, masks)


def action(row: Row, chosen: frozenset[str]) -> str:
    """`C` and `K` of the chosen options before the basic action; of the two, `C`."""
    letters = {OPTIONS[name][1] for name in chosen} - {""}
    kept = False
    for letter in row.options:
        if letter.upper() in letters:
            if letter in CLEANING or letter.islower():
                return "C"
            kept = True
    return "K" if kept else row.basic
