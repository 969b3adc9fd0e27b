"""Copies by reference: complete, independent, and made of the same content."""

import pytest

from treadle.testing.waiting import wait_until


@pytest.fixture
def finished(tree):
    """Waits until a copy is complete and gives its document."""

    def wait(level, container_id):
        path = f"/{level}/{container_id}"
        wait_until(lambda: tree.get(path)["copy_status"] not in ("scheduled", "copying"), what="copied")
        return tree.get(path)

    return wait


@pytest.fixture
def full(tree):
    """A hierarchy with metadata on every level: the ids of its files."""
    api = tree.api
    api.put(f"/subjects/{tree.subject}", json={"sex": "female", "info": {"a": 1}})
    api.put(
        f"/sessions/{tree.session}", json={"timestamp": "2020-01-02T00:00:00Z", "weight": 60, "uid": "1.2"}
    )
    api.post(f"/sessions/{tree.session}/tags", json={"value": "good"})
    api.post(f"/sessions/{tree.session}/notes", json={"text": "a note"})
    scan = tree.upload("scan.nii.gz", b"scan")
    api.put(
        f"/acquisitions/{tree.acquisition}/files/scan.nii.gz", json={"info": {"x": [1]}, "modality": "MR"}
    )
    tree.upload("doc.txt", b"doc", to=f"/projects/{tree.project}")
    inputs = [{"type": "acquisition", "id": tree.acquisition, "name": "scan.nii.gz"}]
    analysis = api.post(f"/sessions/{tree.session}/analyses", json={"label": "X", "inputs": inputs}).json()[
        "_id"
    ]
    tree.upload("out.csv", b"a,b", to=f"/analyses/{analysis}")
    return scan


def test_a_session_is_copied_with_everything_below(tree, full, finished) -> None:
    answer = tree.api.post(f"/sessions/{tree.session}/copy", json={"dst_session_label": "E copy"})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["label"], made["copy_status"]) == ("E copy", "scheduled")
    copy = finished("sessions", made["_id"])
    assert (copy["copy_of"], copy["original_copy_of"]) == (tree.session, tree.session)
    assert (copy["subject"]["_id"], copy["weight"], copy["uid"], copy["tags"]) == (
        tree.subject,
        60,
        "1.2",
        ["good"],
    )
    assert [note["text"] for note in copy["notes"]] == ["a note"]
    [acquisition] = tree.get(f"/sessions/{copy['_id']}/acquisitions")
    assert acquisition["copy_of"] == tree.acquisition
    assert acquisition["parents"]["session"] == copy["_id"]
    [file] = tree.get(f"/acquisitions/{acquisition['_id']}")["files"]
    assert (file["info"], file["modality"], file["version"]) == ({"x": [1]}, "MR", 1)
    assert (file["hash"], file["copy_of"]["file_id"]) == (full["hash"], full["file_id"])
    assert file["parents"]["acquisition"] == acquisition["_id"]
    assert file["copy_of"]["project_label"] == "P"
    assert file["copy_of"]["parents"]["acquisition"] == tree.acquisition
    assert tree.api.get(f"/acquisitions/{acquisition['_id']}/files/scan.nii.gz").content == b"scan"
    [analysis] = tree.get(f"/sessions/{copy['_id']}/analyses")
    assert [item["file_id"] for item in analysis["inputs"]] == [file["file_id"]]
    assert [item["name"] for item in analysis["files"]] == ["out.csv"]


def test_a_copy_and_its_original_do_not_know_each_other(tree, full, finished) -> None:
    made = tree.api.post(f"/sessions/{tree.session}/copy", json={}).json()["_id"]
    copy = finished("sessions", made)
    [acquisition] = tree.get(f"/sessions/{made}/acquisitions")
    tree.upload("scan.nii.gz", b"other", to=f"/acquisitions/{acquisition['_id']}")
    assert tree.api.delete(f"/sessions/{tree.session}").status_code == 200
    assert tree.api.get(f"/acquisitions/{acquisition['_id']}/files/scan.nii.gz?version=1").content == b"scan"
    assert tree.get(f"/sessions/{made}")["label"] == copy["label"] == "E"


def test_a_project_is_copied_into_another_group(tree, full, finished, unique) -> None:
    group = tree.add("groups", _id=unique())
    answer = tree.api.post(
        f"/projects/{tree.project}/copy", json={"group_id": group, "project_label": "P copy"}
    )
    assert answer.status_code == 200, answer.text
    copy = finished("projects", answer.json()["project_id"])
    assert (copy["group"], copy["copy_of"], copy["copy_status"]) == (group, tree.project, "completed")
    assert [item["name"] for item in copy["files"]] == ["doc.txt"]
    [subject] = tree.get(f"/projects/{copy['_id']}/subjects")
    assert (subject["label"], subject["sex"], subject["parents"]) == (
        "S",
        "female",
        {"group": group, "project": copy["_id"]},
    )
    [session] = tree.get(f"/projects/{copy['_id']}/sessions")
    assert session["parents"] == {"group": group, "project": copy["_id"], "subject": subject["_id"]}
    found = tree.get("/files", filter=f"parents.project={copy['_id']}")
    assert sorted(item["name"] for item in found["results"]) == ["doc.txt", "out.csv", "scan.nii.gz"]
    again = tree.api.post(f"/projects/{copy['_id']}/copy", json={"project_label": "P copy 2"})
    second = finished("projects", again.json()["project_id"])
    assert (second["copy_of"], second["original_copy_of"]) == (copy["_id"], tree.project)


