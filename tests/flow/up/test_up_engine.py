"""`treadle up` runs gears that are folders; a server that dies in the middle of a run does not disturb it."""

import io
import json
import os
import shutil
import tarfile
import time

import httpx
import pytest

from treadle.testing.waiting import wait_until

SCRIPT = "echo started; sleep 8; echo late; echo done > output/late.txt"


@pytest.fixture
def bubblewrap():
    if not shutil.which("bwrap"):
        if os.environ.get("CI"):
            pytest.fail("missing in CI: bubblewrap")
        pytest.skip("bubblewrap is not installed")


def test_a_run_outlives_a_server_that_is_killed(up, bubblewrap):
    run = up()
    run.ready()
    key = run.admin["api_key"].rpartition(":")[2]
    with httpx.Client(
        base_url=f"{run.admin['url']}/api", headers={"Authorization": f"scitran-user {key}"}, timeout=60
    ) as api:
        acquisition, job = _started(api)
        wait_until(lambda: "started" in api.get(f"/jobs/{job}/logs/text").text)
        (server,) = [one for one in run.descendants() if "serve" in one.cmdline()]
        server.kill()
        time.sleep(1)
        wait_until(lambda: _state(api, job) in ("complete", "failed"))
        assert _state(api, job) == "complete"
        (file,) = api.get(f"/acquisitions/{acquisition}").json()["files"]
        assert (file["name"], file["version"]) == ("late.txt", 1)
        log = api.get(f"/jobs/{job}/logs/text").text
        assert log.count("started\n") == log.count("late\n") == 1


def _started(api: httpx.Client) -> tuple[str, str]:
    """An acquisition, and a job on it."""
    api.post("/groups", json={"_id": "engine"})
    parent = {"group": "engine"}
    for level in ("project", "subject", "session", "acquisition"):
        made = api.post(f"/{level}s", json={"label": level, **parent})
        assert made.status_code == 200, made.text
        parent = {level: made.json()["_id"]}
    manifest = {
        **dict.fromkeys(("name", "label", "description", "version", "author"), "late"),
        "license": "Other",
        "url": "",
        "source": "",
        "inputs": {},
        "config": {},
        "command": "bash script",
    }
    ticket = api.post("/gears/prepare-add", json={"category": "utility", "gear": manifest}).json()["ticket"]
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, text in (("manifest.json", json.dumps(manifest)), ("script", SCRIPT)):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    assert api.put(f"/gears/ticket/{ticket}/rootfs", content=content.getvalue()).status_code == 200
    gear = api.post("/gears/save", json={"ticket": ticket}).json()["_id"]
    acquisition = parent["acquisition"]
    body = {"gear_id": gear, "destination": {"type": "acquisition", "id": acquisition}}
    asked = api.post("/jobs/add", json=body)
    assert asked.status_code == 200, asked.text
    return acquisition, asked.json()["_id"]


def _state(api: httpx.Client, job: str) -> str | None:
    try:
        return api.get(f"/jobs/{job}").json().get("state")
    except (httpx.HTTPError, ValueError):
        return None  # the server is away
