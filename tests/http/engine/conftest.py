"""A real engine process with a sandbox beside the server, and gears that are folders."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from treadle.engine.runtimes.sandbox import SandboxRuntime

Json = Any
PATIENCE_S = 120.0


class EngineProcess:
    """`treadle engine run` for gears with one tag; can be killed and started again."""

    def __init__(self, url: str, key: str, folder: Path, tag: str, provider: str, kind: str) -> None:
        self.tag = tag
        self.provider = provider  # jobs that name it go to no other engine
        self.folder = folder
        self._words = [
            *(sys.executable, "-m", "treadle", "engine", "run", "--kind", kind, "--name", tag),
            *("--tag", tag, "--max-jobs", "4", "--cpu", "4", "--memory", "32G"),
            *("--work", str(folder / "work"), "--cache", str(folder / "cache")),
        ]
        self.environment = {**os.environ, "TREADLE_SERVER": url, "TREADLE_API_KEY": key}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "engine.log").open("ab") as log:
            self.process = subprocess.Popen(self._words, env=self.environment, stdout=log, stderr=log)

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)

    @property
    def log(self) -> str:
        return (self.folder / "engine.log").read_text()


@pytest.fixture(scope="session")
def bubblewrap(working) -> None:
    """Engines of these tests run gears in a real sandbox."""
    working(SandboxRuntime())


def _engine(treadle_server, api, folder: Path, tag: str, kind: str = "sandbox") -> EngineProcess:
    made = api.post("/devices", json={"label": tag, "type": "engine"})
    assert made.status_code == 200, made.text
    key = made.json()["key"]
    headers = {"Authorization": f"scitran-user {key}"}
    about = {"label": tag, "kind": kind}
    known = httpx.put(f"{treadle_server.url}/api/engine/self", json=about, headers=headers, timeout=60)
    assert known.status_code == 200, known.text
    return EngineProcess(treadle_server.url, key, folder, tag, known.json()["_id"], kind)


@pytest.fixture(scope="session")
def engine(bubblewrap, treadle_server, api, tmp_path_factory) -> Iterator[EngineProcess]:
    """One for all tests; jobs that ask for it carry its tag."""
    one = _engine(treadle_server, api, tmp_path_factory.mktemp("engine"), f"e{os.urandom(6).hex()}")
    one.start()
    yield one
    one.end()


@pytest.fixture
def own_engine(bubblewrap, treadle_server, api, tmp_path, unique) -> Iterator[EngineProcess]:
    """For a test that stops or kills it; not started yet."""
    one = _engine(treadle_server, api, tmp_path, unique())
    yield one
    one.end()


@pytest.fixture
def engine_of(treadle_server, api, tmp_path, unique) -> Iterator[Callable[[str], EngineProcess]]:
    """An engine of this kind, not started yet."""
    made: list[EngineProcess] = []

    def make(kind: str) -> EngineProcess:
        made.append(_engine(treadle_server, api, tmp_path, unique(), kind))
        return made[-1]

    yield make
    for one in made:
        one.end()


@pytest.fixture
def gear(api, unique) -> Callable[..., Json]:
    """Adds a gear that runs a bash script: its document."""

    def add(script: str, *, category: str = "utility", **more: Json) -> Json:
        name = unique()
        manifest = {
            "name": name,
            "label": name,
            "description": "Runs a script.",
            "version": "1",
            "author": "A",
            "license": "Other",
            "url": "",
            "source": "",
            "inputs": {},
            "config": {},
            "command": "bash script",
            **more,
        }
        ticket = api.post("/gears/prepare-add", json={"category": category, "gear": manifest})
        assert ticket.status_code == 200, ticket.text
        files = {"manifest.json": json.dumps(manifest), "script": script}
        pushed = api.put(f"/gears/ticket/{ticket.json()['ticket']}/rootfs", content=_tar(files))
        assert pushed.status_code == 200, pushed.text
        made = api.post("/gears/save", json={"ticket": ticket.json()["ticket"]})
        assert made.status_code == 200, made.text
        return made.json()

    return add


def _tar(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


@pytest.fixture
def start(api, tree) -> Callable[..., str]:
    """Asks for a run on this test's acquisition: the job's id."""

    def add(made: Json, by: EngineProcess, **more: Json) -> str:
        body = {
            "gear_id": made["_id"],
            "tags": [by.tag],
            "compute_provider_id": by.provider,
            "destination": {"type": "acquisition", "id": tree.acquisition},
        }
        asked = api.post("/jobs/add", json={**body, **more})
        assert asked.status_code == 200, asked.text
        return asked.json()["_id"]

    return add


@pytest.fixture
def wait_for(api) -> Callable[..., Json]:
    """The job, once it is in one of these states."""

    def wait(job: str, *states: str, then: Callable[[httpx.Client], bool] | None = None) -> Json:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            found = api.get(f"/jobs/{job}").json()
            if found["state"] in (states or ("complete", "failed", "cancelled")) and (
                then is None or then(api)
            ):
                return found
            time.sleep(0.05)
        raise AssertionError(f"still {found['state']}: {api.get(f'/jobs/{job}/logs/text').text[-2000:]}")

    return wait


@pytest.fixture
def said(api) -> Callable[[str], str]:
    """A job's log."""
    return lambda job: api.get(f"/jobs/{job}/logs/text").text
