"""What is refused when a run is asked for, and that nothing is left of it; where output goes; who may."""

import pytest


@pytest.fixture
def reader(api, stranger, tree):
    """Somebody with a role in the project that may look at everything, and run nothing."""
    role = api.get("/roles").json()
    read_only = next(one["_id"] for one in role if one.get("default_flywheel_role") == "ro")
    body = {"_id": stranger.headers["x-user"], "role_ids": [read_only]}
    assert api.post(f"/projects/{tree.project}/permissions", json=body).status_code == 200
    return stranger


def _add(client, gear, **more):
    return client.post("/jobs/add", json={"gear_id": gear["_id"], **more})


def _ref(tree, name="a.dcm"):
    return {"image": {"type": "acquisition", "id": tree.acquisition, "name": name}}


def test_refusals_name_what_is_wrong(api, tree, gear, problem):
    tree.upload("a.dcm")
    made, analysis, plain = gear(), gear("analysis"), gear(inputs={})
    good = _ref(tree)
    before = api.get("/jobs/stats").json()["total"]
    problem(_add(api, {"_id": "0" * 24}), 404)
    problem(_add(api, made), 422)
    problem(_add(api, made, inputs={**good, "other": good["image"]}), 422)
    problem(_add(api, made, inputs=_ref(tree, "missing")), 404)
    problem(_add(api, made, inputs={"image": {"file_id": "0" * 24}}), 404)
    problem(_add(api, made, inputs=good, destination={"type": "group", "id": tree.group}), 422)
    problem(_add(api, made, inputs=good, destination={"type": "session", "id": tree.acquisition}), 422)
    problem(_add(api, made, inputs=good, destination={"type": "session", "id": "0" * 24}), 404)
    problem(_add(api, made, inputs=good, priority="urgent"), 422)
    problem(_add(api, made, inputs=good, compute_provider_id="0" * 24), 422)
    problem(_add(api, analysis, inputs=good), 422)
    problem(_add(api, plain), 422)
    problem(_add(api, gear(capabilities=["teleport"]), inputs=good), 403)
    refused = problem(_add(api, made, inputs=good, config={"speed": "fast"}), 422)
    assert (refused["reason"], refused["key"]) == ("config did not match manifest", "speed")
    assert refused["error"]
    assert problem(_add(api, made, inputs=good, config={"sped": 1}), 422)["key"] == "sped"
    api.delete(f"/gears/{plain['_id']}")
    problem(_add(api, plain, destination={"type": "session", "id": tree.session}), 403)
    assert api.get("/jobs", params={"filter": f"gear_id={made['_id']}"}).json() == []
    assert api.get("/jobs/stats").json()["total"] >= before


def test_the_first_input_in_the_manifests_order_decides_where_output_goes(tree, gear, start):
    tree.upload("a.dcm")
    tree.upload("b.dcm", to=f"/sessions/{tree.session}")
    made = gear(inputs={"second": {"base": "file", "optional": True}, "first": {"base": "file"}})
    found = start(
        made,
        inputs={
            "first": {"type": "acquisition", "id": tree.acquisition, "name": "a.dcm"},
            "second": {"type": "session", "id": tree.session, "name": "b.dcm"},
        },
    )
    assert found["destination"] == {"type": "session", "id": tree.session}


def test_who_only_reads_sees_jobs_and_starts_none(api, tree, gear, start, reader, stranger, problem):
    tree.upload("a.dcm")
    made = gear()
    found = start(made, inputs=_ref(tree))
    assert reader.get(f"/jobs/{found['id']}").status_code == 200
    assert reader.get(f"/jobs/{found['id']}/logs").json() == {"_id": found["id"], "logs": []}
    problem(_add(reader, made, inputs=_ref(tree)), 403)
    problem(reader.put(f"/jobs/{found['id']}", json={"state": "cancelled"}), 403)
    problem(reader.put("/jobs/priority", json={"job_ids": [found["id"]], "priority": "high"}), 403)
    problem(reader.post("/jobs/ask", json={"return": {"jobs": 1}}), 403)
    api.delete(f"/projects/{tree.project}/permissions/{reader.headers['x-user']}")
    problem(stranger.get(f"/jobs/{found['id']}"), 404)
    assert stranger.get("/jobs").json() == []


