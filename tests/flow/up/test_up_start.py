"""`treadle up`: from an empty folder to a login, again, a second time, and all the ways it may not start."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from up_process import PACKAGES, UpProcess, alive

from treadle.testing.waiting import wait_until

Start = Callable[..., UpProcess]


def test_a_new_home_is_ready_and_says_how_to_get_in(up: Start, up_home: Path) -> None:
    run = up()
    run.ready()
    assert run.get("/version").status_code == 200
    admin = run.admin
    assert (up_home / "admin.json").stat().st_mode & 0o777 == 0o600
    assert admin["url"] == f"http://127.0.0.1:{run.http}"
    assert admin["api_key"].startswith(f"127.0.0.1:{run.http}:__force_insecure:")
    login = httpx.post(
        f"{admin['url']}/api/x/login", json={"email": admin["email"], "password": admin["password"]}
    )
    assert login.status_code == 200
    assert run.get("/users/self").json()["_id"] == admin["email"]
    assert any(f"AE title TREADLE, port {run.dicom}" in line for line in run.lines)


def test_a_second_start_is_quick_and_keeps_the_login(up: Start) -> None:
    first = up()
    first.ready()
    admin = first.admin
    assert first.stop() < 10
    second = up()
    assert second.ready() < 5 * _slowness()
    assert second.admin == admin
    assert second.get("/users/self").status_code == 200


def test_a_second_up_says_where_the_first_is_and_harms_nothing(up: Start) -> None:
    first = up()
    first.ready()
    status, lines = up().finish()
    assert status == 1
    assert (
        f"already runs on {first.home}: http://127.0.0.1:{first.http} (pid {first.process.pid})" in lines[-1]
    )
    assert first.get("/version").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_within_ten_seconds(up: Start, number: signal.Signals) -> None:
    run = up()
    run.ready()
    family = run.descendants()
    assert len(family) >= 4
    began = time.monotonic()
    run.process.send_signal(number)
    assert run.process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert not alive(family)
    assert not (run.home / "postgres" / "postmaster.pid").exists()  # an orderly end


def test_an_open_event_stream_does_not_delay_the_stop(up: Start) -> None:
    run = up()
    run.ready()
    key = run.admin["api_key"].rpartition(":")[2]
    with httpx.stream(
        "GET",
        f"{run.admin['url']}/api/x/events",
        headers={"Authorization": f"scitran-user {key}"},
        timeout=30,
    ) as answer:
        assert answer.status_code == 200
        assert run.stop() < 10


@pytest.mark.parametrize(("port", "option"), [("http", "--http"), ("dicom", "--dicom")])
def test_a_used_port_is_one_clear_line(up: Start, port: str, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        status, lines = up(**{port: number}).finish()
    assert status == 1
    assert lines[-1].startswith(f"treadle: {port.upper()} address 127.0.0.1:{number} is in use")
    assert option in lines[-1]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:p@127.0.0.1:1/x", "cannot use the database x at 127.0.0.1:1: .*[Rr]efused"),
        ("postgresql://u:p@nowhere.invalid/x", "cannot use the database x at nowhere.invalid:5432: "),
        ("mysql://u:p@h/x", "the database URL cannot be read; write postgresql://"),
    ],
)
def test_a_wrong_database_is_one_clear_line(
    up: Start, monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    monkeypatch.setenv("TREADLE_DATABASE_URL", url)
    run = up()
    run.wait_for(told)
    status, lines = run.finish()
    assert status == 1
    assert lines[-1].startswith("treadle: ")


def test_a_home_that_cannot_be_written_is_one_clear_line(up: Start) -> None:
    status, lines = up(home=Path("/proc/treadle")).finish()
    assert status == 1
    assert lines[-1].startswith("treadle: cannot write to /proc/treadle: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_one_clear_line(up: Start, tmp_path: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        (tmp_path / "filler").write_bytes(bytes(1_900_000))
        status, lines = up(home=tmp_path / "home").finish()
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)
    assert status == 1
    assert "is full" in lines[-1]


def test_the_sample_study_arrives_over_dicom(up: Start) -> None:
    run = up("--sample")
    run.wait_for("study sent over DICOM to demo/Sample")

    def labels() -> set[str]:
        return {acquisition["label"] for acquisition in run.get("/acquisitions").json()}

    wait_until(lambda: len(labels()) >= 4, what="the sample study")
    assert labels() == {"Localizer 3-plane", "T1w axial", "BOLD resting state", "Head 5.0 H31s"}
    (project,) = run.get("/projects?filter=label=Sample").json()
    assert project["group"] == "demo"


def test_gears_run_on_the_sample_study_without_a_click(up: Start) -> None:
    run = up("--sample")
    run.wait_for("study sent over DICOM to demo/Sample; gears run on it")
    wanted = {"T1w axial.nii.gz", "T1w axial.dicom-qc.qa.html", "T1w axial.image-qc.qa.html"}

    def have() -> set[str]:
        acquisitions = run.get("/acquisitions").json()
        return {file["name"] for acquisition in acquisitions for file in acquisition["files"]}

    def failed() -> list[tuple[str, str, str]]:
        jobs = [job for job in run.get("/jobs").json() if job["state"] in ("failed", "cancelled")]
        return [(job["gear_info"]["name"], job["state"], job["failure_reason"]) for job in jobs]

    wait_until(lambda: wanted <= have() or failed(), "results of the gears", for_s=240)
    assert failed() == []


def test_all_interfaces_are_printed_as_an_address_one_can_open(up: Start) -> None:
    run = up("--no-sample", host="0.0.0.0")
    run.ready()
    assert run.admin["url"] == f"http://127.0.0.1:{run.http}"


def test_the_client_commands_work_on_it(up: Start) -> None:
    run = up()
    run.ready()

    def treadle(*arguments: str) -> list[dict[str, object]]:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "treadle", *arguments),
                *("--server", run.admin["url"], "--api-key", run.admin["api_key"], "--json"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert treadle("status")[0]["user"] == run.admin["email"]
    assert treadle("users", "add", "ann@lab.org", "--firstname", "Ann", "--lastname", "Bee") != []
    assert {user["_id"] for user in treadle("users", "list")} >= {"ann@lab.org", run.admin["email"]}
    assert treadle("devices", "add", "scanner-1")[0]["key"]
    assert "scanner-1" in {device["label"] for device in treadle("devices", "list")}
    assert isinstance(treadle("projects", "list"), list)
    assert isinstance(treadle("ls"), list)


@pytest.mark.skipif(os.geteuid() != 0, reason="switching accounts needs root")
def test_an_ordinary_user_can_run_it(up_home: Path, up: Start) -> None:
    nobody = pwd.getpwnam("nobody")
    python = _python_for(nobody.pw_uid)
    if python is None:
        pytest.skip("no Python of this version is open to other accounts")
    up_home.parent.chmod(0o755)
    up_home.mkdir()
    os.chown(up_home, nobody.pw_uid, nobody.pw_gid)
    run = up("--no-sample", user=nobody.pw_uid, python=python)
    run.ready()
    assert run.get("/version").status_code == 200
    assert (up_home / "postgres").stat().st_uid == nobody.pw_uid


def _python_for(uid: int) -> str | None:
    """A Python of our version that the account can run and that finds our packages."""
    script = "import sys; print(sys.version_info[:2]); import treadle, pydantic_core"
    for python in (
        sys.executable,
        shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin"),
    ):
        if python is None:
            continue
        try:
            done = subprocess.run(
                [python, "-c", script], user=uid, cwd="/", env={"PYTHONPATH": PACKAGES},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except PermissionError:
            continue
        if done.returncode == 0 and done.stdout.strip() == str(sys.version_info[:2]):
            return python
    return None


def _slowness() -> float:
    """How much slower than alone we may be, on a machine that runs other tests."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
