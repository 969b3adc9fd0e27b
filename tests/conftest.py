"""Servers are started once per run and shared by all test processes; databases are cloned from a template."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

REPO = Path(__file__).resolve().parents[1]
SHARED = REPO.parent / "shared"
TREADLE = Path(sys.executable).with_name("treadle")
START_LIMIT_S = 120


@dataclass(frozen=True)
class TreadleServer:
    """A running `treadle up`."""

    url: str
    api_key: str
    email: str
    password: str
    home: Path
    dicom_host: str
    dicom_port: int

    @property
    def key(self) -> str:
        """The bare API key."""
        return self.api_key.rpartition(":")[2]


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_treadle(
    home: Path, *, environ: dict[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], int, int]:
    """`treadle up` without sample data; its process, HTTP port and DICOM port, once it answers."""
    http, dicom = free_port(), free_port()
    log = home.with_suffix(".log").open("ab")
    process = subprocess.Popen(
        [
            str(TREADLE), "up", "--home", str(home), "--http", f"127.0.0.1:{http}",
            "--dicom", f"127.0.0.1:{dicom}", "--no-sample",
        ],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "TREADLE_CONNECTOR__SERIES_QUIET": "1", **(environ or {})},
    )  # fmt: skip
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"http://127.0.0.1:{http}/api/version", timeout=2).status_code == 200:
                socket.create_connection(("127.0.0.1", dicom), timeout=2).close()
                return process, http, dicom
        except (httpx.HTTPError, OSError):
            pass
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"treadle up did not start:\n{home.with_suffix('.log').read_text()[-4000:]}")


def read_server(home: Path, dicom_port: int) -> TreadleServer:
    """The server that wrote this home's admin.json."""
    admin = home / "admin.json"
    deadline = time.monotonic() + 30
    while not admin.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    data = json.loads(admin.read_text())
    return TreadleServer(
        data["url"], data["api_key"], data["email"], data["password"], home, "127.0.0.1", dicom_port
    )


@contextmanager
def shared_between_workers(folder: Path, name: str, start: Callable[[], dict[str, object]]) -> Iterator[dict]:
    """What the first test process starts and the last one stops; `start` answers JSON with a `pid`."""
    state, lock = folder / f"{name}.json", folder / f"{name}.lock"
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        known = json.loads(state.read_text()) if state.exists() else {**start(), "users": 0}
        known["users"] += 1
        state.write_text(json.dumps(known))
    try:
        yield known
    finally:
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            known = json.loads(state.read_text())
            known["users"] -= 1
            state.write_text(json.dumps(known))
            if known["users"] == 0:
                _stop(int(known["pid"]))
                state.unlink()


def _stop(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(200):
            # A finished child of another test process stays as a zombie: look at its state, not at the pid.
            stat = Path(f"/proc/{pid}/stat")
            if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return
            time.sleep(0.1)
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of this test run, readable by the database's account."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def treadle_server(run_folder: Path) -> Iterator[TreadleServer]:
    """The one server of this test run."""
    home = run_folder / "home"

    def start() -> dict[str, object]:
        process, _, dicom = start_treadle(home)
        return {"pid": process.pid, "dicom": dicom}

    with shared_between_workers(run_folder, "server", start) as known:
        yield read_server(home, int(known["dicom"]))


@pytest.fixture(scope="session")
def dicom_data() -> Path:
    """Real DICOM series beside the repository."""
    folder = SHARED / "data" / "dicom"
    if not folder.is_dir():
        _missing("../shared/data/dicom is not there")
    return folder


def _missing(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"missing in CI: {why}")
    pytest.skip(why)


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Path of a peer program; without it the test is skipped (on CI: fails)."""

    def find(name: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
        if found is None:
            _missing(f"the program '{name}' is not installed; run scripts/install-test-peers")
        return str(found)

    return find
