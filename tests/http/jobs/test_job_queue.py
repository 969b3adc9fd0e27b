"""Who gets which job, who holds it, and how it is taken from them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def idle(gear):
    """A gear without inputs: its document."""
    return gear(inputs={})


@pytest.fixture
def jobs(tree, start, idle):
    """Asks for so many runs on the session: their ids."""

    def add(count=1, **more):
        place = {"type": "session", "id": tree.session}
        return [start(idle, destination=place, **more)["id"] for _ in range(count)]

    return add


def _name(gear):
    return gear["gear"]["name"]


def test_a_job_is_handed_out_once(engine, idle, jobs):
    wanted = set(jobs(20))
    with ThreadPoolExecutor(8) as pool:
        taken = [
            job["id"]
            for part in pool.map(lambda _: engine.ask(_name(idle), jobs=3), range(8))
            for job in part
        ]
    assert len(taken) == len(set(taken)) == 20
    assert set(taken) == wanted


def test_priority_before_age(engine, idle, jobs, api):
    low, medium, other = jobs(priority="low") + jobs(2)
    assert api.put("/jobs/priority", json={"job_ids": [low], "priority": "high"}).status_code == 200
    assert [job["id"] for job in engine.ask(_name(idle), jobs=3)] == [low, medium, other]
    assert api.put("/jobs/priority", json={"job_ids": [low], "priority": "low"}).status_code == 409


def test_engines_choose_by_lists_tags_and_capabilities(engine, gear, tree, start):
    able = gear(inputs={}, capabilities=["networking"])
    start(able, destination={"type": "session", "id": tree.session}, tags=["hpc"])
    name = _name(able)
    assert engine.ask(name) == []
    assert engine.ask(name, capabilities=["networking"], blacklist={"tag": ["hpc"]}) == []
    assert (
        engine.ask(name, capabilities=["networking"], whitelist={"gear-name": [name], "tag": ["gpu"]}) == []
    )
    peeked = engine.ask(
        name, capabilities=["networking"], **{"return": {"jobs": 1, "peek": True, "states": True}}
    )
    assert peeked[0]["state"] == "pending"
    counted = engine.client.post(
        "/jobs/ask/pending", json={"whitelist": {"gear-name": [name]}, "capabilities": ["networking", "oci"]}
    )
    assert counted.json() == {"count": 1}
    got = engine.ask(name, capabilities=["networking"], whitelist={"group": [tree.group], "tag": ["hpc"]})
    assert [job["state"] for job in got] == ["running"]


def test_waiting_for_work_ends_when_a_job_is_asked_for(engine, idle, jobs):
    threading.Timer(0.5, jobs).start()
    begun = time.monotonic()
    (job,) = engine.ask(_name(idle), wait=20)
    assert time.monotonic() - begun < 4.5  # well before the next look
    assert job["gear_info"]["name"] == _name(idle)


def test_a_cancelled_job_is_no_longer_the_engines(engine, idle, jobs, api, problem):
    """It hears so by its heartbeat; what comes late changes nothing."""
    jobs()
    (job,) = engine.ask(_name(idle))
    assert api.put(f"/jobs/{job['id']}", json={"state": "cancelled"}).status_code == 200
    beat = engine.client.put(f"/jobs/{job['id']}/heartbeat", params=engine.lease(job))
    assert beat.json()["state"] == "cancelled"
    problem(engine.client.post(f"/jobs/{job['id']}/prepare-complete", params=engine.lease(job)), 409)
    assert api.get(f"/jobs/{job['id']}").json()["failure_reason"].startswith("cancelled_by ")
    problem(api.put(f"/jobs/{job['id']}", json={"state": "running"}), 409)


def test_a_silent_engine_loses_its_job_and_another_attempt_begins(engine, idle, jobs, api, database, problem):
    """Not while it is about to complete; the old lease is worth nothing afterwards."""
    jobs()
    (job,) = engine.ask(_name(idle))
    ticket = engine.ticket(job)
    database("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = %s", job["id"])
    api.post("/jobs/reap")
    assert api.get(f"/jobs/{job['id']}").json()["state"] == "running"
    database("UPDATE engine_ticket SET created_at = now() - interval '2 hours' WHERE id = %s", ticket)
    api.post("/jobs/reap")  # or the worker was faster
    found = api.get(f"/jobs/{job['id']}").json()
    assert (found["state"], found["failure_reason"].partition(":")[0]) == ("failed", "engine_lost")
    log = api.get(f"/jobs/{job['id']}/logs").json()["logs"]
    assert "did not report in for a long time" in log[0]["msg"]
    problem(engine.client.put(f"/jobs/{job['id']}/profile", params=engine.lease(job), json={}), 409)
    (again,) = api.get("/jobs", params={"filter": f"previous_job_id={job['id']}"}).json()
    assert (again["state"], again["attempt"]) == ("pending", 2)
    assert engine.ask(_name(idle)) == []  # not before its pause is over


def test_a_retry_is_the_same_run_again(engine, idle, jobs, api, problem):
    (first,) = jobs(tags=["x"], priority="high")
    problem(api.post(f"/jobs/{first}/retry"), 409)
    (job,) = engine.ask(_name(idle))
    engine.commit(job, exit=1)
    answer = api.post(f"/jobs/{first}/retry", params={"ignoreState": "True"})
    again = api.get(f"/jobs/{answer.json()['_id']}").json()
    assert (again["previous_job_id"], again["attempt"], again["priority"]) == (first, 2, "high")
    assert again["tags"] == ["x", _name(idle)]
    assert api.get(f"/jobs/{first}").json()["retried"]
    assert again["id"] in problem(api.post(f"/jobs/{first}/retry"), 409)["message"]


def test_deleting_the_destination_cancels_its_jobs(engine, idle, jobs, api, tree):
    (job,) = jobs()
    assert api.delete(f"/sessions/{tree.session}").status_code == 200
    end = time.monotonic() + 20
    while (found := api.get(f"/jobs/{job}").json())["state"] == "pending" and time.monotonic() < end:
        time.sleep(0.1)
    assert found["state"] == "cancelled"


def test_a_gear_switched_off_meanwhile_is_not_run(engine, idle, jobs, api):
    (job,) = jobs()
    assert api.delete(f"/gears/{idle['_id']}").status_code == 200
    assert engine.ask(_name(idle)) == []
    assert api.get(f"/jobs/{job}").json()["failure_reason"].startswith("gear_disabled")


def test_logs_are_read_while_they_grow(engine, idle, jobs, api):
    """In all forms; markup is escaped and keys are unreadable."""
    jobs()
    (job,) = engine.ask(_name(idle))
    secret = "tk1_" + "A" * 53
    engine.log(job, (1, "a <b>\n"), (2, f"key {secret}\n"))
    path = f"/jobs/{job['id']}/logs"
    assert api.get(path).json()["logs"] == [{"fd": 1, "msg": "a <b>\n"}, {"fd": 2, "msg": "key ***\n"}]
    assert api.get(f"{path}/text").text == "a <b>\nkey ***\n"
    assert '<span class="fd-1">a &lt;b&gt;' in api.get(f"{path}/html").text
    seen = []
    with api.stream("GET", f"{path}/stream") as stream:
        for line in stream.iter_lines():
            seen.append(line)
            if line == "event: log" and len(seen) < 6:
                engine.log(job, (1, "later\n"))
                engine.commit(job)
    text = "\n".join(seen)
    assert "later" in text
    assert '{"state":"complete"}' in text
    assert engine.client.post(path, json=[{"fd": 3, "msg": "x"}], params=engine.lease(job)).status_code == 422


def test_a_jobs_key_lives_as_long_as_the_job(engine, gear, tree, start, api, connect):
    """It acts as the starter, cut to reading when the gear says so, and is never shown elsewhere."""
    made = gear(inputs={"key": {"base": "api-key", "read-only": True}})
    start(made, destination={"type": "session", "id": tree.session})
    (job,) = engine.ask(_name(made))
    assert job["config"]["inputs"]["key"] == {"base": "api-key"}
    config = engine.client.get(f"/jobs/{job['id']}/config.json", params=engine.lease(job)).json()
    key = config["inputs"]["key"]["key"]
    assert ":__force_insecure:" in key
    as_job = connect(Authorization=f"scitran-user {key}")
    assert as_job.get("/auth/status").json()["origin"] == {"type": "job", "id": job["id"]}
    assert as_job.get(f"/sessions/{tree.session}").status_code == 200
    assert as_job.put(f"/sessions/{tree.session}", json={"label": "x"}).status_code == 403
    assert as_job.post("/users/self/key", json={"label": "k"}).status_code == 403
    assert key not in api.get(f"/jobs/{job['id']}").text
    engine.commit(job)
    assert as_job.get(f"/sessions/{tree.session}").status_code == 401


def test_the_command_line_watches_and_steers_jobs(engine, idle, jobs, treadle):
    first, second = jobs(2)
    own = f"gear_info.name={_name(idle)}"
    assert [one["_id"] for one in treadle("job", "list", "--filter", own, "--json").documents] == [
        first,
        second,
    ]
    treadle("job", "cancel", second)
    (job,) = engine.ask(_name(idle))
    engine.log(job, (1, "hello\n"), (2, "oh\n"))
    engine.commit(job, exit=3)
    assert treadle("job", "show", first, "--json").documents[0]["failure_reason"] == "exit 3"
    for words in (("logs", first), ("logs", first, "-f")):
        done = treadle("job", *words)
        assert done.out == "hello\n"
        assert done.err.startswith("oh\n")
    (made,) = treadle("job", "retry", first, "--json").documents
    assert [job["id"] for job in engine.ask(_name(idle))] == [made["_id"]]
    treadle("job", "retry", first, ok=False)
    treadle("job", "show", "0" * 24, ok=False)
