"""Each construct of the language, word by word (search.md 1), on subjects that are named after what they hold."""

from __future__ import annotations

from typing import Any

import pytest

LONG = "word " * 60 + "end"
INFO: dict[str, Any] = {
    "int": {"x": 3}, "float": {"x": 3.5}, "exact": {"x": 12345.678}, "negative": {"x": -7}, "text3": {"x": "3"},
    "text3.0": {"x": "3.0"}, "yes": {"x": True}, "no": {"x": False}, "textyes": {"x": "true"}, "null": {"x": None},
    "empty": {"x": ""}, "list": {"x": []}, "object": {"x": {}}, "emptylists": {"x": [None, "", []]},
    "many": {"x": [1, "two", True]}, "deep": {"x": {"y": [{"z": 5}, {"z": 6}]}}, "good": {"x": "good"},
    "Good": {"x": "Good"}, "blanks": {"x": "very good one"}, "quote": {"x": 'say "hi"'}, "lines": {"x": "a\nb"},
    "back": {"x": "a\\b"}, "percent": {"x": "100%"}, "under": {"x": "a_b"}, "axb": {"x": "axb"}, "star": {"x": "a*b"},
    "umlaut": {"x": "Größe"}, "keyword": {"x": "and"}, "operator": {"x": "="}, "long": {"x": LONG},
    "uid": {"x": "1.2.840.10008.1"}, "day": {"x": "2020-02-29"}, "noday": {"x": "2020-02-30"},
    "time": {"x": "2020-02-29T12:00:00Z"}, "offset": {"x": "2020-02-29T22:30:00-05:00"},
    "fraction": {"x": "2020-02-29T12:00:30.250Z"}, "dicom": {"header": {"dicom": {"StudyDate": "20200229"}}},
    "key": {"my key": "v", "(0019,100c)": 1200, "in": "v"}, "now": {"x": "now"}, "number": {"x": "1001"},
}  # fmt: skip

