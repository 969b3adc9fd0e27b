"""Gears of one's own, engines that speak the protocol by hand, and jobs between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

Json = Any


@pytest.fixture
def gear(api, unique) -> Callable[..., Json]:
    """Adds a gear of a series of its own: its document."""

    def add(category: str = "utility", **more: Json) -> Json:
        name = unique()
        manifest = {
            "name": name,
            "label": name,
            "description": "Counts.",
            "version": "1.0.0",
            "author": "A. Author",
            "license": "Apache-2.0",
            "url": "",
            "source": "",
            "inputs": {"image": {"base": "file", "type": {"enum": ["dicom"]}}},
            "config": {
                "speed": {"type": "integer", "default": 2},
                "mask": {"type": "string", "optional": True},
            },
            **more,
        }
        made = api.post(f"/gears/{name}", json={"category": category, "gear": manifest})
        assert made.status_code == 200, made.text
        return api.get(f"/gears/{made.json()['_id']}").json()

    return add


@dataclass
class Engine:
    """An engine as the protocol sees it: a device with a key."""

    client: httpx.Client
    id: str
    leases: dict[str, str] = field(default_factory=dict)

    def ask(self, *names: str, jobs: int = 1, **more: Json) -> list[Json]:
        """Claims jobs of the gears of these names."""
        able = [*more.pop("capabilities", ()), "oci"]  # the site's own engine takes folders only
        asked = {
            "whitelist": {"gear-name": list(names)},
            "return": {"jobs": jobs},
            "capabilities": able,
            **more,
        }
        answer = self.client.post("/jobs/ask", json=asked)
        assert answer.status_code == 200, answer.text
        for job in answer.json()["jobs"]:
            self.leases[job["id"]] = job["lease"]
        return answer.json()["jobs"]

    def lease(self, job: Json) -> dict[str, str]:
        return {"lease": self.leases[job["id"]]}

    def ticket(self, job: Json) -> str:
        answer = self.client.post(f"/jobs/{job['id']}/prepare-complete", params=self.lease(job))
        assert answer.status_code == 200, answer.text
        return answer.json()["ticket"]

    def send(self, job: Json, name: str, content: bytes) -> Json:
        """Uploads the content of an output: its entry of a commit."""
        params = {"job": job["id"], **self.lease(job)}
        answer = self.client.put("/engine/blobs", params=params, content=content)
        assert answer.status_code == 200, answer.text
        assert answer.json()["hash"] == f"v0-sha384-{hashlib.sha384(content).hexdigest()}"
        return {"name": name, **answer.json()}

    def commit(self, job: Json, files: dict[str, bytes] | None = None, **more: Json) -> httpx.Response:
        """Ends a run with these outputs."""
        sent = [self.send(job, name, content) for name, content in (files or {}).items()]
        body = {"job": job["id"], "files": sent, "exit": 0, **self.lease(job)}
        return self.client.post("/engine/commit", json={**body, **more})

    def log(self, job: Json, *records: tuple[int, str]) -> None:
        body = [{"fd": fd, "msg": msg} for fd, msg in records]
        answer = self.client.post(f"/jobs/{job['id']}/logs", json=body, params=self.lease(job))
        assert answer.status_code == 200, answer.text


@pytest.fixture
def engine(api, connect, unique) -> Engine:
    made = api.post("/devices", json={"label": unique(), "type": "engine"})
    assert made.status_code == 200, made.text
    return Engine(connect(Authorization=f"scitran-user {made.json()['key']}"), made.json()["_id"])


@pytest.fixture
def start(api, tree) -> Callable[..., Json]:
    """Asks for a run in this test's hierarchy: the job's document."""

    def add(made: Json, *, by: httpx.Client | None = None, **more: Json) -> Json:
        asked = (by or api).post("/jobs/add", json={"gear_id": made["_id"], **more})
        assert asked.status_code == 200, asked.text
        return (by or api).get(f"/jobs/{asked.json()['_id']}").json()

    return add


@pytest.fixture
def database(treadle_server):
    """Runs one statement in the server's own database."""

    def run(statement, *values):
        home = Path(treadle_server.home) / "postgres"
        url = f"postgresql://treadle:{(home / 'treadle.password').read_text().strip()}@/treadle?host={home}"
        with psycopg.connect(url, autocommit=True) as connection:
            done = connection.execute(statement, values)
            return done.fetchall() if done.description else []

    return run


@pytest.fixture
def run(gear, start, engine):
    """Runs a fresh gear on a file: the ended job's id."""

    def of(file, made=None, *, outputs=None, **more):
        made = made or gear(inputs={"image": {"base": "file"}})
        begun = start(made, inputs={"image": {"file_id": file}}, **more)
        (job,) = engine.ask(made["gear"]["name"])
        done = engine.commit(
            job, outputs if outputs is not None else {"out.txt": b"made"}, run={"kernel": "6.1"}
        )
        assert done.json()["state"] == "complete", done.text
        return begun["id"]

    return of


@pytest.fixture
def chain(tree, run, api):
    """scan.txt -> first job -> one.txt -> second job -> two.txt: ids of the files and jobs."""
    scan = tree.upload("scan.txt")["file_id"]
    first = run(scan, outputs={"one.txt": b"1"})
    one = api.get(f"/jobs/{first}").json()["outputs"][0]["file_id"]
    second = run(one, outputs={"two.txt": b"2", "more.txt": b"3"})
    two = next(x["file_id"] for x in api.get(f"/jobs/{second}").json()["outputs"] if x["name"] == "two.txt")
    return {"scan": scan, "one": one, "two": two, "first": first, "second": second}
