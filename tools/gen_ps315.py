"""Make `presets/ps315.tsv` from the standard: `gen_ps315.py part15.xml 2026c > src/treadle/deid/presets/ps315.tsv`.

`part15.xml` is the DocBook source of DICOM PS3.15; the table is the one with the label E.1-1. Its option columns, in
their order there, become one letter each: upper case for an option that keeps (K), lower case where device or
characteristics are cleaned (C); options that always clean have upper-case letters too (see `presets/table.py`).
"""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

BOOK = "{http://docbook.org/ns/docbook}"
# Heading of a column, as it begins -> letter.
COLUMNS = (
    ("Rtn. Safe Priv", "P"),
    ("Rtn. UIDs", "U"),
    ("Rtn. Dev. Id", "D"),
    ("Rtn. Inst. Id", "I"),
    ("Rtn. Pat. Chars", "C"),
    ("Rtn. Long. Full Dates", "F"),
    ("Rtn. Long. Modif. Dates", "M"),
    ("Clean Desc", "T"),
    ("Clean Struct. Cont", "S"),
    ("Clean Graph", "G"),
)
HEAD = (
    "# DICOM PS3.15 Table E.1-1, edition {edition}. Made by tools/gen_ps315.py; "
    "letters of the options in presets/table.py.\ntag\tbasic\toptions"
)


def text_of(cell: ElementTree.Element) -> str:
    """All text of a cell, without the marks that allow long words to be broken."""
    return " ".join("".join(cell.itertext()).replace("\u200b", "").split())


def rows(source: str) -> list[tuple[str, str, str]]:
    """(tag, basic action, letters of options) of every row."""
    root = ElementTree.parse(source).getroot()
    table = next(table for table in root.iter(f"{BOOK}table") if table.get("label") == "E.1-1")
    heads = [text_of(cell) for cell in table.iter(f"{BOOK}th")]
    basic = next(at for at, head in enumerate(heads) if head.startswith("Basic Prof"))
    letters = {
        at: letter for at, head in enumerate(heads) for start, letter in COLUMNS if head.startswith(start)
    }
    if len(letters) != len(COLUMNS):
        raise SystemExit("the table has other columns than this program knows")
    found = []
    for row in table.iter(f"{BOOK}tr"):
        cells = [text_of(cell) for cell in row.findall(f"{BOOK}td")]
        if len(cells) != len(heads):
            continue
        tag = (
            re.sub(r"[(), ]", "", cells[1]).replace("gggg", "GGGG").replace("eeee", "EEEE").replace("x", "X")
        )
        if tag.startswith("50XX"):
            tag = "50XXXXXX"
        options = "".join(_letter(cells[at], letter) for at, letter in sorted(letters.items()))
        found.append((tag if "GGGG" not in tag else "GGGGEEEE", cells[basic].replace(" ", ""), options))
    return sorted(found)


def _letter(cell: str, letter: str) -> str:
    if cell == "C" and letter in "DC":
        return letter.lower()
    return letter if cell in {"K", "C"} else ""


def main() -> None:
    """Write the table to standard output."""
    source, edition = sys.argv[1:]
    print(HEAD.format(edition=edition))
    for row in rows(source):
        print("\t".join(row))


if __name__ == "__main__":
    main()
