"""A wrong text is refused at the first token that cannot be accepted, with words that help."""

from __future__ import annotations

import time

import pytest
from flyql_kit import shared_cases, texts
from hypothesis import given
from hypothesis import strategies as st

from treadle.flyql.caret import at_caret
from treadle.flyql.errors import FlyqlError
from treadle.flyql.hints import unknown_fields
from treadle.flyql.lexer import tokens
from treadle.flyql.parser import parse, parse_field
from treadle.flyql.words import COMPARISONS, KEYWORDS

END = "Unexpected end of input!"
ABOVE_SESSION = "in HAS session (...) only fields of the session and of what is above it are known"

REFUSED = [
    ("", 0, END, None),
    (" \n ", 3, END, None),
    ("subject.sex", 11, END, None),
    ("subject.sex = ", 14, END, None),
    ("subject.sex = male AND", 22, END, None),
    ("(subject.sex = male", 19, END, None),
    ("subject.sex=male", 16, END, "put blanks around `=`"),
    ("subject.age>=40 AND file.type = x", 16, "Syntax error at 'AND'", "put blanks around `>=`"),
    ("session.age >=40", 12, "Unknown operator: '>=40'", None),
    ("subject.code ~~ ex8*", 13, "Unknown operator: '~~'", "=~"),
    ("subject.code => 3", 13, "Unknown operator: '=>'", ">="),
    ("subject.code contain x", 13, "Unknown operator: 'contain'", "CONTAINS"),
    ("a\n >> some_text", 3, "Unknown operator: '>>'", "<>"),
    ('subject.label = "abc', 16, "Expected '\"'", None),
    ("subject.label = 'abc", 16, 'Expected "\'"', None),
    ('subject.label = "abc\n"', 16, "Expected '\"'", None),
    ('subject.label = "abc” AND', 16, "Expected '\"'", None),
    ('file.info."my key = 3', 10, "Expected '\"'", None),
    ("subject.cohort IN []", 19, "Syntax error at ']'", None),
    ("subject.cohort IN [a,]", 21, "Syntax error at ']'", None),
    ("subject.cohort IN [a)", 20, "Syntax error at ')'", None),
    ("subject.cohort IN a", 18, "Syntax error at 'a'", None),
    ("subject.cohort NOT = a", 19, "Syntax error at '='", None),
    ("subject.sex = male And subject.cohort = Control", 19, "Syntax error at 'And'", "AND"),
    ("subject.sex = male) OR", 18, "Syntax error at ')'", None),
    ("subject.sex = in", 14, "Syntax error at 'in'", "quote `in`"),
    ("subject.sex = =", 14, "Syntax error at '='", "quote `=`"),
    ("and = 3", 0, "Syntax error at 'and'", "quote `and`"),
    ("subject.sex is maybe", 15, "Syntax error at 'maybe'", None),
    ("subject.sex is ture", 15, "Syntax error at 'ture'", "TRUE"),
    ('subject.sex is "true"', 15, "Syntax error at '\"true\"'", "TRUE"),
    ("nothing.label = x", 0, "Unknown field 'nothing.label'", None),
    ("subjet.label = x", 0, "Unknown field 'subjet.label'", "subject.label"),
    ("sesion.info.x = x", 0, "Unknown field 'sesion.info.x'", "session.info.x"),
    ("subject = x", 0, "Unknown field 'subject'", None),
    ("subject. = x", 0, "Unknown field 'subject.'", None),
    ("file.type = a AND NOT typ = x", 22, "Unknown field 'typ'", None),
    ("has = 3", 0, "Unknown field 'has'", None),
    ("HAS fil (file.type = x)", 4, "Unknown field 'fil'", "file"),
    ("HAS file", 8, END, None),
    ("HAS session (file.type = x)", 13, "Unknown field 'file.type'", ABOVE_SESSION),
    ("file.roi HAS (file.x HAS (a = b))", 21, "Unknown operator: 'HAS'", "HAS"),
    ("file.roi HAS a", 13, "Syntax error at 'a'", None),
    ('file.name =~ "("', 13, "Invalid regular expression: missing )", None),
    (r"file.name =~ '(a)\1'", 13, "Unsupported regular expression: back-references", None),
    (
        "file.name LIKE " + "a" * 1001,
        15,
        "Unsupported pattern: it stands for more than 1,000 characters",
        None,
    ),
    ("file.a = 'x\x00'", 11, "The character U+0000 stands in no text", None),
    ("file.a = 1 AND \ud800 = 1", 15, "The character U+D800 stands in no text", None),
    ("file.a = 1 OR " * 200 + "file.b = 2", 2800, "The query has more than 200 terms", None),
    ("(" * 51 + "file.a = 1" + ")" * 51, 50, "The query is nested deeper than 50", None),
    ("NOT " * 51 + "file.a = 1", 200, "The query is nested deeper than 50", None),
    ("file.a IN [" + "1," * 1000 + "1]", 2011, "The list has more than 1,000 values", None),
    ("file.a = " + " " * 9991 + "x", 10000, "The query is longer than 10,000 characters", None),
]


