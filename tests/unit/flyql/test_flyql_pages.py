"""What the pages on search say about the language is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from treadle.flyql.entities import COLLECTION, CORE_FIELDS, ENTITIES
from treadle.flyql.errors import FlyqlError
from treadle.flyql.parser import parse
from treadle.flyql.printer import to_text
from treadle.flyql.words import (
    COMPARISONS,
    KEYWORDS,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_TERMS,
    MAX_VALUES,
    SOFT_KEYWORDS,
)

DOCS = Path(__file__).resolve().parents[3] / "docs"
REFERENCE = (DOCS / "reference" / "flyql.md").read_text("utf-8")
HOWTO = (DOCS / "howto" / "search.md").read_text("utf-8")


def _examples() -> list[str]:
    blocks = re.findall(r"^```flyql\n(.*?)^```", REFERENCE + HOWTO, re.MULTILINE | re.DOTALL)
    return [query.strip() for block in blocks for query in block.split("\n\n")]


def _table(heading: str) -> list[list[str]]:
    section = REFERENCE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


@pytest.mark.parametrize("query", _examples())
def test_examples_are_queries_in_canonical_form(query: str) -> None:
    assert to_text(parse(query)) == query


@pytest.mark.parametrize("row", _table("Errors"), ids=lambda row: row[0])
def test_errors_are_as_shown(row: list[str]) -> None:
    query, place, message, *suggestion = row
    with pytest.raises(FlyqlError) as refused:
        parse(query.removeprefix("`").removesuffix("`"))
    error = refused.value
    assert (f"{error.line}:{error.pos}", error.message) == (place, message)
    assert (error.suggestion or "") == "".join(suggestion).strip("| ")


@pytest.mark.parametrize(
    "row", [row for row in _table("One text for each query") if not row[0].startswith("`{")]
)
def test_canonical_texts_are_as_shown(row: list[str]) -> None:
    written, canonical = (cell.strip("`") for cell in row)
    assert to_text(parse(written)) == canonical


def test_the_page_names_every_word_field_and_limit() -> None:
    named = set(re.findall(r"`([^`\n]+)`", REFERENCE))
    assert set(ENTITIES) <= named
    for entity, paths in CORE_FIELDS.items():
        line = next(line for line in REFERENCE.splitlines() if line.startswith(f"| `{entity}` | "))
        told = set(re.findall(r"`([^`]+)`", line + ("" if entity == COLLECTION else _line_of_all())))
        assert set(paths) - {"_id"} <= told, entity
    assert {*KEYWORDS, "IS", "HAS"} <= named
    assert all(word in REFERENCE for word in (*SOFT_KEYWORDS, *COMPARISONS))
    limits = REFERENCE.split("\n## Limits\n")[1].split("\n## ")[0]
    assert [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", limits)][:4] == [
        MAX_CHARACTERS,
        MAX_TERMS,
        MAX_DEPTH,
        MAX_VALUES,
    ]


def _line_of_all() -> str:
    return next(line for line in REFERENCE.splitlines() if line.startswith("| all | "))
