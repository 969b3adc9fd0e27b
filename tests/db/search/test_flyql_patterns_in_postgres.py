"""PostgreSQL's regular expressions and FlyQL's own matching agree on every pattern that the language has."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treadle.flyql.like import compile_like
from treadle.flyql.pattern import Pattern
from treadle.flyql.regex import compile_regex

_ATOMS = [
    *"abAB1 .-{",
    r"\d",
    r"\w",
    r"\s",
    r"\D",
    r"\W",
    r"\S",
    "[ab]",
    "[^a]",
    "[a-c1^-]",
    r"[\d\]\\]",
    r"[^\w]",
    *(r"\x00", r"[\x00-b]", r"[^\x00-a]", r"[\ud800-\udfff]", r"\ud800", r"[^\n-\uffff]"),
    r"\.",
    "Äß",
    "^",
    "$",
]
_subjects = st.text("abAB1 _-.\näÄßſK{]^\\\u0660\u2028😀", max_size=6)


def _expressions(depth: int = 3) -> st.SearchStrategy[str]:
    atoms = st.sampled_from(_ATOMS)
    if depth == 0:
        return atoms
    inner = _expressions(depth - 1)
    counts = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{,3}", "{0}", "{1,}", "{,}", "+?"])
    return st.one_of(
        atoms,
        st.lists(inner, max_size=3).map("".join),
        st.lists(st.one_of(inner, st.just("")), min_size=1, max_size=3).map("|".join).map("({})".format),
        st.tuples(inner.map("({})".format), counts).map("".join),
    )


@pytest.fixture(scope="module")
def connection(postgres_url: str):
    with psycopg.connect(postgres_url, autocommit=True) as made:
        yield made


def _agree(connection: psycopg.Connection, pattern: Pattern, subjects: list[str]) -> None:
    found = connection.execute(
        "SELECT s ~ %s FROM unnest(%s::text[]) WITH ORDINALITY AS x (s, i) ORDER BY i",
        (pattern.postgres, subjects),
    ).fetchall()
    assert [row[0] for row in found] == [pattern.matches(subject) for subject in subjects], pattern.postgres


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["", "(?i)"]), _expressions(), st.lists(_subjects, min_size=1, max_size=8))
def test_expressions(connection, flag: str, expression: str, subjects: list[str]) -> None:
    _agree(connection, compile_regex(flag + expression), subjects)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text("abä%_*?\\.[(^$\n", max_size=8),
    st.lists(st.text("abä%_*?\\.[(^$\n", max_size=6), min_size=1, max_size=8),
)
def test_like(connection, like: str, subjects: list[str]) -> None:
    _agree(connection, compile_like(like), subjects)


@pytest.mark.parametrize(
    "expression", ["a{0,255}", "(a{20}){20}", r"\w{200}", "(?i)" + "Ä" * 900, "(" * 50 + "a" + ")*" * 50]
)
def test_the_largest_are_accepted(connection, expression: str) -> None:
    _agree(connection, compile_regex(expression), ["a", "a" * 400, "ä" * 900, "1" * 200])
