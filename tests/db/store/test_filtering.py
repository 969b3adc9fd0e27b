"""Filter values against real PostgreSQL (the table of the filter grammar)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime, Float, Integer, Text, column, create_engine, make_url, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.kit.errors import Invalid
from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.store.regex import postgres_regex

ROWS = """
CREATE TABLE thing (id int, t text, n float8, i int, at timestamptz, on_day date, b bool, tags text[], j jsonb);
INSERT INTO thing VALUES
 (1, 'T1w', 1.5, 1, '2020-01-01T00:00Z', '2020-01-01', true, '{a,B}', '5'),
 (2, 'true', 2, 2, '2020-01-01T23:59:59.9Z', '2020-01-02', false, '{}', '"5"'),
 (3, '5', 10, 10, '2020-01-02T00:00Z', '1999-12-31', false, '{c}', '[1, 5, "x"]'),
 (4, 'null', -3, -3, '2019-12-31T22:00-05:00', NULL, NULL, '{a}', 'true'),
 (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (6, 'a,b', 5, 5, '9999-12-31T12:00Z', NULL, NULL, '{"a,b"}', 'null'),
 (7, '', 0, 0, NULL, NULL, NULL, '{}', '{"k": 5}')
"""
ALL = {1, 2, 3, 4, 5, 6, 7}


@dataclass
class Typed:
    text: str
    quoted: bool = False


FIELDS = {
    "t": Field(column("t", Text), "text"),
    "n": Field(column("n", Float), "number"),
    "i": Field(column("i", Integer), "integer"),
    "at": Field(column("at", DateTime(timezone=True)), "time"),
    "on": Field(column("on_day", Date), "date"),
    "b": Field(column("b"), "boolean"),
    "tags": Field(column("tags", ARRAY(Text)), "text_list"),
    "j": Field(column("j", JSONB), "json"),
}


@pytest.fixture(scope="module")
def ask(database_url):
    """Runs a statement and gives the ids it finds."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        for statement in ROWS.split(";"):
            connection.execute(text(statement.replace(":", r"\:")))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield lambda chosen: [row[0] for row in connection.execute(chosen)]
    engine.dispose()


@pytest.fixture(scope="module")
def find(ask):
    def run(name: str, operator: str, *values: Any) -> set[int]:
        typed = [value if isinstance(value, Typed) else Typed(value) for value in values]
        condition = condition_sql(FIELDS[name], operator, typed)
        return set(ask(select(column("id")).select_from(text("thing")).where(condition)))

    return run


def quoted(words: str) -> Typed:
    return Typed(words, quoted=True)


@pytest.mark.parametrize(
    ("name", "operator", "value", "ids"),
    [
        ("t", "=", "T1w", {1}),
        ("t", "=", "t1w", set()),
        ("t", "=", "5", {3}),
        ("t", "=", "true", {2}),
        ("t", "=", "null", {5}),
        ("t", "!=", "null", ALL - {5}),
        ("t", "=", quoted("null"), {4}),
        ("t", "!=", "5", ALL - {3}),
        ("t", "<", "null", set()),
        ("t", "=", "", {7}),
        ("n", "=", "1.50", {1}),
        ("n", ">", "1", {1, 2, 3, 6}),
        ("n", "<=", "-3", {4}),
        ("n", "=", quoted("5"), set()),
        ("n", "=", "five", set()),
        ("n", "!=", "five", ALL),
        ("n", "!=", "5", ALL - {6}),
        ("n", "=", "1e999", set()),
        ("i", "=", "5.0", {6}),
        ("i", "<", "99999999999999999999", ALL - {5}),
        ("i", ">=", "1.5", {2, 3, 6}),
        ("b", "=", "true", {1}),
        ("b", "=", "FALSE", {2, 3}),
        ("b", "!=", "true", ALL - {1}),
        ("b", "=", quoted("true"), set()),
        ("b", "=", "null", {4, 5, 6, 7}),
        ("at", "=", "2020-01-01", {1, 2, 4}),
        ("at", "!=", "2020-01-01", ALL - {1, 2, 4}),
        ("at", ">", "2020-01-01", {2, 3, 4, 6}),
        ("at", ">=", "2020-01-01T00:00", {1, 2, 3, 4, 6}),
        ("at", "=", "2020-01-01T03:00:00+00:00", {4}),
        ("at", "=", "2020-01-01T05:00+0200", {4}),
        ("at", "<", "2020-01-01T00:00:00.000001Z", {1}),
        ("at", "=", "9999-12-31", {6}),
        ("at", "=", "2020-02-30", set()),
        ("at", "=", "yesterday", set()),
        ("at", ">", "null", set()),
        ("at", "=~", "^2020-01-01T23", {2}),
        ("on", "=", "2020-01-02", {2}),
        ("on", "<", "2020-01-01", {3}),
        ("tags", "=", "a", {1, 4}),
        ("tags", "!=", "a", ALL - {1, 4}),
        ("tags", "=", "null", {2, 5, 7}),
        ("tags", "=~", "^[A-Z]", {1}),
        ("tags", ">", "b", {3}),
        ("j", "=", "5", {1, 2, 3}),
        ("j", "=", quoted("5"), {2}),
        ("j", "=", "x", {3}),
        ("j", "=", "true", {4}),
        ("j", "=", "null", {5, 6}),
        ("j", "!=", "5", {4, 5, 6, 7}),
        ("j", ">", "4.5", {1, 2, 3}),
        ("j", "<", "4", {3}),
        ("j", "=~", "^5$", {1, 2, 3}),
        ("n", "=~", r"^1\.5$", {1}),
        ("b", "=~", "tr", {1}),
    ],
)
def test_a_value_is_read_as_the_field_wants(find, name, operator, value, ids):
    assert find(name, operator, value) == ids


def test_a_list_of_values_takes_any(find):
    assert find("t", "=|", "5", "null", quoted("null")) == {3, 4, 5}
    assert find("tags", "=|", "c", quoted("a,b")) == {3, 6}
    assert find("j", "=|", "true", "x") == {3, 4}
    assert find("t", "=|") == set()


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", ["x", "5", "null", "true", "2020-01-01", "1e5", "", "'", "%", "\\", "{}"])
def test_a_condition_and_its_opposite_share_out_all_rows(find, name, value):
    assert find(name, "=", value) | find(name, "!=", value) == ALL
    assert find(name, "=", value) & find(name, "!=", value) == set()


@pytest.mark.parametrize("name", FIELDS)
def test_rows_without_the_field_come_last_ascending_and_first_descending(ask, name):
    missing = set(
        ask(select(column("id")).select_from(text("thing")).where(FIELDS[name].expression.is_(None)))
    )

    def ids(descending):
        order = sort_sql(FIELDS[name], descending)
        return ask(select(column("id")).select_from(text("thing")).order_by(order, column("id")))

    assert missing <= set(ids(False)[-len(missing) - 1 :])
    assert missing <= set(ids(True)[: len(missing) + 1])


PATTERNS = (
    r"^T1", r"\bT1\b", r"(?i)t1", r"a|", r"^$", r"x{2}", r"x{,2}y", r"a{b", r"}{", r"[]a]+", r"[^]a]",
    r"[\w-]+$", r"[a-c-e]+$", r"(?P<n>a)(?P=n)", r"(a)(b)\2\1", r"\x41b", r"é+", r"(?=.*a)(?=.*b)^",
    r"(?<!x)y", r"(?<=x)y", r"[\b]", r"a.b", r"(?s)a.b", r"(?m)^b", r"\d+\.\d*", r"[\d.]+", r"[^\s]+$",
    r"\$\^", r"(?:ab)+?c", r"T1|T2", r"\.nii(\.gz)?$", r"a\-b", r"\_", r"[a\]]", r"[-a]+$", r"[.\-/]",
    r"\Aab\Z", r"(?im)^B", r"\u00e9", r"\\", r"[\\]", r"[\^a]", r"\W", r"\D+$", r"[\D]", r"(?#no)a",
    r"((?=a)(b|a))\2", r"(((a)))", r"[^a-]",
)  # fmt: skip


@pytest.mark.parametrize("pattern", [*PATTERNS, "", "(?x) a b # c"])
def test_a_pattern_finds_what_python_finds(postgres, pattern):
    for words in (
        "", "T1", "T1w", "at1x", "xT1 T1", "xx", "xxy", "y", "xy", "a{b", "}{", "]a", "]", "a-b", "abc-e", "aa",
        "abba", "Abx", "éé", "ab", "ba", "a\nb", "b", "1.5", "12", "3.nii.gz", "$^", "ababc", "a_b", "/", "\\",
        "\x08",
    ):  # fmt: skip
        assert postgres(words, postgres_regex(pattern)) == bool(re.search(pattern, words)), words


@pytest.fixture(scope="module")
def postgres(database_url):
    """Whether PostgreSQL finds the pattern in the words."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield lambda words, pattern: connection.execute("SELECT %s ~ %s", (words, pattern)).fetchone()[0]


@pytest.mark.parametrize(
    "pattern", ["(", "a**", "[b-a]", "(?>a)", "a(?i:b)", "(a)?(?(1)b)", "x{256}", r"\N{BULLET}", r"\0"]
)
def test_what_cannot_be_searched_is_refused(pattern):
    with pytest.raises(Invalid):
        postgres_regex(pattern)


@given(pattern=st.text("ab01.^$[]()|*+?{},\\-bdDwsSé \n", max_size=8), words=st.text("ab01. é-", max_size=6))
def test_any_pattern_means_the_same_or_is_refused(postgres, pattern, words):
    try:
        translated = postgres_regex(pattern)
        found = postgres(words, translated)
    except (Invalid, psycopg.DataError):
        return
    assert found == bool(re.search(pattern, words))
