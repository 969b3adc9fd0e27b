"""Data views as scripts use them: builders, saved views, every format."""

import csv
import io
import json

import flywheel
import pytest

FORMATS = ("json", "json-flat", "json-row-column", "ndjson", "csv", "tsv")


@pytest.fixture
def study(project, session, acquisition, upload):
    """A project with one acquisition that holds a table and a text."""
    session.update(age=31557600)
    session.update_info({"iq": 110})
    upload(acquisition, "t.csv", "score,kind\n1.5,go\n2,stop\n")
    upload(acquisition, "n.txt", "hello")
    return project


def rows(fw, view, container, **query):
    """The rows of a view."""
    with fw.read_view_data(view, container, format="json-flat", **query) as data:
        return json.load(data)


def test_a_view_is_read_as_json(fw, study):
    view = fw.View(columns=["subject.label", "session.age_years", ("session.info.iq", "iq", "int")])
    with fw.read_view_data(view, study.id) as data:
        [row] = json.load(data)["data"]
    assert (row["subject.label"], row["session.age_years"], row["iq"]) == ("S", 1.0, 110)
    assert (row["project.id"], row["session.label"]) == (study.id, "E")


def test_a_view_is_read_as_bytes(fw, study):
    raw = fw.read_view_data(fw.View(columns="subject"), study.id, decode=False, format="csv").read()
    [row] = csv.DictReader(io.StringIO(raw.decode()))
    assert row["subject.label"] == "S"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_view_is_saved_in_every_format(fw, study, tmp_path, kind):
    target = tmp_path / "rows"
    view = fw.View(columns=["session.label"], include_ids=False)
    fw.save_view_data(view, study.id, str(target), format=kind)
    text = target.read_text()
    row = {"project.label": "P", "subject.label": "S", "session.label": "E"}
    if kind == "json":
        assert json.loads(text) == {"data": [row]}
    elif kind == "json-flat":
        assert json.loads(text) == [row]
    elif kind == "ndjson":
        assert json.loads(text) == row
    elif kind == "json-row-column":
        assert json.loads(text) == {"data": {"columns": list(row), "rows": [list(row.values())]}}
    else:
        delimiter = "," if kind == "csv" else "\t"
        assert list(csv.DictReader(io.StringIO(text), delimiter=delimiter)) == [row]


def test_a_view_is_saved_as_parquet(fw, study, tmp_path):
    target = tmp_path / "rows.parquet"
    fw.save_view_data(fw.View(columns=["session.label"]), study.id, str(target), format="parquet")
    assert target.read_bytes()[:4] == target.read_bytes()[-4:] == b"PAR1"


def test_tables_are_read_with_the_builder(fw, study):
    view = fw.View(columns=["session.label"], container="acquisition", filename="*.csv", match="all")
    found = rows(fw, view, study.id)
    assert [(row["session.label"], row["score"], row["kind"]) for row in found] == [
        ("E", "1.5", "go"),
        ("E", "2", "stop"),
    ]
    builder = flywheel.ViewBuilder(container="acquisition", filename="*.csv", include_ids=False)
    builder.file_column("score", "s", type="float").include_labels(False)
    assert rows(fw, builder.build(), study.id) == [{"s": 1.5}, {"s": 2.0}]


def test_file_attributes_are_listed_with_the_builder(fw, study):
    view = fw.View(columns=["acquisition.file.name", "acquisition.file.size", "acquisition.file.modality"])
    found = rows(fw, view, study.id)
    assert [(row["acquisition.file.name"], row["acquisition.file.size"]) for row in found] == [
        ("n.txt", 5),
        ("t.csv", 25),
    ]
    view = fw.View(columns=["acquisition.file"])
    assert {row["acquisition.file.name"] for row in rows(fw, view, study.id)} == {"n.txt", "t.csv"}
    view = fw.View(
        columns=["file.name", "file.classification", "file.tags"],
        container="acquisition",
        filename="*.txt",
        process_files=False,
        filter="file.size=5",
    )
    [row] = rows(fw, view, study.id)
    assert (row["file.name"], row["file.tags"], row["file.classification"]) == ("n.txt", [], {})


