"""What fits a gear: files suggested for its inputs, and context values from the nearest container that has one."""

import pytest


def _upload(api, path, name, type_, modality=None):
    metadata = f'{{"name": "{name}", "type": "{type_}"}}'
    sent = api.post(f"{path}/files", files={"file": (name, b"x")}, data={"metadata": metadata})
    assert sent.status_code == 200, sent.text


@pytest.fixture
def fits(gear_manifest, add_gear):
    inputs = {
        "scan": {"base": "file", "type": {"enum": ["dicom", "nifti"]}},
        "notes": {
            "base": "file",
            "name": {"pattern": r"^.*\.txt$"},
            "size": {"maximum": 10},
            "optional": True,
        },
        "key": {"base": "api-key"},
    }
    return add_gear(gear_manifest(inputs=inputs))


def test_files_are_suggested_for_the_inputs_they_fit(api, tree, fits):
    for name, kind in (("a.nii", "nifti"), ("b.txt", "text"), ("c.bin", "unknown")):
        _upload(api, f"/acquisitions/{tree.acquisition}", name, kind)
    found = api.get(f"/gears/{fits}/suggest/acquisitions/{tree.acquisition}").json()
    assert (found["_id"], found["cont_type"]) == (tree.acquisition, "acquisition")
    assert {one["name"]: one["suggested"] for one in found["files"]} == {
        "a.nii": {"scan": True, "notes": False},
        "b.txt": {"scan": False, "notes": True},
        "c.bin": {"scan": False, "notes": False},
    }
    assert all(one["file_id"] and one["version"] == 1 for one in found["files"])
    assert [one["cont_type"] for one in found["parents"]] == ["group", "project", "subject", "session"]
    page = api.get(
        f"/gears/{fits}/suggest/acquisition/{tree.acquisition}?limit=1&skip=1&include=files"
    ).json()
    assert [one["name"] for one in page["files"]] == ["b.txt"]
    assert "children" not in page


def test_what_lies_below_leads_on(api, tree, fits, problem):
    session = api.get(f"/gears/{fits}/suggest/sessions/{tree.session}").json()
    assert session["children"]["acquisitions"][0]["_id"] == tree.acquisition
    assert session["children"]["analyses"] == []
    subject = api.get(f"/gears/{fits}/suggest/containers/{tree.subject}?include=children").json()
    assert [one["_id"] for one in subject["children"]["sessions"]] == [tree.session]
    assert "files" not in subject
    problem(api.get(f"/gears/{fits}/suggest/sessions/{tree.session}?include=everything"), 422)
    problem(api.get(f"/gears/{fits}/suggest/sessions/{tree.acquisition}"), 404)
    problem(api.get(f"/gears/{fits}/suggest/planets/{tree.acquisition}"), 404)
    problem(api.get(f"/gears/{tree.session}/suggest/sessions/{tree.session}"), 404)


def test_a_collection_suggests_only_what_is_in_it(api, tree, unique, fits):
    collection = api.post("/collections", json={"label": unique()}).json()["_id"]
    path = f"/gears/{fits}/suggest/sessions/{tree.session}"
    assert api.get(path, params={"collection": collection}).json()["children"]["acquisitions"] == []
    nodes = [{"level": "session", "_id": tree.session}]
    contents = {"operation": "add", "nodes": nodes}
    assert api.put(f"/collections/{collection}", json={"contents": contents}).status_code == 200
    assert len(api.get(path, params={"collection": collection}).json()["children"]["acquisitions"]) == 1
    below = api.get(f"/gears/{fits}/suggest/collections/{collection}").json()["children"]
    assert [one["_id"] for one in below["sessions"]] == [tree.session]


def test_the_nearest_context_value_counts(api, tree, gear_manifest, add_gear):
    inputs = {name: {"base": "context"} for name in ("licence", "zero", "nothing")}
    path = f"/gears/{add_gear(gear_manifest(inputs=inputs))}/context/sessions/{tree.session}"

    def keep(where, **values):
        assert api.post(f"{where}/info", json={"set": {"context": values}}).status_code == 200

    assert api.get(path).json() == {name: {"found": False} for name in inputs}
    keep(f"/projects/{tree.project}", licence="of the project", zero=0)
    keep(f"/subjects/{tree.subject}", licence={"of": "the subject"})
    keep(f"/acquisitions/{tree.acquisition}", licence="below")
    found = api.get(path).json()
    assert found["nothing"] == {"found": False}
    assert found["licence"] == {
        "found": True,
        "value": {"of": "the subject"},
        "container_type": "subject",
        "id": tree.subject,
        "label": "S",
    }
    assert (found["zero"]["found"], found["zero"]["value"], found["zero"]["id"]) == (True, 0, tree.project)


def test_suggestions_and_contexts_show_nothing_of_what_may_not_be_seen(stranger, tree, fits, problem):
    for what in ("suggest", "context"):
        problem(stranger.get(f"/gears/{fits}/{what}/sessions/{tree.session}"), 404)
