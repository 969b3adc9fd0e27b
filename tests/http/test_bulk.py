"""Calls on many containers: bulk moves and deletes, upsert, UIDs."""

import pytest


@pytest.fixture
def second(tree):
    """Another project with a subject and session of the same labels."""
    project = tree.add("projects", group=tree.group, label="P2")
    subject = tree.add("subjects", project=project, label="S")
    return project, subject, tree.add("sessions", project=project, subject={"_id": subject}, label="E")


def move(tree, level="sessions", **body):
    answer = tree.api.post(f"/bulk/move/{level}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sessions_move_to_the_subjects_of_the_same_label(tree, second) -> None:
    project, subject, _ = second
    free = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="free")
    body = {"sources": [free], "destinations": [project], "destination_container_type": "projects"}
    assert move(tree, **body, conflict_mode="dry") == []
    assert tree.get(f"/sessions/{free}")["project"] == tree.project
    assert move(tree, **body, conflict_mode="skip") == []
    assert tree.get(f"/sessions/{free}")["parents"]["subject"] == subject


def test_namesakes_are_told_and_skipped_or_moved(tree, second) -> None:
    project, _, session = second
    body = {"sources": [tree.session], "destinations": [project], "destination_container_type": "projects"}
    conflict = {
        "id": tree.session, "label": "E", "subject_code": "S", "conflict_label": "E", "move_type": ["session"],
        "conflict_with": {"type": "session", "id": session},
    }  # fmt: skip
    assert move(tree, **body, conflict_mode="skip") == [conflict]
    assert tree.get(f"/sessions/{tree.session}")["project"] == tree.project
    assert move(tree, **body, conflict_mode="move") == [conflict]
    shown = tree.get(f"/acquisitions/{tree.acquisition}")
    assert (shown["parents"]["project"], shown["parents"]["session"]) == (project, tree.session)


def test_subjects_and_acquisitions_move(tree, second) -> None:
    project, subject, session = second
    body = {
        "sources": [tree.acquisition],
        "destinations": [session],
        "destination_container_type": "sessions",
    }
    assert move(tree, "acquisitions", **body) == []
    assert tree.get(f"/acquisitions/{tree.acquisition}")["session"] == session
    body = {"sources": [tree.subject], "destinations": [project], "destination_container_type": "projects"}
    [conflict] = move(tree, "subjects", **body, conflict_mode="move")
    assert conflict["conflict_with"] == {"type": "subject", "id": subject}
    assert tree.get(f"/subjects/{tree.subject}")["project"] == tree.project


def test_bad_moves_are_refused(tree, second, stranger, problem) -> None:
    project, *_ = second
    good = {"sources": [tree.session], "destinations": [project], "destination_container_type": "projects"}
    for bad in (
        {"sources": []},
        {"sources": "x"},
        {"destinations": [project, tree.project]},
        {"destination_container_type": "sessions"},
        {"conflict_mode": "x"},
    ):
        problem(tree.api.post("/bulk/move/sessions", json={**good, **bad}), 422)
    problem(tree.api.post("/bulk/move/sessions", json={**good, "sources": [tree.acquisition]}), 404)
    problem(stranger.post("/bulk/move/sessions", json=good), 404)


def test_a_hierarchy_is_made_once_and_then_found(tree) -> None:
    path = f"/projects/{tree.project}/upsert-hierarchy"
    body = {
        "subject": {"label": "U", "sex": "male"},
        "session": {"uid": "1.2.3", "label": "first", "timestamp": "2020-01-02T03:04:05Z"},
        "acquisition": {"label": "scan", "uid": "1.2.3.4", "tags": ["new"]},
    }
    made = tree.api.post(path, json=body).json()
    assert [made[level]["upsert_result"] for level in made] == ["created"] * 3
    assert made["session"]["uid"] == "1.2.3"
    again = tree.api.post(path, json=body).json()
    assert [again[level]["upsert_result"] for level in again] == ["ignored"] * 3
    assert [again[level]["_id"] for level in again] == [made[level]["_id"] for level in made]
    body["session"]["weight"] = 70
    body["acquisition"] = {"_id": made["acquisition"]["_id"], "info": {"a": 1}}
    changed = tree.api.post(path, json=body).json()
    assert [changed[level]["upsert_result"] for level in changed] == ["ignored", "updated", "updated"]
    assert tree.get(f"/acquisitions/{made['acquisition']['_id']}")["info"] == {"a": 1}
    other = {"acquisition": {"_id": tree.project}}
    assert tree.api.post(path, json=other).json()["acquisition"]["upsert_result"] == "conflict"


