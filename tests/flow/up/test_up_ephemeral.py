"""`treadle up --ephemeral`: a Treadle that leaves nothing, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from treadle.testing.server import TreadleServer, start, stop


@pytest.fixture
def site(tmp_path: Path):
    """Starts ephemeral sites; all are stopped at the end."""
    started: list[TreadleServer] = []

    def make() -> TreadleServer:
        process, made = start(log=tmp_path / f"{len(started)}.log")
        made_processes.append(process)
        started.append(made)
        return made

    made_processes: list[subprocess.Popen[str]] = []
    yield make
    for made in started:
        stop(made.pid)


def test_it_answers_and_a_signal_removes_everything(site) -> None:
    made = site()
    me = httpx.get(f"{made.url}/api/users/self", headers={"Authorization": f"scitran-user {made.key}"})
    assert me.json()["_id"] == made.email
    assert made.home.is_dir()
    stop(made.pid)
    assert not made.home.parent.exists()


def test_what_a_killed_one_left_goes_at_the_next_start_and_the_living_stay(site) -> None:
    living, killed = site(), site()
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.home.is_dir()
    site()
    assert not killed.home.parent.exists()
    assert living.home.is_dir()
    assert httpx.get(f"{living.url}/api/version").status_code == 200


@pytest.mark.parametrize(
    ("options", "environ", "told"),
    [
        (["--home", "/tmp/x"], {}, "leave out --home"),
        ([], {"TREADLE_DATABASE_URL": "postgresql://u:p@h/d"}, "unset TREADLE_DATABASE_URL"),
    ],
)
def test_what_does_not_go_with_it_is_one_clear_line(options, environ, told) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "treadle", "up", "--ephemeral", *options],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_demonstration_is_there_when_it_says_so(tmp_path: Path) -> None:
    _process, made = start("--seed-demo", log=tmp_path / "demo.log")
    try:
        with httpx.Client(
            base_url=f"{made.url}/api", headers={"Authorization": f"scitran-user {made.key}"}
        ) as client:
            projects = {
                (found["group"], found["label"]): found["_id"] for found in client.get("/projects").json()
            }
            assert projects.keys() == {("demo", "Sample"), ("psych", "Memory")}
            path = f"/projects/{projects['psych', 'Memory']}"
            sessions = client.get(f"{path}/sessions").json()
            assert {(session["subject"]["label"], session["label"]) for session in sessions} == {
                (f"sub-0{number}", visit) for number in (1, 2, 3) for visit in ("baseline", "follow-up")
            }
            one = client.get(f"/sessions/{sessions[0]['_id']}").json()
            assert one["notes"]
            assert one["tags"]
            assert one["info"]["score"]
            assert [file["name"] for file in one["files"]] == ["behaviour.json"]
            (view,) = client.get(f"/containers/{path.rpartition('/')[2]}/views").json()
            assert view["label"] == "Sleep and score"
    finally:
        stop(made.pid)