def test_outputs_of_analyses_are_listed_with_the_builder(fw, study, analysis, upload):
    upload(analysis, "o.csv", "m\n7\n")
    builder = flywheel.ViewBuilder(
        columns=["session.label", "analysis.label"],
        container="session",
        filename="*.csv",
        analysis_label="X*",
    )
    builder.file_match("newest").file_column("m", type="int")
    [row] = rows(fw, builder.build(), study.id)
    assert (row["analysis.label"], row["m"]) == ("X", 7)


def test_rows_are_grouped(fw, study):
    builder = flywheel.ViewBuilder().group_by("subject.label")
    view = builder.column("session.id", "sessions", accumulator="count").build()
    assert rows(fw, view, study.id) == [{"subject.label": "S", "sessions": 1}]


def test_calls_filter_and_cut(fw, study):
    study.add_subject(label="T")
    view = fw.View(columns=["subject.label"])
    assert [row["subject.label"] for row in rows(fw, view, study.id, filter="subject.label=T")] == ["T"]
    assert [row["subject.label"] for row in rows(fw, view, study.id, skip=1, limit=1)] == ["T"]


def test_views_are_saved_changed_and_deleted(fw, study, email):
    for parent in (study.id, email):
        view_id = fw.add_view(parent, fw.View(label="mine", columns=["session.label"], sort=False))
        assert isinstance(view_id, str) or view_id.id
        view_id = getattr(view_id, "id", view_id)
        assert [one.label for one in fw.get_views(parent) if one.id == view_id] == ["mine"]
        found = fw.get_view(view_id)
        assert (found.label, found.columns[0].src, found.include_ids, found.sort) == (
            "mine",
            "session.label",
            True,
            False,
        )
        assert rows(fw, view_id, study.id)[0]["session.label"] == "E"
        fw.modify_view(view_id, {"label": "yours"})
        assert fw.get_view(view_id).label == "yours"
        fw.delete_view(view_id)
        with pytest.raises(flywheel.ApiException) as refused:
            fw.get_view(view_id)
        assert refused.value.status == 404


def test_columns_are_printed(fw):
    out = io.StringIO()
    fw.print_view_columns(file=out)
    assert "project (group): All column aliases belonging to project" in out.getvalue()
    assert "subject.label (" in out.getvalue()
    names = {column.name for column in fw.data_view_columns()}
    assert {"session.age_years", "file.classification.*", "acquisition.info"} <= names


def test_executions_are_queued_listed_saved_and_deleted(fw, study):
    made = fw.queue_adhoc(study.id, fw.View(label="runs", columns=["session.label"]))
    assert (made.state, made.data_view_label) == ("completed", "runs")
    assert fw.get_data_view_execution(made.id).project_id == study.id
    assert made.id in [one.id for one in fw.data_view_executions.find(f"project_id={study.id}")]
    saved = fw.save_data_view_execution(made.id, file_format="csv")
    assert saved.name == "runs.csv"
    assert study.reload().get_file("runs.csv").read().startswith(b"project.id,")
    assert fw.delete_view_execution(made.id).deleted == 1


def test_data_are_saved_to_a_container(fw, study):
    body = {
        "view": {"columns": [{"src": "session.label"}], "includeIds": False},
        "containerType": "project",
        "containerId": study.id,
        "filename": "rows.tsv",
    }
    assert fw.save_view_data_to_container(study.id, body).name == "rows.tsv"
    assert (
        study.reload().get_file("rows.tsv").read()
        == b"project.label\tsubject.label\tsession.label\nP\tS\tE\n"
    )


def test_a_bad_view_says_where_it_is_bad(fw, study):
    with pytest.raises(flywheel.ApiException) as refused:
        fw.read_view_data(fw.View(columns=["sesion.label"]), study.id)
    assert refused.value.status == 422
