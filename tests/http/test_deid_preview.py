"""The editor's helpers: checks with lines, and what a profile would do to files, with nothing stored."""

import io
import zipfile

import pytest
from test_deid_arrival import dicom

BASIC = "treadle: {preset: ps315-basic}\n"
NAME = "Lancaster"  # kept as it is; other tests look through the whole server for theirs


def rows(answer) -> dict:
    assert answer.status_code == 200, answer.text
    return {row["name"]: row for row in answer.json()["rows"]}


@pytest.fixture
def series(tree):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("0.dcm", dicom(name=NAME))
    return tree.upload("s.dicom.zip", packed.getvalue())["file_id"]


def test_a_preview_shows_each_element_before_and_after_and_changes_nothing(tree, series) -> None:
    before = tree.get(f"/files/{series}")
    found = rows(tree.api.post(f"/files/{series}/deid/preview", json={"text": BASIC}))
    assert found["PatientName"]["before"] == f"{NAME}^Ann"
    assert found["PatientName"]["action"] == "changed"
    assert NAME not in found["PatientName"]["after"]
    assert found["Modality"]["action"] == "kept"
    after = tree.get(f"/files/{series}")  # its header is being read in the background meanwhile
    assert [after[key] for key in ("hash", "version", "name", "size")] == [
        before[key] for key in ("hash", "version", "name", "size")
    ]


def test_a_preview_tells_no_mapping_of_the_project(tree, series) -> None:
    shown = [
        rows(tree.api.post(f"/files/{series}/deid/preview", json={"text": BASIC}))["PatientID"]["after"]
        for _ in range(2)
    ]
    assert shown[0] != shown[1]


def test_without_a_text_the_profile_that_applies_is_tried(tree, series, problem) -> None:
    problem(tree.api.post(f"/files/{series}/deid/preview", json={}), 422)
    tree.api.put(f"/projects/{tree.project}/deid", json={"text": BASIC})
    assert rows(tree.api.post(f"/files/{series}/deid/preview", json={}))


def test_a_session_is_tried_file_by_file_some_at_a_time(tree, series) -> None:
    for number in range(11):
        tree.upload(f"{number}.txt", "x")
    path = f"/sessions/{tree.session}/deid/test"
    first = tree.api.post(path, json={"text": BASIC}).json()
    rest = tree.api.post(path, json={"text": BASIC, "after": first["after"]}).json()
    assert (len(first["results"]), len(rest["results"]), rest["after"]) == (10, 2, None)
    codes = {one["name"]: one["error"] for one in first["results"] + rest["results"]}
    assert codes["s.dicom.zip"] is None
    assert codes["0.txt"] == "DEID_UNSUPPORTED_TYPE"


def test_a_check_answers_issues_with_lines_and_remarks(api) -> None:
    wrong = api.post(
        "/x/deid/check", json={"text": "dicom:\n  fields:\n    - {name: Foo, remove: true}\n"}
    ).json()
    assert not wrong["valid"]
    assert wrong["errors"][0]["line"] == 3
    weak = api.post("/x/deid/check", json={"text": "treadle: {preset: minimal}"}).json()
    assert weak["valid"]
    assert weak["warnings"][0]["code"] == "WEAK_PRESET"


def test_the_schema_of_profiles_is_there_for_editors(api) -> None:
    assert "treadle" in api.get("/x/deid/schema").json()["properties"]