@pytest.mark.parametrize(
    "body",
    [{}, {"session": {"label": "x"}}, {"subject": {"uid": "1"}}, {"subject": "x"}, {"subject": {"label": 5}},
     {"acquisition": {"routing_field": "name", "label": "x"}}],
)  # fmt: skip
def test_bad_hierarchies_are_refused(tree, problem, body) -> None:
    problem(tree.api.post(f"/projects/{tree.project}/upsert-hierarchy", json=body), 422)


def test_uids_that_exist_are_told(tree, stranger, unique, problem) -> None:
    known, other = unique(), unique()
    tree.api.put(f"/sessions/{tree.session}", json={"uid": known})
    tree.api.put(f"/acquisitions/{tree.acquisition}", json={"uid": known})
    found = tree.api.post("/uids", json={"sessions": [known, other]}).json()
    assert found == {"sessions": [known], "acquisitions": []}
    elsewhere = tree.add("projects", group=tree.group, label="P2")
    body = {"project_ids": [elsewhere], "acquisitions": [known]}
    assert tree.api.post("/uids", json=body).json() == {"sessions": [], "acquisitions": []}
    body = {"project_ids": [elsewhere, tree.project], "acquisitions": [known], "sessions": [known]}
    assert tree.api.post("/uids/projects", json=body).json() == {
        tree.project: {"sessions": [known], "acquisitions": [known]}
    }
    assert stranger.post("/uids", json={"sessions": [known]}).json()["sessions"] == []
    problem(tree.api.post("/uids", json={}), 422)
    problem(tree.api.post("/uids", json={"sessions": [1]}), 422)


def test_what_is_gone_already_does_not_keep_the_rest_from_being_deleted(tree, problem) -> None:
    gone = tree.add("acquisitions", session=tree.session, label="gone")
    assert tree.api.delete(f"/acquisitions/{gone}").status_code == 200
    file, other = tree.upload("a.txt"), tree.upload("b.txt")
    assert tree.api.delete(f"/files/{other['file_id']}").status_code == 200
    for path, ids in (
        ("/files", [file["_id"], file["file_id"], other["file_id"]]),  # one file, named by version and by id
        ("/acquisitions", [gone, tree.acquisition, tree.acquisition]),
    ):
        answer = tree.api.request("DELETE", path, json=ids)
        assert answer.json() == {"deleted": 1, "not_found": 1, "delete_scheduled": 0}
        problem(tree.api.request("DELETE", path, json=ids), 404)  # nothing of it is left
        assert tree.api.request("DELETE", path, json=[]).json()["deleted"] == 0
        problem(tree.api.request("DELETE", path, json=[1]), 422)


def test_one_that_may_not_be_deleted_keeps_all(tree, stranger, problem) -> None:
    ro, rw = (
        next(role["_id"] for role in tree.get("/roles") if role["label"] == label)
        for label in ("Read-only", "Read-write")
    )
    other = tree.add("projects", group=tree.group, label="P2")
    subject = tree.add("subjects", project=other, label="S")
    for project, role in ((tree.project, rw), (other, ro)):
        entry = {"_id": stranger.headers["x-user"], "role_ids": [role]}
        assert tree.api.post(f"/projects/{project}/permissions", json=entry).status_code == 200
    problem(stranger.request("DELETE", "/subjects", json=[tree.subject, subject]), 403)
    assert tree.get(f"/subjects/{tree.subject}")["label"] == "S"


def test_who_sees_nothing_deletes_nothing(tree, stranger, problem) -> None:
    file = tree.upload("a.txt")
    problem(stranger.request("DELETE", "/files", json=[file["file_id"]]), 404)
    for level in ("projects", "subjects", "sessions", "acquisitions"):
        problem(stranger.request("DELETE", f"/{level}", json=[getattr(tree, level[:-1])]), 404)
    assert tree.get(f"/files/{file['file_id']}")["name"] == "a.txt"
