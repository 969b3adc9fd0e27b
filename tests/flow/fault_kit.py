"""A whole `treadle up` for the fault tests: started, hurt, started again, and looked into through its API."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from treadle.server.store.embedded import running_url
from treadle.testing.ports import free_port
from treadle.testing.waiting import wait_until

TREADLE = (sys.executable, "-P", "-m", "treadle")
ROLES = ("serve", "worker", "connector")


@dataclass
class Treadle:
    """`treadle up` on one home and the same ports for ever; `environ` are more settings."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    http: int = field(default_factory=free_port)
    dicom: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it, without waiting."""
        self.starts += 1
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(*TREADLE, "up", "--home", str(self.home), "--http", f"127.0.0.1:{self.http}"),
                    *("--dicom", f"127.0.0.1:{self.dicom}", "--no-sample"),
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "TREADLE_CONNECTOR__SERIES_QUIET": "1", **self.environ},
            )

    def start_ready(self) -> None:
        """Start it and wait until it can be used."""
        self.start()
        wait_until(lambda: self.is_ready or not self.is_running, what="treadle up is ready")
        assert self.is_running, self.log()

    @property
    def log_path(self) -> Path:
        """What `up` itself prints."""
        return self.home.with_name(f"{self.home.name}.log")

    def log(self) -> str:
        """The last of what `up` and its children said."""
        logs = [self.log_path, *sorted(self.home.glob("logs/*.log"))]
        return "\n".join(f"== {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in logs)

    @property
    def is_running(self) -> bool:
        """Whether `up` itself runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether API (with its database) and DICOM port answer."""
        try:
            socket.create_connection(("127.0.0.1", self.dicom), timeout=1).close()
            return self.get("/users/self").status_code == 200
        except (OSError, httpx.HTTPError, ValueError):
            return False

    @property
    def key(self) -> str:
        """The administrator's bare key."""
        content = json.loads((self.home / "admin.json").read_text())
        return str(content["api_key"]).rpartition(":")[2]

    def client(self, *, port: int | None = None, timeout: float = 30.0) -> httpx.Client:
        """The administrator's HTTP client."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{port or self.http}/api",
            headers={"Authorization": f"scitran-user {self.key}"},
            timeout=timeout,
            verify=False,  # plain HTTP: not to load certificates again and again
        )

    def get(self, path: str, **query: Any) -> httpx.Response:
        """The API's answer to the administrator."""
        with self.client() as client:
            return client.get(path, params=query)

    def make_project(self, group: str = "faults", label: str = "scans") -> str:
        """The id of a new project."""
        with self.client() as client:
            client.post("/groups", json={"_id": group, "label": group}).raise_for_status()
            made = client.post("/projects", json={"group": group, "label": label}).raise_for_status()
        return str(made.json()["_id"])

    def upload(self, project: str, name: str, content: bytes) -> httpx.Response:
        """A file for the project."""
        with self.client() as client:
            return client.post(f"/projects/{project}/files", files={"file": (name, content)})

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Who runs now, by role: up, serve, worker, connector, receiver, postmaster, backend."""
        found: dict[str, list[psutil.Process]] = {}
        if not self.is_running:
            return found
        assert self.process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            up = psutil.Process(self.process.pid)
            found["up"] = [up]
            for process in up.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    found.setdefault(_role_of(process, up.pid), []).append(process)
        return found

    def role(self, name: str) -> psutil.Process:
        """The one process of this role."""
        (found,) = self.processes()[name]
        return found

    def stop(self, *, within_s: float = 10.0) -> float:
        """SIGTERM; how long it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(within_s)
        return time.monotonic() - began

    def close(self) -> None:
        """The end of the test: stop it, and free the disk."""
        if self.is_running:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill_all()
        shutil.rmtree(self.home, ignore_errors=True)

    def kill_all(self) -> None:
        """`up` and all its descendants at once."""
        victims = [process for group in self.processes().values() for process in group]
        for victim in victims:
            kill(victim)
        if self.process is not None:
            self.process.wait()

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """The embedded database itself."""
        url = running_url(self.home / "postgres")
        assert url is not None
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with self.database() as connection:
            return connection.execute(query, values).fetchall()

    def spool(self) -> Spool:
        """What is left to do in the connector's spool."""
        return read_spool(self.home / "spool")


def _role_of(process: psutil.Process, up: int) -> str:
    words = process.cmdline()
    if "treadle.connector.receive" in words:
        return "receiver"
    if words and Path(words[0]).name == "postgres":
        return "postmaster"
    if words and words[0].startswith("postgres: "):
        return "backend"
    if process.ppid() == up:
        return next((role for role in ROLES if role in words), "other")
    return "other"


def kill(process: psutil.Process) -> bool:
    """SIGKILL; whether it was still there."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


@dataclass(frozen=True)
class Spool:
    """What a connector still has to do, and what lies around."""

    unsettled: int
    held: int
    arrived: int
    parts: int
    zips: int

    @property
    def is_drained(self) -> bool:
        """Nothing waits; a running receiver's stock of empty part files does not count."""
        return (self.unsettled, self.held, self.arrived, self.parts, self.zips) == (0, 0, 0, 0, 0)


def read_spool(folder: Path) -> Spool:
    """The state of a spool folder."""
    with contextlib.closing(sqlite3.connect(f"file:{folder / 'state.db'}?mode=ro", uri=True)) as db:
        ((unsettled,),) = db.execute("SELECT count(*) FROM series WHERE generation > settled").fetchall()
        ((held,),) = db.execute("SELECT count(*) FROM series WHERE state = 'held'").fetchall()
    return Spool(
        unsettled,
        held,
        len(list(folder.glob("arriving/*/*.dcm"))),
        sum(1 for path in folder.glob("arriving/*/*.part") if _size(path)),
        len(list(folder.glob("outbox/*"))),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of this size, really; the test is skipped where we may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> Path:
    """A file that takes all space of the disk but `leave` bytes; again: what has become free meanwhile."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (64 << 10, 4 << 10):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
        file.truncate(max(0, file.tell() - leave))
    return filler
