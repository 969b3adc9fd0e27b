"""Measurement sets: measured again, drafted, saved, restored, found, and kept to their readers."""

import json

import pytest

LENGTH = {"tool": "length", "points": [[0, 0, 0], [98, 35, 0]]}  # (190,200)-(330,250) px of 0.7 mm
RECTANGLE = {"tool": "rectangle", "points": [[0, 0, 5], [42, 0, 5], [42, 42, 5], [0, 42, 5]]}
ELLIPSE = {"tool": "ellipse", "points": [[0, 17.5, 0], [0, -17.5, 0], [17.5, 0, 0], [-17.5, 0, 0]]}
CIRCLE = {"tool": "circle", "points": [[0, 0, 0], [0, 0, 10]]}
ANGLE = {"tool": "angle", "points": [[1, 0, 0], [0, 0, 0], [0, 1, 0]]}
BOTH = {"tool": "bidirectional", "points": [[0, 0, 0], [30, 0, 0], [10, -5, 0], [10, 5, 0]]}
FREEHAND = {"tool": "freehand", "closed": True, "points": [[0, 0, 0], [10, 0, 0], [0, 10, 0]]}


def roi(shape=RECTANGLE, label="Lesion", **more):
    return {"id": f"r-{label}-{shape['tool']}", "label": label, "ref": {}, **shape, **more}


def measurements(file, *rois, name="first read", **more):
    return {
        "name": name,
        "file_ref": {"file_id": file["file_id"]},
        "data": {"schema": "treadle.roi/1", "rois": list(rois)},
        **more,
    }


@pytest.fixture
def file(tree):
    return tree.upload("scan.nii.gz", b"x")


@pytest.fixture
def make(api, file):
    def create(*rois, client=api, status=200, **more):
        answer = client.post("/v3/annotations", json=measurements(file, *rois, **more))
        assert answer.status_code == status, answer.text
        return answer.json()

    return create


@pytest.fixture
def reader(api, tree, stranger, unique):
    """Gives the stranger a role of just these actions in the project."""

    def with_actions(*actions):
        label = unique()
        base = ["containers_view_metadata", "files_view_metadata", "files_view_contents"]
        made = api.post("/roles", json={"label": label, "actions": [*base, *actions]})
        assert made.status_code == 200, made.text
        api.post(f"/groups/{tree.group}/roles", json={"_id": made.json()["_id"]})
        entry = {"_id": stranger.headers["x-user"], "role_ids": [made.json()["_id"]]}
        answer = api.post(f"/projects/{tree.project}/permissions", json=entry)
        assert answer.status_code == 200, answer.text
        return stranger

    return with_actions


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (LENGTH, {"length_mm": 104.06}),
        (RECTANGLE, {"area_mm2": 1764, "perimeter_mm": 168}),
        (ELLIPSE, {"area_mm2": 962.11, "perimeter_mm": 109.96}),
        (CIRCLE, {"area_mm2": 314.16, "perimeter_mm": 62.83}),
        (ANGLE, {"angle_deg": 90}),
        (BOTH, {"length_mm": 30, "width_mm": 10}),
        (FREEHAND, {"area_mm2": 50, "perimeter_mm": 34.14}),
    ],
)
def test_measures_follow_from_the_points(make, shape, expected):
    """The reference values of web.md 8.1, and others worked out by hand."""
    stats = make(roi(shape))["data"]["rois"][0]["stats"]
    assert {name: round(stats[name], 2) for name in expected} == expected


def test_a_measure_that_does_not_follow_is_refused_and_pixel_values_are_kept_as_said(make):
    made = make(roi(stats={"area_mm2": 1764.5, "mean": 40.5, "modality_unit": "HU"}))
    region = made["data"]["rois"][0]
    assert (region["stats"]["area_mm2"], region["stats"]["mean"], region["stats_by"]) == (
        1764,
        40.5,
        "client",
    )
    refused = make(roi(stats={"area_mm2": 1800}), status=422)
    assert "1764" in refused["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        roi({"tool": "length", "points": [[0, 0, 0]]}),
        roi({"tool": "length", "points": [[0, 0, 0], [1e300, 0, 0]]}),
        roi({"tool": "spline", "points": []}),
        roi(color="red"),
        roi(ref={"sop_uid": "1.2.3"}),
        roi(ref={"file_id": "other"}),
        roi(camera={"position": 1}),
        {**roi(), "id": ""},
    ],
)
def test_what_is_no_region_is_refused(make, wrong):
    make(wrong, status=422)


