"""Who may upload, replace and download what."""

import io
import json
import zipfile

import pytest


@pytest.fixture
def allow(api, tree, stranger, unique):
    """Gives the stranger exactly these actions in the project."""

    def run(*actions):
        role = api.post("/roles", json={"label": unique(), "actions": list(actions)})
        assert role.status_code == 200, role.text
        pooled = api.post(f"/groups/{tree.group}/roles", json={"_id": role.json()["_id"]})
        assert pooled.status_code == 200, pooled.text
        granted = api.post(
            f"/projects/{tree.project}/permissions",
            json={"_id": stranger.headers["x-user"], "role_ids": [role.json()["_id"]]},
        )
        assert granted.status_code == 200, granted.text

    return run


def send(client, tree, content=b"x", name="f.txt"):
    return client.post(f"/acquisitions/{tree.acquisition}/files", files={"file": (name, content)})


def test_strangers_get_404_and_readers_403(stranger, tree, allow, problem):
    problem(send(stranger, tree), 404)
    allow("files_view_contents")
    problem(send(stranger, tree), 403)
    assert tree.get(f"/acquisitions/{tree.acquisition}")["files"] == []


def test_replacing_needs_the_right_to_delete_unless_the_content_is_the_same(stranger, tree, allow, problem):
    allow("files_create_single")
    assert send(stranger, tree).status_code == 200
    assert send(stranger, tree).status_code == 200
    problem(send(stranger, tree, b"other"), 403)


def test_replacing_ones_own_kind_of_data_is_fine_with_that_right(stranger, tree, allow):
    allow("files_create_single", "files_delete_non_device_data")
    send(stranger, tree)
    assert send(stranger, tree, b"other").json()[0]["version"] == 2


def test_looking_inside_needs_less_than_downloading(stranger, tree, allow, problem):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "inside")
    tree.upload("f.zip", out.getvalue())
    path = f"/acquisitions/{tree.acquisition}/files/f.zip"
    allow("files_view_contents")
    assert stranger.get(path, params={"member": "a.txt"}).text == "inside"
    assert stranger.get(path, params={"info": "true"}).status_code == 200
    problem(stranger.get(path), 403)
    problem(stranger.get(path, params={"ticket": ""}), 403)
    body = {"nodes": [{"level": "project", "_id": tree.project}]}
    problem(stranger.post("/download", json=body), 404)


def test_who_may_download_gets_the_file_and_the_archive(stranger, tree, allow):
    tree.upload("f.txt", b"content")
    allow("files_download", "files_view_contents")
    assert stranger.get(f"/acquisitions/{tree.acquisition}/files/f.txt").content == b"content"
    body = {"nodes": [{"level": "project", "_id": tree.project}]}
    assert stranger.post("/download", json=body).status_code == 200


def test_rights_withdrawn_after_the_ticket_count_for_archives(stranger, api, anonymous, tree, allow, problem):
    tree.upload("f.txt")
    allow("files_download", "files_view_contents")
    ticket = stranger.post("/download", json={"nodes": [{"level": "project", "_id": tree.project}]}).json()
    user = stranger.headers["x-user"]
    assert api.delete(f"/projects/{tree.project}/permissions/{user}").status_code == 200
    problem(anonymous.get("/download", params={"ticket": ticket["ticket"]}), 404)


def test_metadata_of_the_wrong_form_are_refused_and_leave_nothing(api, tree, problem):
    for metadata in (
        '{"tags": "x"}',
        '{"info": []}',
        "not json",
        '{"type": 5}',
        '"text"',
        '{"info": {"a": "\\u0000"}}',
    ):
        answer = api.post(
            f"/acquisitions/{tree.acquisition}/files",
            files={"file": ("f.txt", b"x")},
            data={"metadata": metadata},
        )
        assert answer.status_code in (400, 422), (metadata, answer.text)
        assert isinstance(answer.json()["message"], str)
    assert tree.get(f"/acquisitions/{tree.acquisition}")["files"] == []


def test_metadata_are_kept_over_versions_as_the_contract_says(api, tree):
    path = f"/acquisitions/{tree.acquisition}/files"

    def put(content, said, **query):
        form = {"files": {"file": ("f.txt", content)}, "data": {"metadata": json.dumps(said)}}
        return api.post(path, params=query, **form).json()[0]

    put(b"1", {"modality": "MR", "tags": ["t"], "info": {"a": 1}})
    second = put(b"2", {})
    assert (second["modality"], second["tags"], second["info"]) == ("MR", ["t"], {})
    put(b"3", {"info": {"a": 2}})
    fourth = put(b"4", {"modality": "CT", "info": {"b": 1}}, preserve_metadata="true")
    assert (fourth["version"], fourth["modality"], fourth["info"]) == (4, "MR", {"a": 2})
