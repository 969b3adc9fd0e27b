"""Jobs through a real engine: from the request to files in the hierarchy, and every way that may go wrong."""

import signal
import time

import pytest

from treadle.testing.waiting import wait_until


def test_from_the_request_to_the_files(engine, gear, start, wait_for, said, api, tree):
    """Config, input, outputs with their metadata, log, profile and provenance."""
    tree.upload("scan.txt", b"voxels")
    made = gear(
        """
        echo "speed $FW_CONFIG_SPEED"; echo trouble >&2
        tr a-z A-Z < input/scan/scan.txt > "output/big letters.txt"
        mkdir output/more
        echo '{"acquisition": {"info": {"qc": 1},
                               "files": [{"name": "big letters.txt", "type": "text", "tags": ["x"]}]},
               "session": {"info": {"seen": true}}}' > output/.metadata.json
        """,
        inputs={"scan": {"base": "file"}},
        config={"speed": {"type": "integer", "default": 2}},
    )
    job = start(
        made, engine, inputs={"scan": {"type": "acquisition", "id": tree.acquisition, "name": "scan.txt"}}
    )
    done = wait_for(job)
    log = said(job)
    assert done["state"] == "complete", log
    found = api.get(f"/acquisitions/{tree.acquisition}").json()
    (file,) = [one for one in found["files"] if one["name"] == "big letters.txt"]
    assert (file["type"], file["tags"], file["size"]) == ("text", ["x"], 6)
    assert file["origin"] == {"type": "job", "id": job}
    content = api.get(f"/acquisitions/{tree.acquisition}/files/big letters.txt")
    assert content.text == "VOXELS"
    assert found["info"]["qc"] == 1
    assert api.get(f"/sessions/{tree.session}").json()["info"]["seen"] is True
    assert "speed 2\n" in log and "trouble\n" in log
    assert "warning: output/more: folders are not stored" in log
    assert f"engine {engine.tag} (sandbox); network none; gear sha384:" in log
    assert done["profile"]["total_input_size_bytes"] == done["profile"]["total_output_size_bytes"] == 6
    assert done["profile"]["executor"]["name"] == engine.tag


@pytest.mark.parametrize(
    ("script", "more", "reason"),
    [
        ("echo kept > output/x; exit 3", {}, "exit 3: "),
        ("kill -SEGV $$", {}, "signal SIGSEGV: "),
        ("echo '{\"group\": {}}' > output/.metadata.json", {}, "metadata_invalid: "),
        ("sleep 60", {"custom": {"treadle": {"resources": {"time": "1s"}}}}, "timeout: "),
        ("true", {"custom": {"treadle": {"resources": {"memory": "4000G"}}}}, "capability: "),
    ],
)
def test_a_failed_run_says_why_and_changes_nothing(
    engine, gear, start, wait_for, api, tree, script, more, reason
):
    job = start(gear(script, **more), engine)
    done = wait_for(job)
    assert done["state"] == "failed"
    assert done["failure_reason"].startswith(reason)
    assert api.get(f"/acquisitions/{tree.acquisition}").json()["files"] == []


def test_a_gear_talks_to_the_api_with_its_key_and_the_key_dies_with_the_job(
    engine, gear, start, wait_for, said, api, anonymous, tree
):
    """Through a network that is else closed; the log does not show the key."""
    script = """
    key=$(python3 -c "import json; print(json.load(open('config.json'))['inputs']['api-key']['key'])")
    echo "key $key"
    address=$(echo "$key" | cut -d: -f1-2)
    curl -sS -H "Authorization: scitran-user ${key##*:}" "http://$address/api/users/self" -o output/self.json
    echo -n "${key##*:}" | rev > output/key.txt
    curl -sS --max-time 2 http://169.254.169.254/ || echo no metadata
    """
    job = start(gear(script, inputs={"api-key": {"base": "api-key"}}), engine)
    done = wait_for(job)
    log = said(job)
    assert done["state"] == "complete", log
    base = f"/acquisitions/{tree.acquisition}/files"
    assert api.get(f"{base}/self.json").json()["_id"] == api.get("/users/self").json()["_id"]
    key = api.get(f"{base}/key.txt").text[::-1]
    assert len(key) > 20 and key not in log and "***" in log and "no metadata" in log
    assert anonymous.get("/users/self", headers={"Authorization": f"scitran-user {key}"}).status_code == 401


