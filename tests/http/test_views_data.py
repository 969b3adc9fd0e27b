"""What a view's rows are: levels, columns, files, groups, filters."""

import csv
import io
import json
import zipfile

import pytest


@pytest.fixture
def study(tree):
    """Two subjects with three sessions, acquisitions and tables."""
    api = tree.api
    api.put(f"/subjects/{tree.subject}", json={"sex": "female", "label": "S1"})
    api.put(
        f"/sessions/{tree.session}",
        json={"age": 31557600, "label": "E1", "info": {"iq": 110, "deep": {"a": 1}}},
    )
    second = tree.add("subjects", project=tree.project, label="S2", sex="male")
    for label, age, info in (("E2", 63115200, {"iq": "x"}), ("E3", None, {})):
        tree.add(
            "sessions",
            project=tree.project,
            subject={"_id": second},
            label=label,
            age=age,
            info=info,
            weight=60.5,
        )
    return tree


@pytest.fixture
def rows(api):
    """The rows of a view on a container."""

    def run(container, view, **query):
        answer = api.post(
            "/views/data", json=view, params={"containerId": container, "format": "json-flat", **query}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return run


def columns(*names, **more):
    return {"columns": [{"src": name} for name in names], "includeIds": False, "includeLabels": False, **more}


def test_a_row_is_the_deepest_level_named(study, rows):
    found = rows(study.project, columns("subject.label", "session.label", "subject.sex"))
    assert found == [
        {"subject.label": "S1", "session.label": "E1", "subject.sex": "female"},
        {"subject.label": "S2", "session.label": "E2", "subject.sex": "male"},
        {"subject.label": "S2", "session.label": "E3", "subject.sex": "male"},
    ]


def test_ids_and_labels_of_each_level_come_first(study, rows):
    [one] = rows(study.project, {"columns": [{"src": "acquisition.timestamp"}]})
    assert list(one) == [
        f"{level}.{field}"
        for level in ("project", "subject", "session", "acquisition")
        for field in ("id", "label")
    ] + ["acquisition.timestamp"]
    assert (one["session.id"], one["acquisition.label"]) == (study.session, "A")


def test_a_group_column_stands_for_its_members(study, rows):
    found = rows(study.project, {"columns": [{"src": "subject"}], "includeIds": False})
    assert {"subject.id", "subject.label", "subject.sex", "subject.firstname"} <= set(found[0])
    assert "subject.info" not in found[0]


def test_a_view_can_run_below_and_above_its_rows(study, rows):
    view = columns("subject.label")
    assert [row["subject.label"] for row in rows(study.session, view)] == ["S1"]
    assert len(rows(study.group, view)) == 2
    assert len(rows(study.project, columns("project.label"))) == 1
    assert rows(study.group, columns("group.id")) == [{"group.id": study.group}]


def test_ages_are_computed_and_formulas_too(study, rows):
    view = columns("session.age_years")
    view["columns"].append({"src": "session.weight", "dst": "grams", "expr": "x * 1000", "type": "int"})
    found = rows(study.project, view)
    assert [row["session.age_years"] for row in found] == [1.0, 2.0, None]
    assert [row["grams"] for row in found] == [None, 60500, 60500]


def test_what_cannot_be_converted_is_empty_and_told(study, rows):
    view = columns(includeLabels=False)
    view["columns"] = [{"src": "session.info.iq", "dst": "iq", "type": "int"}]
    found = rows(study.project, view)
    assert found[0] == {"iq": 110}
    assert found[1]["iq"] is None
    assert "iq" in found[1]["errors"]
    assert "errors" not in rows(study.project, {**view, "errorColumn": False})[1]


def test_rows_with_missing_data_can_be_dropped(study, rows):
    view = columns("session.label", "session.age", missingDataStrategy="drop-row")
    assert [row["session.label"] for row in rows(study.project, view)] == ["E1", "E2"]
    assert [row["session.label"] for row in rows(study.project, view, skip=1)] == ["E2"]


def test_filters_of_view_and_call_both_hold(study, rows):
    view = columns("session.label", filter="subject.sex=male")
    assert [row["session.label"] for row in rows(study.project, view)] == ["E2", "E3"]
    assert [row["session.label"] for row in rows(study.project, view, filter="session.age>1")] == ["E2"]
    assert rows(study.project, columns("session.label"), filter="label=E1") == [{"session.label": "E1"}]
    assert rows(study.project, columns("session.label"), filter="session.nothing=1") == []


def test_rows_are_sorted_and_cut(study, rows):
    view = columns("session.label")
    found = rows(study.project, view, sort="session.label:desc", skip=1, limit=1)
    assert [row["session.label"] for row in found] == ["E2"]


def test_groups_accumulate(study, rows):
    view = {
        "columns": [
            {"src": "session.age", "dst": "sum", "accumulator": "sum"},
            {"src": "session.id", "dst": "sessions", "accumulator": "count"},
            {"src": "session.label", "dst": "last", "accumulator": "maximum"},
            {"src": "session.weight", "dst": "mean", "accumulator": "mean"},
            {"src": "session.weight", "dst": "sd", "accumulator": "standard_deviation"},
        ],
        "groupBy": {"columns": [{"src": "subject.label"}]},
    }
    assert rows(study.project, view) == [
        {"subject.label": "S1", "sum": 31557600, "sessions": 1, "last": "E1", "mean": None, "sd": None},
        {"subject.label": "S2", "sum": 63115200, "sessions": 2, "last": "E3", "mean": 60.5, "sd": 0.0},
    ]
    del view["groupBy"]
    [whole] = rows(study.project, view)
    assert (whole["sessions"], whole["sum"]) == (3, 94672800)


def test_files_are_matched_by_name_and_age(study, rows):
    for name in ("b.csv", "a.csv", "c.txt"):
        study.upload(name, "x\n1\n")

    def names(**spec):
        files = {"container": "acquisition", "filter": {"value": "*.csv"}, "processFiles": False, **spec}
        found = rows(study.project, columns("file.name", "acquisition.label", fileSpec=files))
        return [row["file.name"] for row in found]

    assert names() == ["a.csv"]
    assert names(match="last") == ["b.csv"]
    assert names(match="newest") == ["a.csv"]
    assert names(match="oldest") == ["b.csv"]
    assert names(match="all") == ["a.csv", "b.csv"]
    assert names(match="all", filter={"value": "^[bc]", "regex": True}) == ["b.csv", "c.txt"]
    assert names(filter={"value": "?.md"}) == [None]


def test_plain_file_columns_list_all_files(study, rows):
    study.upload("t.csv", "x\n1\n")
    study.upload("of-session.txt", to=f"/sessions/{study.session}")
    found = rows(study.project, columns("file.name", "file.size", "session.label"))
    assert sorted((row["file.name"], row["file.size"]) for row in found) == [
        ("of-session.txt", 5),
        ("t.csv", 4),
    ]
    found = rows(study.project, columns("acquisition.file.name"))
    assert found == [{"acquisition.file.name": "t.csv"}]


def test_rows_are_read_from_tables(study, rows):
    study.upload("t.csv", "score,kind,session.label\n1.5,go,x\n2,stop,y\n")
    view = columns("session.label", fileSpec={"container": "acquisition", "filter": {"value": "*.csv"}})
    assert rows(study.project, view) == [
        {"session.label": "E1", "score": "1.5", "kind": "go", "file.session.label": "x"},
        {"session.label": "E1", "score": "2", "kind": "stop", "file.session.label": "y"},
    ]
    view["fileSpec"]["columns"] = [{"src": "score", "dst": "s", "type": "float"}]
    assert [row["s"] for row in rows(study.project, view)] == [1.5, 2.0]
    assert [row["s"] for row in rows(study.project, view, filter="kind=stop")] == []
    assert [row["s"] for row in rows(study.project, view, filter="score>1.6")] == [2.0]
    assert [row["s"] for row in rows(study.project, view, skip=1, limit=5)] == [2.0]


def test_tsv_and_json_are_read_and_options_heeded(study, rows):
    study.upload("t.tsv", "a\tb\n1\t2\n")
    study.upload("t.json", json.dumps([{"a": {"b": 1}}, {"a": {"b": 2}}]))
    study.upload("semi.csv", "a;b\n1;2\n")

    def read(name, *names, **more):
        spec = {
            "container": "acquisition",
            "filter": {"value": name},
            "columns": [{"src": one} for one in names],
            **more,
        }
        return rows(study.project, {"includeIds": False, "includeLabels": False, "fileSpec": spec})

    assert read("t.tsv", "a", "b") == [{"a": "1", "b": "2"}]
    assert read("t.json", "a.b") == [{"a.b": 1}, {"a.b": 2}]
    assert read("semi.csv", "b", formatOptions={"delimiter": ";"}) == [{"b": "2"}]


def test_members_of_zips_are_read(study, rows):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("d/one.csv", "v\n1\n")
        archive.writestr("d/two.csv", "v\n2\n")
    study.upload("z.zip", packed.getvalue())

    def read(**member):
        spec = {"container": "acquisition", "filter": {"value": "*.zip"}, "zipMember": member}
        return rows(study.project, {"includeIds": False, "includeLabels": False, "fileSpec": spec})

    assert read(value="*.csv") == [{"v": "1"}]
    assert read(value="*.csv", match="all") == [{"v": "1"}, {"v": "2"}]
    assert read(value="d/t.*", regex=True) == [{"v": "2"}]
    assert "no member" in read(value="*.tsv")[0]["errors"]


def test_a_file_that_cannot_be_read_is_an_error_of_its_row(study, rows):
    study.upload("t.json", "{")
    spec = {"container": "acquisition", "filter": {"value": "t.json"}, "columns": [{"src": "a"}]}
    [row] = rows(study.project, {"includeIds": False, "includeLabels": False, "fileSpec": spec})
    assert row["a"] is None
    assert "t.json" in row["errors"]


def test_outputs_of_analyses_are_matched(study, rows, api):
    made = api.post(f"/sessions/{study.session}/analyses?job=true", json={"label": "afq 1"}).json()["_id"]
    api.post(f"/analyses/{made}/files", files={"file": ("o.csv", "m\n7\n")})
    spec = {
        "container": "session",
        "filter": {"value": "*.csv"},
        "analysisFilter": {"label": {"value": "afq*"}},
        "columns": [{"src": "m", "type": "int"}],
        "match": "all",
    }
    view = columns("session.label", "analysis.label", fileSpec=spec, missingDataStrategy="drop-row")
    assert rows(study.project, view) == [{"session.label": "E1", "analysis.label": "afq 1", "m": 7}]
    assert rows(study.project, columns("analysis.label")) == [{"analysis.label": "afq 1"}]
    found = rows(study.project, columns("session.analysis.file.name", missingDataStrategy="drop-row"))
    assert found == [{"session.analysis.file.name": "o.csv"}]


def test_a_collection_gives_its_members(study, rows, api, unique):
    made = api.post("/collections", json={"label": unique()}).json()["_id"]
    nodes = [{"level": "acquisition", "_id": study.acquisition}]
    api.put(f"/collections/{made}", json={"contents": {"operation": "add", "nodes": nodes}})
    assert rows(made, columns("acquisition.label")) == [{"acquisition.label": "A"}]
    assert rows(made, columns("session.label")) == [{"session.label": "E1"}]


def test_every_format_tells_the_same(study, api):
    view = {
        "columns": [{"src": "session.label"}, {"src": "session.age"}],
        "includeIds": False,
        "includeLabels": False,
    }

    def fetch(kind):
        answer = api.post("/views/data", json=view, params={"containerId": study.project, "format": kind})
        assert answer.status_code == 200, answer.text
        if kind != "parquet":
            assert "charset=utf-8" in answer.headers["content-type"]
        return answer

    expected = [["E1", 31557600], ["E2", 63115200], ["E3", None]]
    objects = [{"session.label": label, "session.age": age} for label, age in expected]
    assert fetch("json").json() == {"data": objects}
    assert fetch("json-flat").json() == objects
    assert fetch("json-row-column").json() == {
        "data": {"columns": ["session.label", "session.age"], "rows": expected}
    }
    assert [json.loads(line) for line in fetch("ndjson").text.splitlines()] == objects
    for kind, delimiter in (("csv", ","), ("tsv", "\t")):
        found = list(csv.reader(io.StringIO(fetch(kind).text), delimiter=delimiter))
        assert found == [["session.label", "session.age"], ["E1", "31557600"], ["E2", "63115200"], ["E3", ""]]
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(io.BytesIO(fetch("parquet").content)).to_pylist() == objects


def test_metadata_are_spread_over_columns_of_a_table(study, api):
    view = {
        "columns": [{"src": "session.info"}, {"src": "session.info.deep.*"}],
        "includeIds": False,
        "includeLabels": False,
    }
    answer = api.post("/views/data", json=view, params={"containerId": study.project, "format": "csv"})
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert found[0] == {"session.info.iq": "110", "session.info.deep": '{"a":1}', "session.info.deep.a": "1"}


def test_an_empty_result_is_well_formed(tree, api):
    view = {"columns": [{"src": "session.label"}], "filter": "session.label=nobody", "includeIds": False}
    for kind in ("json", "json-flat", "ndjson", "json-row-column", "csv"):
        answer = api.post("/views/data", json=view, params={"containerId": tree.project, "format": kind})
        assert answer.status_code == 200
        if kind.startswith("json"):
            answer.json()
    assert answer.text.splitlines() == ["project.label,subject.label,session.label"]
