"""Locked projects, and reasons for deletions."""

import pytest


@pytest.fixture
def locked(tree):
    file = tree.upload("a.txt")
    note = tree.api.post(f"/sessions/{tree.session}/notes", json={"text": "n"}).json()["_id"]
    analysis = tree.api.post(f"/sessions/{tree.session}/analyses", json={"label": "X"}).json()["_id"]
    answer = tree.api.post(f"/projects/{tree.project}/lock", json={"reason": "study_closed"})
    assert answer.status_code == 200, answer.text
    return tree, file["file_id"], note, analysis


def test_a_locked_project_says_so(locked) -> None:
    tree, *_ = locked
    shown = tree.get(f"/projects/{tree.project}")["locked"]
    assert shown["reason"] == "study_closed"
    assert shown["origin"]["type"] == "user"
    assert shown["timestamp"]


def test_a_locked_project_refuses_every_change_even_from_administrators(locked, problem) -> None:
    tree, file, note, analysis = locked
    project, subject, session, acquisition = (
        f"/{level}s/{getattr(tree, level)}" for level in ("project", "subject", "session", "acquisition")
    )
    calls = [
        ("PUT", project, {"label": "x"}),
        ("PUT", subject, {"label": "x"}),
        ("PUT", session, {"label": "x"}),
        ("PUT", f"/analyses/{analysis}", {"label": "x"}),
        ("POST", "/subjects", {"project": tree.project, "label": "new"}),
        ("POST", "/sessions", {"project": tree.project, "label": "new"}),
        ("POST", "/acquisitions", {"session": tree.session, "label": "new"}),
        ("POST", f"{session}/analyses", {"label": "Y"}),
        ("PATCH", f"{session}/info", {"set": {"a": 1}}),
        ("POST", f"{session}/tags", {"value": "t"}),
        ("POST", f"{session}/notes", {"text": "n"}),
        ("PUT", f"{session}/notes/{note}", {"text": "n"}),
        ("DELETE", f"{session}/notes/{note}", None),
        ("PUT", f"{acquisition}/files/a.txt", {"type": "x"}),
        ("PATCH", f"{acquisition}/files/a.txt/info", {"set": {"a": 1}}),
        ("PATCH", f"/files/{file}/tags", ["t"]),
        ("PUT", f"/files/{file}/classification", {"add": {}}),
        ("POST", f"/files/{file}/move", {"name": "b.txt"}),
        ("DELETE", f"/files/{file}", None),
        ("DELETE", acquisition, None),
        ("DELETE", project, None),
        ("DELETE", "/sessions", [tree.session]),
        ("POST", f"{project}/template", {"session": {"label": "x"}}),
        ("PUT", f"{project}/settings", {"a": 1}),
    ]
    for method, path, body in calls:
        refused = problem(tree.api.request(method, path, json=body), 403)
        assert refused["code"] == "catalog.project_locked", (method, path)
    upload = tree.api.post(f"{acquisition}/files", files={"file": ("b.txt", b"x")})
    problem(upload, 403)
    assert [item["name"] for item in tree.get(acquisition)["files"]] == ["a.txt"]


def test_a_locked_project_can_be_read_shared_and_unlocked(locked, stranger) -> None:
    tree, *_ = locked
    assert tree.api.get(f"/acquisitions/{tree.acquisition}/files/a.txt").content == b"hello"
    role = tree.get("/roles")[0]["_id"]
    entry = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert tree.api.post(f"/projects/{tree.project}/permissions", json=entry).status_code == 200
    assert tree.api.delete(f"/projects/{tree.project}/lock").status_code == 200
    assert tree.api.delete(f"/projects/{tree.project}/lock").status_code == 200
    assert tree.get(f"/projects/{tree.project}")["locked"] is None
    assert tree.api.put(f"/sessions/{tree.session}", json={"label": "x"}).status_code == 200


def test_nothing_moves_into_a_locked_project(locked, problem) -> None:
    tree, *_ = locked
    free = tree.add("projects", group=tree.group, label="free")
    session = tree.add("sessions", project=free, label="s")
    problem(tree.api.put(f"/sessions/{session}", json={"project": tree.project}), 403)


def test_who_may_not_change_settings_cannot_lock(tree, stranger, problem) -> None:
    problem(stranger.post(f"/projects/{tree.project}/lock"), 404)
    rw = next(item["_id"] for item in tree.get("/roles") if item["label"] == "Read-write")
    entry = {"_id": stranger.headers["x-user"], "role_ids": [rw]}
    tree.api.post(f"/projects/{tree.project}/permissions", json=entry)
    problem(stranger.post(f"/projects/{tree.project}/lock"), 403)
    problem(tree.api.post(f"/projects/{tree.project}/lock", json={"reason": "because"}), 422)


def test_reasons_are_kept_and_demanded_where_the_project_says_so(tree, problem) -> None:
    file = tree.upload("a.txt")
    path = f"/acquisitions/{tree.acquisition}"
    problem(tree.api.delete(path, params={"delete_reason": "because"}), 422)
    setting = {"require_delete_reason": True}
    assert tree.api.put(f"/projects/{tree.project}/settings", json=setting).status_code == 200
    problem(tree.api.delete(path), 422)
    problem(tree.api.delete(f"/files/{file['file_id']}"), 422)
    problem(tree.api.request("DELETE", "/acquisitions", json=[tree.acquisition]), 422)
    assert tree.api.delete(path, params={"delete_reason": "test_data"}).json() == {"deleted": 1}
    assert tree.get("/x/trash", project=tree.project)[0]["reason"] == "test_data"
    problem(tree.api.put(f"/projects/{tree.project}/settings", json={"require_delete_reason": "yes"}), 422)


def test_the_parking_place_of_unplaced_images_cannot_be_locked(tree, problem) -> None:
    parking = tree.add("projects", group=tree.group, label="Unsorted")
    problem(tree.api.post(f"/projects/{parking}/lock", json={"reason": "other"}), 409)