# What a query finds among the subjects; those that other fields speak of are made by `site`.
DAYS = {"day", "time", "fraction"}
X = {name for name, info in INFO.items() if info.get("x") not in (None, "", [], {}) and name != "emptylists"}
TABLE: list[tuple[str, set[str]]] = [
    # literals and what is stored
    ("subject.info.x = 3", {"int", "text3"}),
    ("subject.info.x = 3.0", {"int", "text3.0"}),
    ("subject.info.x == 3e0", {"int"}),
    ('subject.info.x = "3"', {"text3"}),
    ("subject.info.x = 12345.678", {"exact"}),
    ("subject.info.x = 12345.679", set()),
    ("subject.info.x = -7", {"negative"}),
    ("subject.info.x = true", {"yes", "textyes", "many"}),
    ("subject.info.x = TRUE", {"yes", "many"}),
    ("subject.info.x = True", set()),
    ('subject.info.x = "true"', {"textyes"}),
    ("subject.info.x = false", {"no"}),
    ("subject.info.x = good", {"good"}),
    ("subject.info.x = 'good'", {"good"}),
    ("subject.info.x = “good”", {"good"}),
    ("subject.info.x = ‘good‘", {"good"}),
    ('subject.info.x = "say \\"hi\\""', {"quote"}),
    ('subject.info.x = "a\\nb"', {"lines"}),
    ('subject.info.x = "a\\\\b"', {"back"}),
    ("subject.info.x = a\\b", {"back"}),
    ('subject.info.x = "a\\b"', {"back"}),
    ("subject.info.x = 100%", {"percent"}),
    ("subject.info.x = Größe", {"umlaut"}),
    ('subject.info.x = "and"', {"keyword"}),
    ("subject.info.x = And", set()),
    ('subject.info.x = "="', {"operator"}),
    (f'subject.info.x = "{LONG}"', {"long"}),
    ("subject.info.x = 1.2.840.10008.1", {"uid"}),
    ('subject.info.x = ""', set()),
    # order
    ("subject.info.x > 3", {"float", "exact"}),
    ("subject.info.x >= 3", {"int", "float", "exact"}),
    ("subject.info.x < 3", {"negative", "many"}),
    ("subject.info.x <= 12345.678 AND subject.info.x >= 12345.678", {"exact"}),
    ("subject.info.x > 12345.677 AND subject.info.x < 12345.679", {"exact"}),
    ("subject.info.x > true", set()),
    ("subject.info.x > 1e400", set()),
    ("subject.info.x < 1e400", {"int", "float", "exact", "negative", "many"}),
    ("subject.info.x > -1e400 AND subject.info.x < -1e-400", {"negative"}),
    ("subject.info.x = 1e400", set()),
    ("subject.info.x.y.z > 5", {"deep"}),
    ("subject.info.x > very", {"blanks", "long"}),
    ('subject.info.x < "100"', {"uid"}),
    ('subject.info.x >= "goo" AND subject.info.x <= "good"', {"good"}),
    # dates
    ("subject.info.x = 2020-02-29", DAYS),
    ("subject.info.x = 2020-02-30", {"noday"}),
    ('subject.info.x = "2020-02-29"', {"day"}),
    ("subject.info.x < 2020-02-29", set()),
    ("subject.info.x <= 2020-02-29", DAYS),
    ("subject.info.x > 2020-02-29", {"offset"}),
    ("subject.info.x >= 2020-02-29", {*DAYS, "offset"}),
    ("subject.info.x = 2020-02-29T12:00", {"time", "fraction"}),
    ("subject.info.x = 2020-02-29T12:00:00", {"time"}),
    ("subject.info.x = 2020-02-29T13:00:00+01:00", {"time"}),
    ("subject.info.x = 2020-02-29T12:00:30.2Z", {"fraction"}),
    ("subject.info.x = 2020-02-29T12:00:30.3Z", set()),
    ("subject.info.x = 2020-03-01T03:30:00Z", {"offset"}),
    ("subject.info.header.dicom.StudyDate = 2020-02-29", {"dicom"}),
    ("subject.info.header.dicom.StudyDate = 20200229", {"dicom"}),
    ("subject.info.header.dicom.StudyDate > 2020-02-28", {"dicom"}),
    ("subject.info.header.dicom.StudyDate > 20200228", set()),
    ("subject.info.x = now", {"now"}),
    ("subject.info.x < now-1y", {*DAYS, "offset"}),
    ("subject.info.x < today", {*DAYS, "offset"}),
    # lists
    ("subject.info.x IN [3, good, 2020-02-29, 1001]", {"int", "text3", "good", "number", *DAYS}),
    ('subject.info.x in ("3", \'Good\', TRUE)', {"text3", "Good", "yes", "many"}),
    ("subject.info.x NOT IN [3] AND subject.info.x IN [3, 3.5]", {"float"}),
    # patterns
    ("subject.info.x LIKE g%", {"good"}),
    ("subject.info.x LIKE *oo?", {"good", "Good"}),
    ("subject.info.x LIKE _ood", {"good", "Good"}),
    ("subject.info.x LIKE a_b", {"under", "axb", "star", "lines", "back"}),
    ("subject.info.x LIKE a\\_b", {"under"}),
    ('subject.info.x LIKE "a\\\\*b"', {"star"}),
    ("subject.info.x LIKE oo", set()),
    ("subject.info.x LIKE 3", {"text3"}),
    ("subject.info.x LIKE *end", {"long"}),
    ("subject.info.x LIKE 1.2.840.%", {"uid"}),
    ("subject.info.x CONTAINS GOOD", {"good", "Good", "blanks"}),
    ('subject.info.x CONTAINS "good one"', {"blanks"}),
    ('subject.info.x CONTAINS "one good"', set()),
    ("subject.info.x CONTAINS GRÖSSE", {"umlaut"}),
    ("subject.info.x CONTAINS 840.10008", {"uid"}),
    ("subject.info.x CONTAINS 2020-02-30", {"noday"}),
    ("subject.info.x CONTAINS 3 AND subject.info.x EXISTS", {"text3", "text3.0", "noday", "fraction", "offset"}),
    ("subject.info.x =~ goo", set()),
    ("subject.info.x =~ g.*", {"good"}),
    ('subject.info.x =~ "(?i)GOOD"', {"good", "Good"}),
    ("subject.info.x =~ a.b", {"under", "axb", "star", "lines", "back"}),
    ('subject.info.x =~ "(?:very|so) good\\s\\w{3}"', {"blanks"}),
    ("subject.info.x =~ \\d+", {"text3", "number"}),
    ('subject.info.x =~ "[^a-z]{1,4}" AND subject.info.x !~ "\\d+"', {"text3.0", "percent", "operator"}),
    ("subject.info.x =~ .*end", {"long"}),
    # existence and booleans
    ("subject.info.x EXISTS", X),
    ("subject.info.x IS NOT NULL", X),
    ("subject.info.x IS NULL", set(INFO) - X),
    ("subject.info.x NOT EXISTS", set(INFO) - X),
    ("subject.info.x.y EXISTS", {"deep"}),
    ("subject.info.header exists", {"dicom"}),
    ("subject.info.x IS TRUE", {"yes", "many"}),
    ("subject.info.x is false", {"no"}),
    ("subject.info.x IS NOT TRUE", set(INFO) - {"yes", "many"}),
    ("subject.info.x = null", set()),
    # negation: also where the field is missing
    ("subject.info.x != good AND NOT subject.info.x EXISTS", set(INFO) - X),
    ("subject.info.x <> 1 AND subject.info.x = two", set()),
    ("subject.info.x = 1 AND subject.info.x = two AND subject.info.x = true", {"many"}),
    ("NOT subject.info.x = good AND subject.info.x CONTAINS good", {"Good", "blanks"}),
    ("NOT (subject.info.x = good OR subject.info.x != good)", set()),
    ("NOT NOT subject.info.x = good", {"good"}),
    ("subject.info.x NOT LIKE g% AND subject.info.x CONTAINS good", {"Good", "blanks"}),
    ("subject.info.x NOT CONTAINS good AND subject.info.x LIKE %oo%", set()),
    # precedence
    ("subject.info.x = good OR subject.info.x = Good AND subject.info.x = two", {"good"}),
    ("(subject.info.x = good OR subject.info.x = Good) AND subject.info.x != good", {"Good"}),
    ("NOT subject.info.x EXISTS OR subject.info.x = good", set(INFO) - X | {"good"}),
    # fields: case, quoting, arrays within objects, unknown paths
    ("SUBJECT.info.x = good", {"good"}),
    ("Subject.Info.x = good", set()),
    ('"subject.info.my key" = v', {"key"}),
    ('subject.info."my key" = v', {"key"}),
    ('"subject.info.(0019,100c)" >= 1000', {"key"}),
    ('subject.info."(0019,100c)" = 1200', {"key"}),
    ("subject.info.in = v", {"key"}),
    ("subject.info.x.y.z = 5 AND subject.info.x.y.z = 6", {"deep"}),
    ("subject.info.x.y HAS (z = 5)", {"deep"}),
    ("subject.info.x.y HAS (z = 5 AND z = 6)", set()),
    ("subject.info.x.y HAS (NOT z = 5)", {"deep"}),
    ("subject.info.x HAS (NOT z = 5)", {"deep"}),
    ("NOT subject.info.x.y HAS (z > 6) AND subject.info.x.y EXISTS", {"deep"}),
    ("subject.info.unheard.of = 1", set()),
    ("subject.info.unheard.of != 1 AND subject.info.x = good", {"good"}),
    # white space and blanks that may be left out
    ('subject.info.x\n\tIN["good","Good"]', {"good", "Good"}),
    ('subject.info.x = "good"AND(subject.info.x = good)', {"good"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def project(api, connect) -> str:
    """A project whose subjects are named after what their `info.x` holds."""
    group = f"constructs{id(INFO)}"
    api.post("/groups", json={"_id": group})
    made = api.post("/projects", json={"group": group, "label": "constructs"}).json()["_id"]
    for label, info in INFO.items():
        body = {"project": made, "label": f"c-{label}", "info": info}
        assert api.post("/subjects", json=body).status_code == 200, label
    return str(made)


def found(api, project: str, query: str, **more: Any) -> set[str]:
    body = {"return_type": "subject", "structured_query": f"project._id = {project} AND ({query})", **more}
    answer = api.post("/dataexplorer/search", json=body, params={"size": 1000})
    assert answer.status_code == 200, f"{query}: {answer.text}"
    labels = [one["_source"]["subject"]["label"] for one in answer.json()["results"]]
    assert answer.json()["total"] == len(labels) == len(set(labels)), query
    return {label.removeprefix("c-") for label in labels}


def test_each_construct_finds_what_the_language_says(api, project):
    wrong = {
        query: sorted(got ^ wanted)
        for query, wanted in TABLE
        if (got := found(api, project, query)) != wanted
    }
    assert wrong == {}