def test_bodies_and_queries_that_make_no_sense_are_refused(api, file):
    said = measurements(file, roi(), roi())
    assert api.post("/v3/annotations", json=said).status_code == 422
    assert api.post("/v3/annotations", json={**measurements(file), "name": " "}).status_code == 422
    assert api.post("/v3/annotations", json={**measurements(file), "name": "n" * 101}).status_code == 422
    assert api.post("/v3/annotations", content=b"{").status_code == 400
    assert api.post("/v3/annotations", files={"file": ("a", b"x")}).status_code in (400, 422)
    assert (
        api.post("/v3/annotations", json={"name": "x", "file_ref": {"file_id": "f" * 24}}).status_code == 404
    )
    assert api.get("/v3/annotations/" + "f" * 24).status_code == 404
    assert api.get("/v3/annotations", params={"limit": "x"}).status_code == 422


def test_every_save_is_a_version_and_an_old_one_can_be_restored(api, make):
    first = make(roi(label="A"))
    path = f"/v3/annotations/{first['_id']}"
    second = api.post(path, json={"data": {"rois": [roi(label="B")]}}).json()
    assert (first["version"], second["version"]) == (1, 2)
    restored = api.post(f"{path}/versions/1/restore").json()
    assert (restored["version"], restored["restored_from"]) == (3, 1)
    assert restored["data"] == first["data"]
    assert [item["version"] for item in api.get(f"{path}/versions").json()] == [3, 2, 1]
    assert api.get(f"{path}/versions/2").json()["data"]["rois"][0]["label"] == "B"


def test_a_draft_is_seen_by_its_author_alone_until_it_is_saved(api, make, reader):
    other = reader("annotations_view_others", "annotations_manage")
    saved = make(roi(label="A"))
    path = f"/v3/annotations/{saved['_id']}"
    draft = api.put(path, json={"data": {"rois": [roi(label="B")]}}).json()
    assert (draft["draft"], draft["version"], draft["saved_version"]) == (True, 2, 1)
    assert api.get(path).json()["data"]["rois"][0]["label"] == "B"
    assert other.get(path).json()["data"]["rois"][0]["label"] == "A"
    assert other.get(f"{path}/versions/2").status_code == 404
    assert [item["version"] for item in other.get(f"{path}/versions").json()] == [1]
    done = api.put(path, json={"draft": False, "data": {"rois": [roi(label="C")]}}).json()
    assert (done["draft"], done["version"]) == (False, 2)
    assert other.get(path).json()["data"]["rois"][0]["label"] == "C"


def test_two_tabs_do_not_overwrite_each_other(api, make):
    made = make(roi())
    path = f"/v3/annotations/{made['_id']}"
    headers = {"If-Match": str(made["revision"])}
    body = {"data": {"rois": []}}
    assert api.put(path, json=body, headers=headers).status_code == 200
    assert api.put(path, json=body, headers=headers).status_code == 409


def test_a_companion_comes_as_a_form_and_goes_along(api, file):
    form = {"data": json.dumps(measurements(file, roi()))}
    made = api.post("/v3/annotations", data=form, files={"file": ("mask.nii.gz", b"mask")}).json()
    path = f"/v3/annotations/{made['_id']}"
    assert made["file"] == {"name": "mask.nii.gz", "size": 4}
    assert api.get(f"{path}/file").content == b"mask"
    api.post(path, data={"data": json.dumps({"data": {"rois": []}})}, files={"file": ("m2", b"other")})
    assert (api.get(f"{path}/file").content, api.get(f"{path}/versions/1/file").content) == (
        b"other",
        b"mask",
    )
    api.post(path, json={"data": {"rois": []}})
    assert api.get(f"{path}/file").content == b"other"


def test_lists_and_counts_follow_the_file_and_its_versions(api, tree, make, file):
    made = [make(roi(), name=f"n{number}") for number in range(3)]
    ids = [item["_id"] for item in made]
    of_file = {"file_id": file["file_id"]}
    assert [item["_id"] for item in api.get("/v3/annotations", params=of_file).json()] == ids
    page = api.get("/v3/annotations", params={**of_file, "limit": 2, "after_id": ids[0]}).json()
    assert [item["_id"] for item in page] == ids[1:]
    assert api.get("/v3/annotations/count", params={"session_id": tree.session}).json() == {"count": 3}
    api.delete(f"/v3/annotations/{ids[0]}", params={"delete_reason": "incorrect_label"}).raise_for_status()
    assert api.get("/v3/annotations/count", params=of_file).json() == {"count": 2}
    everything = api.get("/v3/annotations", params={**of_file, "exclude_deleted": False}).json()
    assert [item["delete_reason"] for item in everything] == ["incorrect_label", None, None]
    tree.upload("scan.nii.gz", b"another version")
    assert api.get("/v3/annotations/count", params=of_file).json() == {"count": 2}
    assert api.get("/v3/annotations/count", params={**of_file, "exclude_replaced": True}).json() == {
        "count": 0
    }
    joined = api.get("/v3/annotations", params={**of_file, "join_origin": True}).json()[0]
    assert joined["author"] in joined["join-origin"]["user"]