def test_a_restricted_gear_is_run_by_whom_its_series_names(api, tree, gear, reader, problem):
    tree.upload("a.dcm")
    made = gear()
    roles = api.get("/roles").json()
    writer = next(one["_id"] for one in roles if one.get("default_flywheel_role") == "rw")
    path = f"/projects/{tree.project}/permissions/{reader.headers['x-user']}"
    assert api.put(path, json={"role_ids": [writer]}).status_code == 200
    assert api.put(f"/gears/{made['gear']['name']}/series", json={"is_restricted": True}).status_code == 200
    problem(_add(reader, made, inputs=_ref(tree)), 403)
    assert _add(api, made, inputs=_ref(tree)).status_code == 200


def test_a_file_that_does_not_fit_is_taken_and_the_log_says_so(tree, gear, start):
    tree.upload("a.txt")
    found = start(gear(), inputs=_ref(tree, "a.txt"))
    (record,) = tree.get(f"/jobs/{found['id']}/logs")["logs"]
    assert record["fd"] == -1
    assert "'image' does not fit" in record["msg"]


def test_lists_are_filtered_sorted_and_paged(tree, gear, start, api):
    tree.upload("a.dcm")
    made = gear()
    ids = [
        start(made, inputs=_ref(tree), tags=[f"t{n}"], priority=p)["id"]
        for n, p in enumerate(("low", "high"))
    ]
    own = f'gear_info.name="{made["gear"]["name"]}"'

    def found(more="", **params):
        answer = api.get("/jobs", params={"filter": own + more, **params})
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()]

    assert found() == ids
    assert found(sort="created:desc") == ids[::-1]
    assert found(limit=1) == ids[:1]
    assert found(after_id=ids[0]) == ids[1:]
    assert found(",tags=t1") == found(",tags=~^t1$") == found(",priority=high") == ids[1:]
    assert found(",state=~(failed|cancelled)") == []
    assert found(",state=pending,retried=null,created>=2020-01-01") == ids
    assert found(f",parents.session={tree.session},config.config.speed=2") == ids
    (first, _) = api.get(f"/sessions/{tree.session}/jobs", params={"include_parent_info": "true"}).json()[
        "jobs"
    ]
    assert first["inputs"][0]["input"] == "image"
    assert first["parent_info"]["acquisition"]["label"] == "A"
    detail = tree.get(f"/jobs/{ids[0]}/detail")
    assert detail["inputs"]["image"]["object"]["name"] == "a.dcm"
    assert api.get("/users/self/jobs", params={"filter": own}).json()["total"] == 2


def test_an_analysis_is_there_before_its_job_ends(tree, gear, engine, api, problem):
    """On any level; its inputs are pinned, its outputs are its own files, its job is shown in full on demand."""
    sent = tree.upload("a.dcm")
    made = gear("analysis")
    body = {"label": "L", "job": {"gear_id": made["_id"], "inputs": _ref(tree), "config": {}}}
    answer = api.post(f"/sessions/{tree.session}/analyses", params={"job": "true"}, json=body)
    assert answer.status_code == 200, answer.text
    path = f"/analyses/{answer.json()['_id']}"
    shown = api.get(path, params={"inflate_job": "true"}).json()
    assert (shown["job"]["id"], shown["job"]["state"]) == (answer.json()["job_id"], "pending")
    assert shown["gear_info"]["name"] == made["gear"]["name"]
    assert [one["file_id"] for one in shown["inputs"]] == [sent["file_id"]]
    (job,) = engine.ask(made["gear"]["name"])
    assert job["destination"] == {"type": "analysis", "id": answer.json()["_id"]}
    said = {"acquisition": {"files": [{"name": "r.csv", "type": "table"}]}, "analysis": {"info": {"k": 1}}}
    assert engine.commit(job, {"r.csv": b"1"}, metadata=said).json()["state"] == "complete"
    shown = api.get(path).json()
    assert (shown["job"], shown["files"][0]["type"], shown["info"]) == (job["id"], "table", {"k": 1})
    assert shown["files"][0]["parents"]["analysis"] == answer.json()["_id"]
    problem(
        api.post(
            f"/sessions/{tree.session}/analyses",
            json={"label": "L", "job": {**body["job"], "gear_id": gear()["_id"]}},
        ),
        422,
    )
    found = api.get(
        f"/sessions/{tree.session}/analyses", params={"filter": f"gear_info.name={made['gear']['name']}"}
    )
    assert [one["_id"] for one in found.json()] == [answer.json()["_id"]]
