"""Contents that are uploaded before anybody says what file they are (signed URLs, device storage)."""

import pytest


@pytest.fixture
def device(api, connect, unique):
    """The client of a new uploading device."""
    made = api.post("/devices", json={"label": unique(), "type": "uploader"}).json()
    key = made.get("key") or api.post(f"/devices/{made['_id']}/key", json={"label": "k"}).json()["key"]
    return connect(Authorization=f"scitran-user {key}")


def _put(connect, url, content):
    path = url.partition("/api")[2]
    answer = connect().put(path, content=content)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _upsert(client, tree, uuid, **more):
    body = {"uuid": uuid, "name": "a.txt", "parent_ref": {"type": "acquisition", "id": tree.acquisition}}
    return client.post("/files", json={**body, **more})


def test_a_content_becomes_a_file(api, connect, tree):
    """New, unchanged, changed: `created`, `ignored`, `updated`."""
    results = []
    for content in (b"one", b"one", b"two"):
        signed = api.post("/upload/signed-url", json={"provider_id": None, "size": 3}).json()
        assert _put(connect, signed["upload_urls"][0], content)["uuid"] == signed["uuid"]
        made = _upsert(api, tree, signed["uuid"], info={"a": 1}).json()
        results.append((made["upsert_result"], made["version"], made["size"]))
    assert results == [("created", 1, 3), ("ignored", 1, 3), ("updated", 2, 3)]
    assert api.get(f"/acquisitions/{tree.acquisition}/files/a.txt").content == b"two"


def test_a_device_uploads_by_form_where_there_are_no_addresses(device, tree, problem):
    """409 tells fw-client to send the form; the id it gets makes the file."""
    query = {"project_id": tree.project, "origin_type": "device", "origin_id": "x"}
    problem(device.post("/storage/files", params={**query, "signed_url": "true"}), 409)
    answer = device.post("/storage/files", params=query, files={"file": ("x", b"bytes")})
    stored = answer.json()["storage_file_id"]
    made = _upsert(device, tree, stored).json()
    assert (made["upsert_result"], made["origin"]["type"], made["size"]) == ("created", "device", 5)
    other = device.post("/storage/files", params=query, files={"file": ("x", b"y")}).json()["storage_file_id"]
    gone = device.delete(f"/storage/files/{other}", params={"ignore_storage_errors": "true"})
    assert gone.json() == {"deleted": 1}
    problem(_upsert(device, tree, other), 404)


def test_foreign_and_empty_contents_are_refused(api, stranger, tree, problem):
    signed = api.post("/upload/signed-url", json={"size": 3}).json()
    problem(_upsert(api, tree, signed["uuid"]), 409)
    problem(_upsert(stranger, tree, signed["uuid"]), 404)
    problem(_upsert(api, tree, None), 422)
    problem(api.post("/upload/signed-url", json={"size": -1}), 422)
    problem(api.post("/upload/complete-s3-multipart", json={}), 409)
    assert api.post("/upload/signed-url/cleanup", json={"uuid": signed["uuid"]}).status_code == 200
    problem(api.post("/upload/signed-url/cleanup", json={"uuid": signed["uuid"]}), 404)