def test_subjects_and_acquisitions_are_copied(tree, full, finished, problem) -> None:
    problem(tree.api.post(f"/subjects/{tree.subject}/copy", json={}), 409)
    other = tree.add("projects", group=tree.group, label="P2")
    subject = tree.api.post(f"/subjects/{tree.subject}/copy", json={"dst_project_id": other}).json()
    assert (subject["label"], subject["project"]) == ("S", other)
    finished("subjects", subject["_id"])
    [session] = tree.get(f"/subjects/{subject['_id']}/sessions")
    body = {"dst_session_id": session["_id"], "label": "A copy"}
    acquisition = tree.api.post(f"/acquisitions/{tree.acquisition}/copy", json=body).json()
    shown = finished("acquisitions", acquisition["_id"])
    assert [item["name"] for item in shown["files"]] == ["scan.nii.gz"]
    assert shown["parents"]["project"] == other
    assert len(tree.get(f"/sessions/{session['_id']}/acquisitions")) == 2


def test_a_session_goes_to_the_subject_of_the_same_label(tree, finished) -> None:
    other = tree.add("projects", group=tree.group, label="P2")
    made = tree.api.post(f"/sessions/{tree.session}/copy", json={"dst_project_id": other}).json()
    assert finished("sessions", made["_id"])["subject"]["label"] == "S"
    assert made["project"] == other


def test_the_filter_leaves_things_out(tree, full, finished) -> None:
    empty = tree.add("acquisitions", session=tree.session, label="empty")
    skipped = tree.add("acquisitions", session=tree.session, label="localizer")
    tree.upload("l.txt", to=f"/acquisitions/{skipped}")
    tree.upload("notes.txt")
    chosen = {
        "exclude_analysis": True,
        "exclude_notes": True,
        "exclude_tags": True,
        "exclude_rules": ["acquisition.label=~^local"],
        "include_rules": ["file.type=nifti", "file.name=l.txt"],
        "exclude_empty_containers": True,
    }
    made = tree.api.post(f"/sessions/{tree.session}/copy", json={"filter": chosen}).json()["_id"]
    copy = finished("sessions", made)
    assert (copy["tags"], copy["notes"], copy["analyses"]) == ([], [], [])
    rows = tree.get(f"/sessions/{made}/acquisitions")
    assert [row["label"] for row in rows] == ["A"]
    assert [item["name"] for item in rows[0]["files"]] == ["scan.nii.gz"]
    assert empty


@pytest.mark.parametrize(
    "chosen",
    ["x", {"include_rules": "x"}, {"include_rules": ["label=x"]}, {"exclude_rules": ["session.nothing=1"]},
     {"exclude_rules": ["session.label=~("]}],
)  # fmt: skip
def test_bad_filters_are_refused(tree, problem, chosen) -> None:
    problem(tree.api.post(f"/sessions/{tree.session}/copy", json={"filter": chosen}), 422)


def test_a_copy_in_a_project_with_templates_is_judged(tree, full, finished) -> None:
    template = {"session": {"label": "good"}, "acquisitions": [{"label": "A", "minimum": 1}]}
    tree.api.post(f"/projects/{tree.project}/template", json=template)
    made = tree.api.post(f"/sessions/{tree.session}/copy", json={"dst_session_label": "good"}).json()["_id"]
    assert finished("sessions", made)["satisfies_template"] is True


def test_copying_needs_rights_on_both_sides(tree, stranger, problem, unique) -> None:
    problem(stranger.post(f"/sessions/{tree.session}/copy", json={}), 404)
    roles = {item["label"]: item["_id"] for item in tree.get("/roles")}
    entry = {"_id": stranger.headers["x-user"], "role_ids": [roles["Read-only"]]}
    tree.api.post(f"/projects/{tree.project}/permissions", json=entry)
    problem(stranger.post(f"/sessions/{tree.session}/copy", json={}), 403)
    problem(stranger.post(f"/projects/{tree.project}/copy", json={"project_label": "x"}), 403)
    tree.api.put(f"/projects/{tree.project}", json={"copyable": False})
    problem(tree.api.post(f"/projects/{tree.project}/copy", json={"project_label": "x"}), 403)
