"""Batches: what a gear could be run on is shown before anything starts; then all starts, or nothing."""

import pytest


@pytest.fixture
def propose(api):
    """Proposes a batch: the answer's body."""

    def ask(gear, *targets, by=None, status=200, **more):
        body = {
            "gear_id": gear["_id"],
            "targets": [{"type": kind, "id": one} for kind, one in targets],
            **more,
        }
        answer = (by or api).post("/batch", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


@pytest.fixture
def acquisition(tree):
    """Adds an acquisition with these files to the test's session: its id."""

    def add(*names, session=None):
        made = tree.add("acquisitions", session=session or tree.session, label="B")
        for name in names:
            tree.upload(name, to=f"/acquisitions/{made}")
        return made

    return add


def _ids(rows):
    return {one["_id"] for one in rows}


def test_containers_are_sorted_by_what_fits(tree, gear, acquisition, propose):
    one, two, none = acquisition("a.dcm", "a.txt"), acquisition("a.dcm", "b.dcm"), acquisition("a.txt")
    found = propose(gear(), ("project", tree.project), config={"speed": 5}, priority="low")
    assert _ids(found["matched"]) == {one}
    assert _ids(found["ambiguous"]) == {two}
    assert _ids(found["not_matched"]) == {none, tree.acquisition}
    assert found["improper_permissions"] == []
    assert found["state"] == "pending"
    image = found["matched"][0]["inputs"]["image"]
    assert (image["type"], image["id"], image["name"], image["version"]) == ("acquisition", one, "a.dcm", 1)


def test_doubt_is_settled_by_a_choice_among_what_fits(api, tree, gear, acquisition, propose):
    """The files that fit are offered; a choice of another file changes nothing."""
    two = acquisition("a.dcm", "b.dcm", "c.txt")
    made = gear()
    (doubtful,) = propose(made, ("acquisition", two))["ambiguous"]
    first, second = doubtful["candidates"]["image"]
    assert (first["name"], second["name"]) == ("a.dcm", "b.dcm")
    other = {two: {"image": "0" * 24}}
    assert _ids(propose(made, ("acquisition", two), choices=other)["ambiguous"]) == {two}
    found = propose(made, ("acquisition", two), choices={two: {"image": second["file_id"]}})
    assert found["matched"][0]["inputs"]["image"]["name"] == "b.dcm"
    (job,) = api.post(f"/batch/{found['_id']}/run").json()
    assert job["inputs"]["image"]["file_id"] == second["file_id"]
    propose(made, ("acquisition", two), choices=[two], status=422)


def test_a_proposal_is_run_once_with_the_versions_it_showed(api, tree, gear, acquisition, propose, problem):
    one = acquisition("a.dcm")
    made = gear()
    proposal = propose(made, ("session", tree.session), config={"speed": 5}, priority="high", tags=["t"])
    tree.upload("a.dcm", b"newer", to=f"/acquisitions/{one}")
    jobs = api.post(f"/batch/{proposal['_id']}/run").json()
    (job,) = jobs
    assert job["batch"] == proposal["_id"]
    assert job["inputs"]["image"]["version"] == 1
    assert job["destination"] == {"type": "acquisition", "id": one}
    assert job["config"]["config"]["speed"] == 5
    assert job["priority"] == "high"
    assert {"batch", "t"} <= set(job["tags"])
    now = tree.get(f"/batch/{proposal['_id']}")
    assert now["jobs"] == [job["id"]]
    assert (now["state"], now["counts"]["pending"]) == ("running", 1)
    assert tree.get(f"/batch/{proposal['_id']}", jobs="true")["jobs"][0]["id"] == job["id"]
    problem(api.post(f"/batch/{proposal['_id']}/run"), 400)
    listed = tree.get("/batch", filter=f"gear_id={made['_id']}")
    assert [row["_id"] for row in listed] == [proposal["_id"]]


def test_cancelling_ends_what_waits_once(api, tree, gear, acquisition, propose, problem):
    acquisition("a.dcm")
    acquisition("b.dcm")
    batch = propose(gear(), ("project", tree.project))["_id"]
    problem(api.post(f"/batch/{batch}/cancel"), 400)
    jobs = api.post(f"/batch/{batch}/run").json()
    assert api.post(f"/batch/{batch}/cancel").json() == {"number_cancelled": 2}
    assert tree.get(f"/batch/{batch}")["counts"]["cancelled"] == 2
    assert tree.get(f"/jobs/{jobs[0]['id']}")["state"] == "cancelled"
    problem(api.post(f"/batch/{batch}/cancel"), 400)


def test_running_jobs_are_cancelled_when_asked_for(api, tree, gear, engine, acquisition, propose):
    acquisition("a.dcm")
    acquisition("b.dcm")
    made = gear()
    batch = propose(made, ("project", tree.project))["_id"]
    api.post(f"/batch/{batch}/run")
    engine.ask(made["gear"]["name"])
    assert api.post(f"/batch/{batch}/cancel", params={"running": "true"}).json() == {"number_cancelled": 2}


def test_what_failed_starts_again_in_its_place(api, tree, gear, engine, acquisition, propose):
    acquisition("a.dcm")
    acquisition("b.dcm")
    made = gear()
    batch = propose(made, ("project", tree.project))["_id"]
    api.post(f"/batch/{batch}/run")
    jobs = engine.ask(made["gear"]["name"], jobs=2)
    jobs += engine.ask(made["gear"]["name"], jobs=2) if len(jobs) < 2 else []
    for job, success in zip(jobs, (True, False), strict=True):
        assert engine.commit(job, success=success, exit=int(not success)).status_code == 200
    assert tree.get(f"/batch/{batch}")["state"] == "complete"
    assert api.post(f"/batch/{batch}/retry").json() == {"number_retried": 1}
    now = tree.get(f"/batch/{batch}")
    assert (now["state"], now["counts"]["pending"], now["counts"]["failed"]) == ("running", 1, 0)
    assert jobs[1]["id"] not in now["jobs"]
    assert now["eta"]
    (again,) = engine.ask(made["gear"]["name"])
    assert (again["previous_job_id"], again["attempt"]) == (jobs[1]["id"], 2)
    assert api.post(f"/batch/{batch}/retry").json() == {"number_retried": 0}


def test_a_gear_without_files_gets_a_job_for_each_session_or_for_the_targets(api, tree, gear, propose):
    made = gear(inputs={})
    for kind, target, unit in (
        ("acquisition", tree.acquisition, tree.session),
        ("project", tree.project, tree.project),
        ("subject", tree.subject, tree.subject),
    ):
        found = propose(made, (kind, target))
        assert _ids(found["matched"]) == {unit}
        (job,) = api.post(f"/batch/{found['_id']}/run").json()
        assert job["destination"]["id"] == unit


def test_files_of_a_session_are_looked_at_together_when_asked_for(api, tree, gear, acquisition, propose):
    acquisition("a.dcm")
    acquisition("b.txt")
    found = propose(gear(), ("project", tree.project), level="session")
    assert _ids(found["matched"]) == {tree.session}
    (job,) = api.post(f"/batch/{found['_id']}/run").json()
    assert job["destination"] == {"type": "session", "id": tree.session}


def test_an_analysis_gear_makes_analyses_on_the_session(api, tree, gear, acquisition, propose):
    acquisition("a.dcm")
    found = propose(gear("analysis"), ("project", tree.project), analysis={"label": "mine"})
    (job,) = api.post(f"/batch/{found['_id']}/run").json()
    (analysis,) = tree.get(f"/sessions/{tree.session}/analyses")
    assert (analysis["label"], analysis["job"]) == ("mine", job["id"])


@pytest.mark.parametrize(
    ("policy", "matched", "filled"),
    [("ignored", 2, {"image"}), ("flexible", 2, {"image", "text"}), ("required", 1, {"image", "text"})],
)
def test_optional_inputs_follow_the_policy(tree, gear, acquisition, propose, policy, matched, filled):
    both, _ = acquisition("a.dcm", "a.txt"), acquisition("a.dcm")
    inputs = {
        "image": {"base": "file", "type": {"enum": ["dicom"]}},
        "text": {"base": "file", "optional": True, "type": {"enum": ["text", "plain text"]}},
        "key": {"base": "api-key"},
    }
    found = propose(gear(inputs=inputs), ("project", tree.project), optional_input_policy=policy)
    assert len(found["matched"]) == matched
    assert {*next(one for one in found["matched"] if one["_id"] == both)["inputs"]} == filled


def test_a_collection_is_a_target_or_a_limit(api, tree, gear, acquisition, propose):
    inside, _ = acquisition("a.dcm"), acquisition("b.dcm")
    collection = tree.add("collections", label="C")
    contents = {"operation": "add", "nodes": [{"level": "acquisition", "_id": inside}]}
    assert api.put(f"/collections/{collection}", json={"contents": contents}).status_code == 200
    made = gear()
    assert _ids(propose(made, ("collection", collection))["matched"]) == {inside}
    context = {"type": "collection", "id": collection}
    assert _ids(propose(made, ("project", tree.project), target_context=context)["matched"]) == {inside}


def test_nothing_that_matches_is_a_proposal_without_id(tree, gear, propose):
    found = propose(gear(), ("project", tree.project))
    assert "_id" not in found
    assert (found["matched"], _ids(found["not_matched"])) == ([], {tree.acquisition})


def test_refusals_name_what_is_wrong(api, tree, gear, propose, problem):
    made = gear()
    here = ("project", tree.project)
    propose(made, here, ("session", tree.session), status=422)
    propose(made, ("group", tree.group), status=422)
    propose(made, status=422)
    propose(made, here, optional_input_policy="x", status=422)
    propose(made, here, config={"speed": "fast"}, status=422)
    propose(made, here, target_context={"type": "project", "id": tree.project}, status=422)
    propose(made, ("project", "0" * 24), status=404)
    propose(made, ("collection", "0" * 24), status=404)
    propose({"_id": "0" * 24}, here, status=404)
    problem(api.post("/batch/jobs", json={"jobs": [1]}), 422)
    problem(api.post("/batch/jobs", json={"jobs": []}), 422)
    problem(api.post(f"/batch/{'0' * 24}/run"), 404)


def test_who_may_not_run_gears_in_a_project_is_told_which_containers(
    api, tree, gear, acquisition, stranger, propose
):
    other = tree.add("projects", group=tree.group, label="Q")
    session = tree.add("sessions", project=other, subject={"code": "s"}, label="E")
    mine, theirs = acquisition("a.dcm"), acquisition("a.dcm", session=session)
    roles = {one.get("default_flywheel_role"): one["_id"] for one in api.get("/roles").json()}
    made = gear()
    propose(made, ("project", other), by=stranger, status=404)
    for project, role in ((tree.project, "rw"), (other, "ro")):
        body = {"_id": stranger.headers["x-user"], "role_ids": [roles[role]]}
        assert api.post(f"/projects/{project}/permissions", json=body).status_code == 200
    found = propose(made, ("project", tree.project), ("project", other), by=stranger)
    assert _ids(found["matched"]) == {mine}
    assert found["improper_permissions"] == [theirs]
    propose(made, ("project", other), by=stranger, status=403)
    assert len(stranger.post(f"/batch/{found['_id']}/run").json()) == 1


def test_batches_are_their_makers(api, tree, gear, acquisition, stranger, propose, problem):
    acquisition("a.dcm")
    batch = propose(gear(), ("project", tree.project))["_id"]
    assert stranger.get("/batch").json() == []
    problem(stranger.get(f"/batch/{batch}"), 404)
    for verb in ("run", "cancel", "retry"):
        problem(stranger.post(f"/batch/{batch}/{verb}"), 404)


def test_a_proposal_older_than_a_day_is_not_run(api, tree, gear, acquisition, propose, database, problem):
    acquisition("a.dcm")
    batch = propose(gear(), ("project", tree.project))["_id"]
    database("UPDATE batch SET created_at = now() - interval '25 hours' WHERE id = %s", batch)
    assert "24 hours" in problem(api.post(f"/batch/{batch}/run"), 400)["message"]


def test_ready_jobs_start_together_or_not_at_all(api, tree, gear, problem):
    tree.upload("a.dcm")
    made = gear()
    good = {
        "gear_id": made["_id"],
        "inputs": {"image": {"type": "acquisition", "id": tree.acquisition, "name": "a.dcm"}},
    }
    bad = {**good, "inputs": {"image": {**good["inputs"]["image"], "name": "missing"}}}
    refused = api.post("/batch/jobs", json={"jobs": [good, bad]}).json()["_id"]
    problem(api.post(f"/batch/{refused}/run"), 404)
    assert tree.get(f"/batch/{refused}")["state"] == "pending"
    assert tree.get("/jobs", filter=f"gear_id={made['_id']}") == []
    ready = api.post("/batch/jobs", json={"jobs": [good, good]}).json()
    assert len(ready["proposal"]["preconstructed_jobs"]) == 2
    assert len(api.post(f"/batch/{ready['_id']}/run").json()) == 2
