"""What literals mean, and which stored values they meet: table of types, days and their zones, relative dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.flyql.ast import Compare, Field, In, Value
from treadle.flyql.leaves import leaves, searched
from treadle.flyql.literals import Clock, instant, read, type_of
from treadle.flyql.parser import parse
from treadle.flyql.predicate import predicate

NOW = datetime(2024, 3, 31, 12, 30, tzinfo=UTC)
UTC_CLOCK = Clock(NOW)
CHICAGO = Clock(NOW, "America/Chicago")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *[(text, "number") for text in ("0", "-1", "1.5", "1e5", "1.5E-3", "-0.0", "007", "1" * 5000)],
        *[(text, "boolean") for text in ("true", "false", "TRUE", "FALSE")],
        *[(text, "date") for text in ("2020-02-29", "0001-01-01", "9999-12-31")],
        *[
            (text, "timestamp")
            for text in ("2020-02-29T10:00", "2020-02-29T10:00:01.5Z", "2020-02-29T10:00:01,123456789")
        ],
        *[(text, "timestamp") for text in ("2020-02-29T10:00-06:00", "2020-02-29T00:00:00+23:59")],
        *[(text, "relative") for text in ("now", "today", "now-30d", "today+1M", "now-2y", "now+5m")],
        *[
            (text, "string")
            for text in (".5", "5.", "True", "1,5", "١", "+1", "1e", "--1", "inf", "nan", "0x10", "")
        ],
        *[
            (text, "string")
            for text in ("2021-02-29", "2020-13-01", "0000-01-01", "2020-2-1", "2020-02-29T25:00")
        ],
        *[
            (text, "string")
            for text in (
                "2020-02-29 10:00",
                "2020-02-29T10:00+24:00",
                "2020-02-29T10",
                "Now",
                "now-3",
                "now-1q",
            )
        ],
    ],
)
def test_a_literal_is_typed_by_its_text(text: str, kind: str) -> None:
    assert type_of(Value(text)) == kind
    assert type_of(Value(text, quoted=True)) == "string"
    read(Value(text), UTC_CLOCK)


@given(
    st.one_of(
        st.text("0123456789-T:.Z+nowtdayMe", max_size=30),
        st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?)?"),
    )
)
def test_reading_never_fails(text: str) -> None:
    for clock in (UTC_CLOCK, CHICAGO):
        literal = read(Value(text), clock)
        if literal.interval is not None:
            assert literal.interval.start < literal.interval.end
            assert literal.interval.times[0] <= literal.interval.times[1]
        instant("created", text, clock)


@pytest.mark.parametrize(
    ("text", "clock", "start", "end"),
    [
        ("2020-02-29", UTC_CLOCK, "2020-02-29T00:00:00+00:00", "2020-03-01T00:00:00+00:00"),
        ("2020-02-29", CHICAGO, "2020-02-29T06:00:00+00:00", "2020-03-01T06:00:00+00:00"),
        (
            "2024-03-10",
            CHICAGO,
            "2024-03-10T06:00:00+00:00",
            "2024-03-11T05:00:00+00:00",
        ),  # 23 hours: summer time
        ("2020-02-29T10:00", CHICAGO, "2020-02-29T16:00:00+00:00", "2020-02-29T16:01:00+00:00"),
        ("2020-02-29T10:00Z", CHICAGO, "2020-02-29T10:00:00+00:00", "2020-02-29T10:01:00+00:00"),
        ("2020-02-29T10:00:05+02:00", CHICAGO, "2020-02-29T08:00:05+00:00", "2020-02-29T08:00:06+00:00"),
        (
            "2020-02-29T10:00:05.12",
            UTC_CLOCK,
            "2020-02-29T10:00:05.120000+00:00",
            "2020-02-29T10:00:05.130000+00:00",
        ),
        ("now", CHICAGO, "2024-03-31T12:30:00+00:00", "2024-03-31T12:30:00.000001+00:00"),
        ("now-1M", UTC_CLOCK, "2024-02-29T12:30:00+00:00", "2024-02-29T12:30:00.000001+00:00"),
        ("now-1y", UTC_CLOCK, "2023-03-31T12:30:00+00:00", "2023-03-31T12:30:00.000001+00:00"),
        ("now+90m", UTC_CLOCK, "2024-03-31T14:00:00+00:00", "2024-03-31T14:00:00.000001+00:00"),
        ("today", CHICAGO, "2024-03-31T05:00:00+00:00", "2024-04-01T05:00:00+00:00"),
        ("today-1w", UTC_CLOCK, "2024-03-24T00:00:00+00:00", "2024-03-25T00:00:00+00:00"),
        ("today+2M", UTC_CLOCK, "2024-05-31T00:00:00+00:00", "2024-06-01T00:00:00+00:00"),
        ("now-99999999999999y", UTC_CLOCK, "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00.000001+00:00"),
        ("9999-12-31", CHICAGO, "9999-12-31T06:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"),
    ],
)
def test_a_date_is_an_interval(text: str, clock: Clock, start: str, end: str) -> None:
    interval = read(Value(text), clock).interval
    assert interval is not None
    assert [time.isoformat() for time in interval.times] == [start, end]


DAY = "2020-02-29"
STUDY_DATE = "info.header.dicom.StudyDate"
MEETINGS = [
    # literal, path, stored, operators that hold
    ("3", "info.x", 3.0, "= <= >="),
    ("3", "info.x", 4, "> >="),
    ("3", "info.x", "3", "="),
    ("3.0", "info.x", "3", ""),
    ("3", "info.x", True, ""),
    ("1", "info.x", True, ""),
    ('"3"', "info.x", 3, ""),
    ('"3"', "info.x", "3", "= <= >="),
    ("true", "info.x", True, "="),
    ("FALSE", "info.x", False, "="),
    ("true", "info.x", "true", "="),
    ("true", "info.x", 1, ""),
    ('"true"', "info.x", True, ""),
    ("b", "info.x", "b", "= <= >="),
    ("b", "info.x", "B", "< <="),
    ("b", "info.x", "ä", "> >="),
    ("b", "info.x", 3, ""),
    (DAY, "created", "2020-02-29T23:59:59.999+00:00", "= <= >="),
    (DAY, "created", "2020-03-01T00:00:00+00:00", "> >="),
    (DAY, "created", "2020-02-28T23:00:00-01:00", "= <= >="),
    (DAY, "created", "2020-02-28T23:59:59", "< <="),
    (DAY, "created", datetime(2020, 2, 29, 5, tzinfo=UTC), "= <= >="),
    (DAY, "info.when", "2020-02-29", "= <= >="),
    (DAY, "info.when", "2020-02-29T08:00", "= <= >="),
    (DAY, "info.when", "20200229", ""),
    (DAY, STUDY_DATE, "20200229", "= <= >="),
    (DAY, STUDY_DATE, "20200301", "> >="),
    (DAY, STUDY_DATE, "20200230", ""),
    (DAY, "info.header.dicom.StudyID", "20200229", ""),
    (DAY, "info.x", "on 2020-02-29", ""),
    (DAY, "info.x", 20200229, ""),
    (f'"{DAY}"', "created", "2020-02-29T08:00:00Z", "= <= >="),
    (f'"{DAY}"', "info.when", "2020-02-29T08:00:00Z", "> >="),
    (f'"{DAY}"', "info.when", DAY, "= <= >="),
    ("now", "info.x", "now", "="),
    ("now", "created", "2024-01-01", "< <="),
]


@pytest.mark.parametrize(("literal", "path", "stored", "holding"), MEETINGS)
def test_a_literal_meets_a_stored_value(literal: str, path: str, stored: object, holding: str) -> None:
    """Also as the only element of a list, which is `=`."""
    quoted = literal.startswith('"')
    value = Value(literal.strip('"'), quoted)
    field = Field("file", path)
    found = [
        op
        for op in ("=", "<", "<=", ">", ">=")
        if predicate(Compare(op, field, value), UTC_CLOCK)(path, stored)
    ]
    assert " ".join(sorted(found)) == " ".join(sorted(holding.split()))
    assert predicate(In(field, (value, Value("nothing"))), UTC_CLOCK)(path, stored) == (
        "=" in holding.split()
    )


def test_stored_days_begin_where_the_query_is() -> None:
    same = predicate(Compare("=", Field("session", "info.day"), Value(DAY)), CHICAGO)
    assert same("info.day", DAY)
    assert not same("info.day", "2020-02-29T01:00")  # UTC, still the evening before


@pytest.mark.parametrize(
    ("query", "stored", "holds"),
    [
        ("file.x CONTAINS MPRAGE", "t1 mprage", True),
        ("file.x CONTAINS 'müller g'", "MÜLLER GmbH", True),
        ("file.x CONTAINS 3", 3, False),
        ("file.x LIKE 3", 3, False),
        ("file.x LIKE T*", "t1", False),
        ("file.x =~ T.", "T1w", False),
        ("file.x !~ T.*", "T1w", True),
        ("file.x IS TRUE", True, True),
        ("file.x IS TRUE", 1, False),
        ("file.x IS FALSE", "false", False),
    ],
)
def test_words_as_operators(query: str, stored: object, holds: bool) -> None:
    """Of `!~` the predicate tells the positive sense."""
    term = parse(query)
    assert not isinstance(term, str)
    assert predicate(term, UTC_CLOCK)("x", stored) is holds  # type: ignore[arg-type]


def test_a_wrong_time_zone_is_named() -> None:
    for name in ("Mars/Olympus", "", "../etc/passwd", "America"):
        with pytest.raises(ValueError, match="Unknown time zone"):
            Clock(NOW, name)


def test_leaves_are_all_values_that_are_something() -> None:
    document = {
        "a": [1, {"b": "x"}, [{"b": None}, {"b": "y"}]],
        "c": {},
        "d": [],
        "e": "",
        "f.g": False,
        "f": {"g": 0},
    }
    assert sorted(leaves(document), key=str) == [
        ("a", 1),
        ("a.b", "x"),
        ("a.b", "y"),
        ("f.g", 0),
        ("f.g", False),
    ]


def test_deep_documents_are_no_trouble() -> None:
    document: object = 1
    for _ in range(20_000):
        document = [document]
    assert list(leaves({"a": document})) == [("a", 1)]


def test_derived_fields() -> None:
    assert searched("subject", {"label": "s1"}) == {"label": "s1", "code": "s1"}
    assert searched("session", {"age": 31557600})["age_in_years"] == 1
    assert searched("session", {"age": "old", "permissions": []}) == {"age": "old"}
    found = searched("file", {"classification": {"Intent": ["Structural"], "Features": ["FLAIR"]}})
    assert found["classification_list"] == ["Structural", "FLAIR"]
    drawn = {"location": "Lesion", "cachedStats": {"area": 301.5, "mean": 7}}
    old = {"info": {"ohifViewer": {"measurements": {"EllipticalRoi": [drawn], "Length": "broken"}}}}
    assert searched("file", old)["roi"] == [
        {"label": "Lesion", "type": "EllipticalRoi", "area": 301.5, "mean": 7}
    ]
