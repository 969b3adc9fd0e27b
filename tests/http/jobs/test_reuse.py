"""Runs answered from an identical earlier one: only when asked for, only what the asker may read, and said so."""

import time

import pytest

IMAGE = {"rootfs-url": f"docker://lab/counts@sha256:{'a' * 64}"}
CACHEABLE = {"treadle": {"cacheable": True}}
FILE = {"image": {"base": "file"}}


@pytest.fixture
def counting(gear):
    """A gear whose author says that the same input gives the same output."""
    return lambda **more: gear(**{"exchange": IMAGE, "custom": CACHEABLE, "inputs": FILE, **more})


@pytest.fixture
def second(tree):
    """The same file in another acquisition: its id."""
    place = tree.add("acquisitions", label="second", session=tree.session)
    return tree.upload("scan.txt", b"scan", to=f"/acquisitions/{place}")["file_id"]


def test_an_identical_run_takes_the_outputs_of_the_first(tree, api, counting, run, start, second, problem):
    """Complete at once, its own files on the same contents; job, record, log and PROV name the run that ran."""
    made = counting()
    first = run(tree.upload("scan.txt", b"scan")["file_id"], made, outputs={"out.txt": b"counted"})
    again = start(made, inputs={"image": {"file_id": second}}, reuse=True)
    assert (again["state"], again["cached_from"]) == ("complete", first)
    (output,) = again["outputs"]
    (original,) = api.get(f"/jobs/{first}").json()["outputs"]
    assert output["hash"] == original["hash"] and output["file_id"] != original["file_id"]
    place = api.get(f"/files/{output['file_id']}").json()["parents"]["acquisition"]
    assert place == again["destination"]["id"] != tree.acquisition
    assert tree.get(f"/jobs/{again['id']}/provenance")["cached_from"] == first
    assert first in api.get(f"/jobs/{again['id']}/logs/text").text
    informed = tree.get(f"/jobs/{again['id']}/export", format="prov")["wasInformedBy"]
    assert [one["prov:informant"] for one in informed.values()] == [f"treadle:jobs/{first}"]
    # Another one names the run that ran, too; whoever does not ask has a run.
    assert start(made, inputs={"image": {"file_id": second}}, reuse=True)["cached_from"] == first
    assert start(made, inputs={"image": {"file_id": second}})["state"] == "pending"
    body = {"gear_id": made["_id"], "inputs": {"image": {"file_id": second}}, "reuse": "yes"}
    problem(api.post("/jobs/add", json=body), 422)


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        ({}, {"config": {"speed": 3}}),
        ({"custom": {}}, {}),
        ({"exchange": None}, {}),
        ({"inputs": {**FILE, "key": {"base": "api-key"}}}, {}),
        ({"capabilities": ["networking"]}, {}),
        ({"custom": {**CACHEABLE, "flywheel": {"show-job": True}}}, {}),
    ],
    ids=["other config", "author silent", "image not fixed", "key", "network", "knows its job"],
)
def test_what_may_come_out_differently_is_run(tree, counting, start, engine, second, about, asked):
    made = counting(**about)
    begun = start(made, inputs={"image": {"file_id": second}})
    (job,) = engine.ask(made["gear"]["name"], capabilities=["networking"])
    assert engine.commit(job, {"out.txt": b"counted"}).json()["state"] == "complete"
    again = start(made, inputs={"image": {"file_id": second}}, reuse=True, **asked)
    assert (begun["cached_from"], again["state"]) == (None, "pending")


def test_other_input_and_deleted_outputs_are_run(tree, api, counting, run, start, second):
    made = counting()
    first = run(second, made)
    other = tree.upload("scan.txt", b"other")["file_id"]
    assert start(made, inputs={"image": {"file_id": other}}, reuse=True)["state"] == "pending"
    (output,) = api.get(f"/jobs/{first}").json()["outputs"]
    assert api.delete(f"/files/{output['file_id']}").status_code == 200
    assert start(made, inputs={"image": {"file_id": second}}, reuse=True)["state"] == "pending"


def test_runs_that_the_asker_may_not_read_are_not_taken(tree, api, counting, run, start, stranger, unique):
    """A member of one project does not learn what another project made of the same file; who sees both does."""
    made = counting()
    run(tree.upload("scan.txt", b"scan", to=f"/projects/{tree.project}")["file_id"], made)
    role = next(one["_id"] for one in api.get("/roles").json() if one.get("default_flywheel_role") == "rw")
    own = tree.add("projects", label=unique(), group=tree.group)
    body = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{own}/permissions", json=body).status_code == 200
    scan = tree.upload("scan.txt", b"scan", to=f"/projects/{own}")["file_id"]
    asked = {"inputs": {"image": {"file_id": scan}}, "reuse": True}
    assert start(made, by=stranger, **asked)["state"] == "pending"
    assert start(made, **asked)["state"] == "complete"


def test_an_analysis_is_filled_at_once(tree, api, counting, engine, second):
    made = counting(category="analysis")
    path = f"/sessions/{tree.session}/analyses"
    job = {"gear_id": made["_id"], "inputs": {"image": {"file_id": second}}, "reuse": True}
    first = api.post(path, json={"label": "first", "job": job}).json()
    (running,) = engine.ask(made["gear"]["name"])
    assert engine.commit(running, {"v.txt": b"1"}).status_code == 200
    again = api.post(path, json={"label": "again", "job": job}).json()
    assert api.get(f"/jobs/{again['job_id']}").json()["cached_from"] == first["job_id"]
    assert [one["name"] for one in tree.get(f"/analyses/{again['_id']}")["files"]] == ["v.txt"]


def test_a_rule_reuses_what_ran_in_its_project(tree, api, counting, run, second):
    made = counting()
    first = run(second, made)
    rule = {
        "gear_id": made["_id"],
        "name": "count",
        "reuse": True,
        "all": [{"type": "file.name", "value": "scan.txt"}],
    }
    added = api.post(f"/projects/{tree.project}/rules", json=rule).json()
    assert added["reuse"] is True
    tree.upload("scan.txt", b"scan")
    place, until = f"/projects/{tree.project}/rules/{added['_id']}/firings", time.monotonic() + 20
    while not (lines := api.get(place).json()) and time.monotonic() < until:
        time.sleep(0.1)
    job = api.get(f"/jobs/{lines[0]['job_id']}").json()
    assert (job["state"], job["cached_from"]) == ("complete", first)
