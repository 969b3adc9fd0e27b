"""Random trees and texts of the language, and the shared cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from treadle.flyql.ast import (
    Compare,
    Element,
    Exists,
    Field,
    Having,
    In,
    Is,
    Node,
    Not,
    Value,
    both,
    either,
)
from treadle.flyql.entities import ENTITIES, LEVELS
from treadle.flyql.words import COMPARISONS, KEYWORDS, SOFT_KEYWORDS, is_bare

CASES = Path(__file__).parents[4] / "shared" / "data" / "flyql_cases.json"

# Words at which a lexer, a printer or a parser may stumble.
_HARD = (
    *KEYWORDS,
    *COMPARISONS,
    *SOFT_KEYWORDS,
    *(
        "and",
        "has",
        "is",
        "null",
        "",
        " ",
        ".",
        "..",
        "a.",
        '"',
        "'",
        "“x”",
        "a\nb",
        "\\",
        "\\n",
        'a\\"b',
        "\\“",
    ),
    *(
        "[x]",
        "(0019,100c)",
        "1001",
        "-1.5e3",
        "true",
        "TRUE",
        "2020-02-29",
        "now-30d",
        "T?w*",
        "ex\\d+",
        "file",
    ),
    *("\u2028", "\r", "\t", "Müller 4_%", "∆", "😀"),
)
texts = st.one_of(
    st.sampled_from(_HARD),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    st.text("ab.()[],\"'\\ \n=<", max_size=8),
)
names = texts.filter(bool)


def _value(text: str, quoted: bool) -> Value:
    return Value(text, quoted or not is_bare(text))


values = st.builds(_value, texts, st.booleans())
patterns = st.builds(
    _value, st.sampled_from([".*T1.*", "sub-00\\d", "a|b", "[a-c]{2,3}", "", "(?i)x y"]), st.booleans()
)


def fields(entity: str | None) -> st.SearchStrategy[Field]:
    """Fields of what rows of the entity bind; relative ones for an empty entity; any for None."""
    if entity == "":
        return st.builds(Field, st.just(""), names)
    if entity is None:
        return st.builds(Field, st.sampled_from(ENTITIES), names)
    return st.builds(Field, st.sampled_from(LEVELS[: LEVELS.index(entity) + 1]), names)


def trees(entity: str | None = None, depth: int = 2) -> st.SearchStrategy[Node]:
    """Trees in normal form, not too large for the limits."""
    field = fields(entity)
    terms: list[st.SearchStrategy[Node]] = [
        st.builds(
            Compare, st.sampled_from(("=", "!=", "<", "<=", ">", ">=", "like", "contains")), field, values
        ),
        st.builds(Compare, st.sampled_from(("=~", "!~")), field, patterns),
        st.builds(In, field, st.lists(values, min_size=1, max_size=3).map(tuple)),
        st.builds(Exists, field),
        st.builds(Is, field, st.booleans()),
    ]
    if depth == 0:
        return st.one_of(terms)
    inner = trees(entity, depth - 1)
    more = [st.builds(Not, inner)]
    more += [st.lists(inner, min_size=1, max_size=3).map(made) for made in (both, either)]
    if entity != "":
        more.append(st.builds(Element, field, trees("", depth - 1)))
        more.append(
            st.sampled_from(LEVELS).flatmap(lambda of: st.builds(Having, st.just(of), trees(of, depth - 1)))
        )
    return st.one_of(*terms, *more)


def shared() -> dict[str, Any]:
    """The cases every implementation of search must agree with, and their data."""
    if not CASES.exists():
        pytest.skip("flyql_cases.json is absent")
    return json.loads(CASES.read_text("utf-8"))


def shared_cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="flyql_cases.json is absent"))]
    return [pytest.param(case, id=case["id"]) for case in shared()["cases"]]