def test_a_reason_is_one_of_the_known_words_and_wanted_where_the_project_says_so(api, tree, make):
    path = f"/v3/annotations/{make(roi())['_id']}"
    assert api.delete(path, params={"delete_reason": "because"}).status_code == 422
    settings = {"require_delete_reason": True}
    assert api.put(f"/projects/{tree.project}/settings", json=settings).status_code in (200, 404, 405)
    assert "incorrect_label" in api.get("/v3/annotations/delete_reasons").json()
    assert api.delete(path, params={"delete_reason": "incorrect_label"}).status_code == 200
    assert api.get(path).status_code == 404


def test_own_sets_need_one_right_and_others_need_more(make, reader, api, file):
    theirs = make(roi())
    client = reader("annotations_manage")
    path = f"/v3/annotations/{theirs['_id']}"
    for method in ("get", "delete"):
        assert getattr(client, method)(path).status_code == 403
    assert client.post(path, json={"data": {}}).status_code == 403
    mine = make(roi(), client=client, name="mine")
    listed = client.get("/v3/annotations", params={"file_id": file["file_id"]}).json()
    assert [item["_id"] for item in listed] == [mine["_id"]]
    own = f"/v3/annotations/{mine['_id']}"
    assert client.post(own, json={"data": {"rois": []}}).status_code == 200
    assert client.delete(own).status_code == 200


def test_who_may_see_others_may_not_change_them(make, reader):
    path = f"/v3/annotations/{make(roi())['_id']}"
    client = reader("annotations_view_others", "annotations_manage")
    assert client.get(path).status_code == 200
    assert client.post(path, json={"data": {}}).status_code == 403
    assert client.delete(path).status_code == 403


def test_a_locked_project_takes_no_sets(api, tree, make):
    path = f"/v3/annotations/{make(roi())['_id']}"
    assert api.post(f"/projects/{tree.project}/lock", json={"reason": "other"}).status_code == 200
    assert make(roi(), status=403)["code"] == "catalog.project_locked"
    assert api.post(path, json={"data": {}}).status_code == 403
    assert api.delete(path).status_code == 403
    assert api.get(path).status_code == 200


def found(client, query):
    answer = client.post(
        "/dataexplorer/search",
        json={"return_type": "file", "structured_query": query},
        params={"simple": True},
    )
    assert answer.status_code == 200, answer.text
    return [item["file"]["name"] for item in answer.json()]


def test_regions_are_found_by_label_and_measure(make, api, unique):
    label = unique()
    made = make(roi(label=label), roi(LENGTH, label="Small"))
    assert found(api, f"file.roi.label = {label}") == ["scan.nii.gz"]
    assert found(api, f"file.roi HAS (label = {label} AND area > 300)") == ["scan.nii.gz"]
    assert found(api, f"file.info.roi HAS (label = {label} AND area > 300)") == ["scan.nii.gz"]
    assert found(api, f"file.roi HAS (label = {label} AND area > 3000)") == []
    assert found(api, f"file.roi HAS (label = {label} AND length > 50)") == []
    assert found(api, f"file.roi.label = {label} AND file.roi.length > 50") == ["scan.nii.gz"]
    api.post(f"/v3/annotations/{made['_id']}", json={"data": {"rois": []}}).raise_for_status()
    assert found(api, f"file.roi.label = {label}") == []


def test_blinded_readers_find_their_own_regions_only(make, reader, api, unique):
    theirs, mine = unique(), unique()
    make(roi(label=theirs))
    client = reader("annotations_manage")
    make(roi(label=mine), client=client)
    assert found(client, f"file.roi.label = {mine}") == ["scan.nii.gz"]
    assert found(client, f"file.roi.label = {theirs}") == []
    assert found(api, f"file.roi.label = {theirs} AND file.roi.label = {mine}") == ["scan.nii.gz"]
    fields = client.post("/dataexplorer/search/suggest", json={"structured_query": "file.roi.label = h"})
    assert theirs not in fields.text


def test_older_clients_keep_their_own_form_on_the_same_store(api, file, unique):
    label = unique()
    data = {"location": label, "toolType": "EllipticalRoi", "cachedStats": {"area": 400.0, "mean": 3.5}}
    body = {"file_id": file["file_id"], "data": data, "viewer_format": "legacy"}
    made = api.post("/annotations", json=body).json()
    got = api.get(f"/annotations/{made['_id']}").json()
    assert (got["data"], got["viewer_format"], got["file_id"]) == (data, "legacy", file["file_id"])
    assert found(api, f"file.roi HAS (label = {label} AND area > 300)") == ["scan.nii.gz"]
    changed = {**body, "data": {**data, "description": "x"}}
    assert api.put(f"/annotations/{made['_id']}", json=changed).json()["modified"] == 1
    assert len(api.get("/annotations", params={"file_id": file["file_id"]}).json()) == 1
    assert [item["version"] for item in api.get(f"/v3/annotations/{made['_id']}/versions").json()] == [2, 1]
    assert api.delete(f"/annotations/{made['_id']}").json() == {"deleted": 1}
    assert api.get(f"/annotations/{made['_id']}").status_code == 404
