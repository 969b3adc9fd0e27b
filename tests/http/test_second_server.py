"""Servers beside each other on one database: what one changes counts at once in the other."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from treadle.testing.ports import answers, free_port
from treadle.testing.waiting import wait_until


@pytest.fixture
def second(treadle_server, tmp_path):
    """The address of a second API process on the site's database."""
    home = Path(treadle_server.home)
    password = (home / "postgres" / "treadle.password").read_text().strip()
    environ = {
        **os.environ,
        "TREADLE_DATABASE_URL": f"postgresql://treadle:{password}@/treadle?host={home / 'postgres'}",
        "TREADLE_BLOBS_URL": (home / "blobs").as_uri(),
    }
    program = [str(Path(sys.executable).with_name("treadle")), "serve"]
    address = f"127.0.0.1:{free_port()}"
    with (tmp_path / "second.log").open("wb") as log:
        process = subprocess.Popen(
            [*program, "--home", str(tmp_path / "home"), "--http", address],
            env=environ, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        version = f"http://{address}/api/version"
        wait_until(lambda: answers(version) or process.poll() is not None, what="the second server answers")
        assert process.poll() is None, (tmp_path / "second.log").read_text()[-2000:]
        yield f"http://{address}/api"
    finally:
        process.terminate()
        process.wait(60)


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
