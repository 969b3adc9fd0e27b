"""Bad views are refused with the place and what to do."""

import pytest

COLUMN = {"src": "session.label"}

BAD = [
    ({}, "columns", "at least one column"),
    ({"columns": [COLUMN, {"dst": "x"}]}, "columns.1.src", "required"),
    ({"columns": [COLUMN, {"src": "session"}, {"src": "nonsense"}]}, "columns.2.src", "no 'nonsense'"),
    ({"columns": [{"src": "sesion.label"}]}, "columns.0.src", "Did you mean 'session.label'?"),
    ({"columns": [{"src": "session.lable"}]}, "columns.0.src", "Did you mean 'session.label'?"),
    ({"columns": [{"src": "session.label", "type": "number"}]}, "columns.0.type", "'int'"),
    ({"columns": [{"src": "session.label", "accumulator": "median"}]}, "columns.0.accumulator", "'mean'"),
    ({"columns": [{"src": "session.age", "expr": "__import__('os')"}]}, "columns.0.expr", "functions"),
    ({"columns": [{"src": "session.age", "expr": "x +"}]}, "columns.0.expr", "not a formula"),
    ({"columns": [{"src": "session.age", "expr": "y * 2"}]}, "columns.0.expr", "the value is called x"),
    ({"columns": [COLUMN, {"src": "subject.label", "dst": "session.label"}]}, "columns.1.dst", "twice"),
    ({"columns": [COLUMN], "groupBy": {"columns": ["subject.label"]}}, "columns.0.accumulator", "groupBy"),
    ({"columns": [COLUMN], "groupBy": {"columns": [{"src": "x.y"}]}}, "groupBy.columns.0.src", "'x.y'"),
    ({"columns": [COLUMN], "missingDataStrategy": "guess"}, "missingDataStrategy", "'drop-row'"),
    ({"columns": [COLUMN], "filter": "nonsense"}, "Invalid filter", "no operator"),
    ({"columns": [COLUMN], "filter": "acquisition.label=x"}, "filter", "lies below"),
    ({"fileSpec": {"container": "group", "filter": {"value": "*"}}}, "fileSpec.container", "'project'"),
    ({"fileSpec": {"container": "session"}}, "fileSpec.filter", "required"),
    (
        {"fileSpec": {"container": "session", "filter": {"value": "(", "regex": True}}},
        "fileSpec.filter.value",
        "regular expression",
    ),
    (
        {"fileSpec": {"container": "session", "filter": {"value": "*"}, "match": "any"}},
        "fileSpec.match",
        "'newest'",
    ),
    (
        {"columns": [{"src": "session.file.name"}, {"src": "acquisition.file.name"}]},
        "columns.1.src",
        "one level only",
    ),
    (
        {"columns": [{"src": "analysis.label"}], "fileSpec": "x"},
        "fileSpec",
        "FileSpec",
    ),
]


@pytest.mark.parametrize(("view", "place", "why"), BAD, ids=[f"{one[1]}-{n}" for n, one in enumerate(BAD)])
def test_a_bad_view_is_refused_at_its_place(tree, problem, view, place, why):
    for path in ("data", "queue"):
        body = problem(tree.api.post(f"/views/{path}", json=view, params={"containerId": tree.project}), 422)
        assert place in body["message"]
        assert why in body["message"]
        assert body["detail"][0]["msg"]


def test_a_bad_view_is_not_saved(tree, problem):
    body = problem(tree.api.post(f"/containers/{tree.project}/views", json={"columns": [{"src": "x"}]}), 422)
    assert body["detail"][0]["loc"] == ["body", "columns", 0, "src"]


def test_a_bad_call_is_refused(tree, problem):
    view = {"columns": [COLUMN]}
    query = {"containerId": tree.project}
    assert "containerId" in problem(tree.api.post("/views/data", json=view), 422)["message"]
    assert (
        "parquet"
        in problem(tree.api.post("/views/data", json=view, params={**query, "format": "xml"}), 422)["message"]
    )
    problem(tree.api.post("/views/data", json=view, params={**query, "limit": "x"}), 422)
    problem(tree.api.post("/views/data", json=view, params={**query, "filter": "x"}), 422)
    assert (
        "sort"
        in problem(tree.api.post("/views/data", json=view, params={**query, "sort": "session.x"}), 422)[
            "message"
        ]
    )
    problem(tree.api.post("/views/data", json=view, params={"containerId": "0" * 24}), 404)
    problem(tree.api.post("/views/data", content=b"{", params=query), 400)


def test_values_read_from_files_take_no_expressions(tree, problem):
    spec = {"container": "session", "filter": {"value": "*"}, "columns": [{"src": "a"}]}
    query = {"containerId": tree.project, "filter": "a=~(x+x+)+y"}
    problem(tree.api.post("/views/data", json={"fileSpec": spec}, params=query), 422)
