"""The same change of metadata to many: previewed, checked against what others did meanwhile, all at once."""

import pytest


@pytest.fixture
def sessions(tree):
    """Three sessions with different metadata."""
    infos = [{"score": 1, "qa": {"passed": True, "by": "Ann"}}, {"score": 2}, {}]
    return [
        tree.add(
            "sessions",
            project=tree.project,
            subject={"_id": tree.subject},
            label=f"s{n}",
            info=info,
            tags=["a"],
        )
        for n, info in enumerate(infos)
    ]


@pytest.fixture
def edit(tree):
    """Calls the endpoint as the administrator."""

    def call(ids, *, level="sessions", api=tree.api, status=200, more=None, **change):
        answer = api.post(f"/x/bulk/edit/{level}", json={"ids": ids, "change": change, **(more or {})})
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


def test_a_preview_shows_what_would_change_and_changes_nothing(tree, sessions, edit) -> None:
    change = {"set": {"score": 2, "qa.passed": False}, "delete": ["qa.by"], "add_tags": ["b"]}
    shown = edit([*sessions, "0" * 24], more={"preview": True}, **change)
    counts = {key: shown[key] for key in ("changed", "unchanged", "refused", "locked", "not_found")}
    assert counts == {"changed": 3, "unchanged": 0, "refused": 0, "locked": 0, "not_found": 1}
    assert shown["overwritten"] == {"score": 1, "qa.passed": 1}
    first = next(one for one in shown["examples"] if one["id"] == sessions[0])
    assert first["before"] == {"info": {"qa.by": "Ann", "score": 1, "qa.passed": True}, "tags": ["a"]}
    assert first["after"] == {"info": {"score": 2, "qa.passed": False}, "tags": ["a", "b"]}
    assert tree.get(f"/sessions/{sessions[0]}")["info"]["score"] == 1


def test_all_are_changed_logged_and_found(tree, sessions, edit) -> None:
    done = edit(sessions, set={"qa.passed": False, "score": 2}, delete=["qa.by"], remove_tags=["a"])
    assert done["changed"] == 3
    for session in sessions:
        shown = tree.get(f"/sessions/{session}")
        assert (shown["info"], shown["tags"]) == ({"score": 2, "qa": {"passed": False}}, [])
        assert tree.get(f"/changes/session/{session}")["changes"][0]["method"] == "UPDATE"
    lines = tree.api.get(
        "/report/accesslog", params={"project": tree.project, "access_types": "modify_container", "limit": 50}
    ).json()
    assert {one["context"]["session"]["id"] for one in lines} == set(sessions)
    query = f"session.info.score = 2 AND project._id = {tree.project}"
    body = {"return_type": "session", "structured_query": query}
    assert tree.api.post("/dataexplorer/search", json=body).json()["total"] == 3
    assert edit(sessions, set={"score": 2})["unchanged"] == 3


def test_files_are_edited_and_verdicts_follow_the_tags(tree, edit) -> None:
    templates = [{"session": {"tags": "^done$"}}]
    assert tree.api.post(f"/projects/{tree.project}/template", json={"templates": templates}).is_success
    assert tree.get(f"/sessions/{tree.session}")["satisfies_template"] is False
    edit([tree.session], add_tags=["done"])
    assert tree.get(f"/sessions/{tree.session}")["satisfies_template"] is True
    files = [tree.upload(name)["file_id"] for name in ("a.txt", "b.txt")]
    assert edit(files, level="files", set={"kind": "x"}, add_tags=["t"])["changed"] == 2
    assert all(tree.get(f"/files/{one}")["info"]["kind"] == "x" for one in files)


def test_what_others_changed_since_the_preview_is_a_conflict(tree, sessions, edit) -> None:
    stamp = edit(sessions, more={"preview": True}, set={"score": 9})["stamp"]
    tree.api.put(f"/sessions/{sessions[1]}", json={"operator": "somebody"})
    refused = edit(sessions, status=409, more={"stamp": stamp}, set={"score": 9})
    assert refused["code"] == "catalog.revision_changed"
    assert tree.get(f"/sessions/{sessions[0]}")["info"]["score"] == 1
    stamp = edit(sessions, more={"preview": True}, set={"score": 9})["stamp"]
    assert edit(sessions, more={"stamp": stamp}, set={"score": 9})["changed"] == 3


def test_what_the_caller_may_not_change_stays(tree, sessions, edit, stranger, unique) -> None:
    edit(sessions, api=stranger, status=404, set={"score": 9})
    user = {"_id": stranger.headers["x-user"]}
    roles = {one["label"]: one["_id"] for one in tree.api.get("/roles").json()}
    tree.api.post(f"/projects/{tree.project}/permissions", json={**user, "role_ids": [roles["Read-only"]]})
    edit(sessions, api=stranger, status=403, set={"score": 9})
    own = tree.add("projects", group=tree.group, label=unique())
    tree.api.post(f"/projects/{own}/permissions", json={**user, "role_ids": [roles["Read-write"]]})
    mine = tree.add("sessions", project=own, subject={"label": "m"}, label="m")
    done = edit([*sessions, mine], api=stranger, set={"score": 9})
    assert (done["changed"], done["refused"]) == (1, 3)
    assert tree.api.post(f"/projects/{own}/lock", json={"reason": "other"}).is_success
    assert edit([*sessions, mine], set={"score": 10})["locked"] == 1
    assert edit([mine], status=403, set={"score": 9})["code"] == "catalog.project_locked"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"set": []},
        {"set": {"a..b": 1}},
        {"set": {"a": 1}, "delete": ["a.b"]},
        {"delete": "a"},
        {"add_tags": [""]},
        {"add_tags": ["x"], "remove_tags": ["x"]},
    ],
)
def test_a_senseless_change_is_refused_with_a_sentence(tree, problem, change) -> None:
    problem(tree.api.post("/x/bulk/edit/sessions", json={"ids": [tree.session], "change": change}), 422)


def test_a_request_without_ids_is_refused(tree, problem) -> None:
    for ids in ([], "x", [1], ["x"] * 10_001):
        body = {"ids": ids, "change": {"set": {"a": 1}}}
        problem(tree.api.post("/x/bulk/edit/sessions", json=body), 422)