@pytest.mark.parametrize(
    ("text", "offset", "message", "suggestion"),
    [pytest.param(*case, id=case[0][:40] or "empty") for case in REFUSED],
)
def test_an_error_says_where_and_what(text: str, offset: int, message: str, suggestion: str | None) -> None:
    with pytest.raises(FlyqlError) as refused:
        parse(text)
    error = refused.value
    assert (error.offset, error.message, error.suggestion) == (offset, message, suggestion)
    assert text.split("\n")[error.line - 1][: error.pos - 1] == text[:offset].rpartition("\n")[2]


@pytest.mark.parametrize("case", [case for case in shared_cases() if "error" in str(case)])
def test_errors_stand_where_the_shared_cases_say(case) -> None:
    if "error" not in case["expect"]:
        return
    with pytest.raises(FlyqlError) as refused:
        parse(case["query"])
    wire = refused.value.wire()
    assert {name: wire[name] for name in ("line", "pos", "offset")} == case["expect"]["error"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50 + "file.a = 1" + ")" * 50,
        " OR ".join(["file.a = 1"] * 200),
        f"file.a IN [{','.join('1' * 1000)}]",
        "file.a = " + "x" * 9991,
        "file.a = 1" + " " * 20_000,
    ],
    ids=["depth", "terms", "list", "length", "blanks at the end"],
)
def test_a_query_at_its_limits_is_accepted(text: str) -> None:
    parse(text)


_WORDS = (
    *KEYWORDS,
    *COMPARISONS,
    *"()[],.",
    "file.a",
    "subject.sex",
    "HAS",
    "file",
    "IS",
    "TRUE",
    '"',
    "'",
    "“",
    "\\",
    " ",
)
nearly_queries = st.lists(st.one_of(st.sampled_from(_WORDS), texts), max_size=12).map(" ".join)


@given(st.one_of(nearly_queries, st.text(), st.lists(st.sampled_from(_WORDS), max_size=20).map("".join)))
def test_no_text_ends_in_anything_but_a_tree_or_an_error_in_it(text: str) -> None:
    try:
        parse(text)
    except FlyqlError as error:
        assert 0 <= error.offset <= len(text)
    caret = at_caret(text)
    assert 0 <= caret.start <= len(text)
    for token in tokens(text):
        assert token.start <= token.end <= len(text)


@pytest.mark.parametrize("piece", ["(", "file.a = 1 AND ", "NOT ", '"', "'\\", 'a."b"', "[,", "x" * 100, " "])
def test_hostile_texts_cost_time_in_proportion_to_their_length(piece: str) -> None:
    """A million characters are answered in well under a second of processor time, ten thousand at once."""
    text = (piece * (1_000_000 // len(piece)))[:1_000_000]
    started = time.process_time()
    with pytest.raises(FlyqlError):
        parse(text)
    at_caret(text)
    assert time.process_time() - started < 1


def test_fields_that_nothing_has_are_noticed_not_refused() -> None:
    tree = parse("session.info.visti = 1 AND file.roi HAS (lable = x) OR HAS file (file.type = y)")
    known = {"session.info.visit", "file.roi", "file.type"}
    found = unknown_fields(tree, lambda field: str(field) in known, ["session.info.visit"])
    assert [(notice.offset, notice.message, notice.suggestion) for notice in found] == [
        (0, "No object has the field 'session.info.visti'", "session.info.visit"),
        (41, "No object has the field 'file.roi.lable'", None),
    ]


def test_a_field_by_itself_is_read_like_one_in_a_query() -> None:
    assert str(parse_field("Session.info.My key")) == "session.info.My key"
    for text in ("sessions.label", "session", "session.info.\x00"):
        with pytest.raises(FlyqlError):
            parse_field(text)