def test_a_read_only_key_cannot_write(engine, gear, start, wait_for, said, tree):
    script = f"""
    key=$(python3 -c "import json; print(json.load(open('config.json'))['inputs']['api-key']['key'])")
    address=$(echo "$key" | cut -d: -f1-2)
    curl -s -o /dev/null -w '%{{http_code}}\\n' -X PUT -H "Authorization: scitran-user ${{key##*:}}" \\
      -H 'Content-Type: application/json' -d '{{"label": "changed"}}' "http://$address/api/acquisitions/{tree.acquisition}"
    """
    job = start(gear(script, inputs={"api-key": {"base": "api-key", "read-only": True}}), engine)
    assert wait_for(job)["state"] == "complete"
    assert "\n403\n" in said(job)


def test_the_site_says_which_networks_a_gear_gets(engine, gear, start, wait_for, said, api):
    """For all gears, or for one by its name; a key alone opens nothing."""
    made = gear("true", inputs={"api-key": {"base": "api-key"}})
    for bad in ("none", {"default": "some"}, {"gears": {"x": {}}}, {"gears": ["x"]}):
        assert api.put("/site/settings", json={"gear_network": bad}).status_code == 422
    allowed = {"gears": {made["gear"]["name"]: "none"}}
    assert api.put("/site/settings", json={"gear_network": allowed}).json()["gear_network"] == allowed
    job = start(made, engine)
    wait_for(job)
    assert "; network none; " in said(job)


def test_a_cancelled_job_is_ended_and_stores_nothing(engine, gear, start, wait_for, said, api, tree):
    job = start(gear("echo started; echo x > output/x; while :; do sleep 0.5; echo .; done"), engine)
    wait_for(job, "running", then=lambda _: "started" in said(job))
    assert api.put(f"/jobs/{job}", json={"state": "cancelled"}).status_code == 200
    end = time.monotonic() + 30
    while (engine.folder / "work" / f"{job}.claim").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not list((engine.folder / "work").glob(f"{job}*"))
    assert wait_for(job)["state"] == "cancelled"
    assert api.get(f"/acquisitions/{tree.acquisition}").json()["files"] == []


def test_an_engine_that_was_killed_gives_the_job_back_and_it_is_done_once(
    own_engine, gear, start, wait_for, api, tree, tmp_path
):
    """kill -9 in the middle of a run: the next engine of that folder says so, another attempt does the work."""
    own_engine.start()
    script = "while [ $(date +%s) -lt $(cat input/until/t) ]; do sleep 0.2; done; echo x > output/x"
    job = start(gear(script, inputs={"until": {"base": "file"}}), own_engine, inputs=until(tree, 20))
    work = own_engine.folder / "work"
    wait_for(job, "running", then=lambda _: (work / job / "v0" / "output").is_dir())
    own_engine.end(signal.SIGKILL)
    own_engine.start()
    assert wait_for(job)["failure_reason"].startswith("engine_lost: the engine was killed")
    (again,) = api.get("/jobs", params={"filter": f"previous_job_id={job}"}).json()
    assert wait_for(again["id"])["state"] == "complete"
    files = [
        one for one in api.get(f"/acquisitions/{tree.acquisition}").json()["files"] if one["name"] == "x"
    ]
    assert [one["version"] for one in files] == [1]
    wait_until(lambda: [one.name for one in work.iterdir()] == ["lock"], what="nothing is left of the runs")


def until(tree, seconds: float) -> dict:
    """An input that holds the time at which a script goes on."""
    tree.upload("t", str(int(time.time() + seconds)).encode())
    return {"until": {"type": "acquisition", "id": tree.acquisition, "name": "t"}}


def test_an_engine_that_is_stopped_gives_its_job_back(own_engine, gear, start, wait_for, said):
    own_engine.start()
    job = start(gear("echo started; sleep 600"), own_engine)
    wait_for(job, "running", then=lambda _: "started" in said(job))
    own_engine.end()
    assert wait_for(job)["failure_reason"] == "engine_lost: the engine was stopped"
    assert own_engine.process.returncode == 0


def test_many_small_jobs_each_run_once(engine, gear, start, wait_for, api, tree):
    made = gear("echo 1 > output/$FW_CONFIG_N", config={"n": {"type": "string"}})
    jobs = [start(made, engine, config={"n": f"n{number}"}) for number in range(12)]
    assert {wait_for(job)["state"] for job in jobs} == {"complete"}
    files = api.get(f"/acquisitions/{tree.acquisition}").json()["files"]
    assert sorted(one["name"] for one in files) == sorted(f"n{number}" for number in range(12))
    assert {one["version"] for one in files} == {1}
