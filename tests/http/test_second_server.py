"""Servers beside each other on one database: what one changes counts at once in the other."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest


@pytest.fixture
def second(treadle_server, tmp_path):
    """The address of a second API process on the site's database."""
    home = Path(treadle_server.home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    password = (home / "postgres" / "treadle.password").read_text().strip()
    environ = {
        **os.environ,
        "TREADLE_DATABASE_URL": f"postgresql://treadle:{password}@/treadle?host={home / 'postgres'}",
        "TREADLE_BLOBS": f"file:{home / 'blobs'}",
    }
    program = [str(Path(sys.executable).with_name("treadle")), "serve"]
    address = f"127.0.0.1:{port}"
    with (tmp_path / "second.log").open("wb") as log:
        process = subprocess.Popen(
            [*program, "--home", str(tmp_path / "home"), "--http", address],
            env=environ, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(f"http://{address}/api/version", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        else:
            pytest.fail((tmp_path / "second.log").read_text()[-2000:])
        yield f"http://{address}/api"
    finally:
        process.terminate()
        process.wait(20)


def test_a_changed_role_and_a_deleted_key_count_at_once_in_every_process(api, tree, stranger, second, unique):
    user = stranger.headers["x-user"]
    made = api.post("/roles", json={"label": unique(), "actions": ["tags_manage"]}).json()
    assert api.post(f"/groups/{tree.group}/roles", json={"_id": made["_id"]}).status_code == 200
    entry = {"_id": user, "role_ids": [made["_id"]]}
    assert api.post(f"/projects/{tree.project}/permissions", json=entry).status_code == 200
    key = stranger.get("/users/self").json()["api_keys"][0]["key"]
    with httpx.Client(base_url=second, headers=stranger.headers, timeout=30) as there:

        def tag(value):
            return there.post(f"/projects/{tree.project}/tags", json={"value": value}).status_code

        assert tag("one") == 200
        assert api.put(f"/roles/{made['_id']}", json={"actions": []}).status_code == 200
        assert tag("two") == 403
        assert api.delete(f"/projects/{tree.project}/permissions/{user}").status_code == 200
        assert tag("three") == 404
        assert api.delete(f"/users/{user}/key/{key}").status_code == 200
        assert tag("four") == 401
