"""What concerns a person: their failed jobs and what others let them into, until seen, tried again or out of sight."""

from __future__ import annotations

import pytest

READ_WRITE = f"{2:024x}"
PATH = "/x/me/notifications"


@pytest.fixture
def told(stranger):
    """What the new user is told."""
    return lambda **query: stranger.get(PATH, params=query).raise_for_status().json()


@pytest.fixture
def member(api, tree, stranger) -> str:
    """The new user in this test's project; when they were let in."""
    entry = {"_id": stranger.headers["x-user"], "role_ids": [READ_WRITE]}
    assert api.post(f"/projects/{tree.project}/permissions", json=entry).status_code == 200
    return stranger.get(PATH).json()["notifications"][0]["at"]


@pytest.fixture
def fail(gear, engine, start, tree, stranger):
    """A run of the new user's that fails: the job."""
    file_id = tree.upload("scan.dcm")["file_id"]

    def run(by=stranger):
        made = gear()
        begun = start(made, by=by, inputs={"image": {"file_id": file_id}})
        (job,) = engine.ask(made["gear"]["name"])
        assert engine.commit(job, success=False, exit=3).json()["state"] == "failed"
        return begun

    return run


def test_who_is_let_in_by_somebody_else_is_told_once_and_until_it_is_taken_back(
    api, tree, stranger, member, told
):
    found = told()
    assert found["unseen"] == 1
    (one,) = found["notifications"]
    assert (one["kind"], one["place"]) == (
        "access_granted",
        {"level": "project", "id": tree.project, "label": "P"},
    )
    assert one["by"]
    entry = f"/projects/{tree.project}/permissions/{stranger.headers['x-user']}"
    assert api.put(entry, json={"role_ids": [f"{3:024x}"]}).status_code == 200
    assert told()["notifications"] == [one]
    assert stranger.put(PATH, json={"seen_until": one["at"]}).status_code == 200
    assert told()["unseen"] == 0
    assert api.delete(entry).status_code == 200
    assert told()["notifications"] == []


def test_a_group_is_told_of_too_but_not_what_one_makes_oneself(api, tree, stranger, told):
    user = stranger.headers["x-user"]
    assert (
        api.post(f"/groups/{tree.group}/permissions", json={"_id": user, "access": "admin"}).status_code
        == 200
    )
    assert stranger.post("/projects", json={"group": tree.group, "label": "Own"}).status_code == 200
    (one,) = told()["notifications"]
    assert one["place"]["level"] == "group"


def test_a_failed_job_is_told_to_who_started_it_until_it_is_tried_again(
    api, stranger, member, told, fail, start
):
    mine = fail()
    theirs = fail(by=api)
    found = told()["notifications"]
    assert [one["kind"] for one in found] == ["jobs_failed", "access_granted"]
    assert found[0]["job"] == {"id": mine["id"], "gear": mine["gear_info"]["name"], "reason": "exit 3"}
    assert (found[0]["count"], found[0]["batch"]) == (1, None)
    assert theirs["id"] not in str(found)
    assert stranger.post(f"/jobs/{mine['id']}/retry").status_code == 200
    assert [one["kind"] for one in told()["notifications"]] == ["access_granted"]


def test_the_failed_jobs_of_a_batch_are_one_notification(api, tree, gear, engine, stranger, member, told):
    for name in ("a.dcm", "b.dcm"):
        to = tree.add("acquisitions", session=tree.session, label=name)
        tree.upload(name, to=f"/acquisitions/{to}")
    made = gear()
    target = [{"type": "project", "id": tree.project}]
    batch = stranger.post("/batch", json={"gear_id": made["_id"], "targets": target}).json()["_id"]
    assert stranger.post(f"/batch/{batch}/run").status_code == 200
    for _ in range(2):
        (job,) = engine.ask(made["gear"]["name"])
        assert engine.commit(job, success=False, exit=1).status_code == 200
    one = told()["notifications"][0]
    assert (one["batch"], one["count"], one["job"]["id"]) == (batch, 2, job["id"])


def test_pages_follow_each_other_and_what_is_out_of_sight_is_not_told(
    api, tree, stranger, member, told, fail
):
    jobs = [fail()["id"] for _ in range(3)]
    first = told(limit=2)
    assert [one["job"]["id"] for one in first["notifications"]] == jobs[:0:-1]
    rest = told(limit=2, before=first["next"])
    assert [one["kind"] for one in rest["notifications"]] == ["jobs_failed", "access_granted"]
    assert rest["next"] is None
    assert first["unseen"] == rest["unseen"] == 4
    assert stranger.put(PATH, json={"seen_until": first["notifications"][1]["at"]}).status_code == 200
    assert stranger.put(PATH, json={"seen_until": member}).status_code == 200  # never back
    assert told()["unseen"] == 1
    api.delete(f"/projects/{tree.project}/permissions/{stranger.headers['x-user']}").raise_for_status()
    assert told()["notifications"] == []


def test_e_mails_are_asked_for_and_the_site_says_whether_it_can_send_them(stranger, told):
    assert (told()["mail"], told()["mail_possible"]) == (False, False)
    assert stranger.put(PATH, json={"mail": True}).json()["modified"] == 1
    assert (told()["mail"], told()["seen_until"]) == (True, None)


def test_bad_requests_are_answered_with_what_is_wrong(stranger, api, connect, problem):
    problem(stranger.get(PATH, params={"before": "yesterday"}), 400)
    problem(stranger.get(PATH, params={"limit": 1000}), 422)
    problem(stranger.put(PATH, json={"seen_until": "later"}), 422)
    device = api.post("/devices", json={"label": "d", "type": "reaper"}).json()["key"]
    problem(connect(Authorization=f"scitran-user {device}").get(PATH), 403)
