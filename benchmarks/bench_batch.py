"""How long a batch of many jobs takes: proposed, started, cancelled, each by one request to a real server.

Acquisitions are written by SQL, each with a file that the gear takes; that is not what is measured. Processor time is
that of the API, the worker and the database until the answer. Run:

    python benchmarks/bench_batch.py [--jobs 10000]
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import httpx
import psutil
import psycopg

from bench_sessions import FILL, server

MANIFEST: dict[str, Any] = {
    **dict.fromkeys(("name", "label", "description", "author"), "batched"),
    "version": "1.0.0",
    "license": "Apache-2.0",
    "url": "",
    "source": "",
    "inputs": {"image": {"base": "file", "type": {"enum": ["dicom"]}}},
    "config": {"speed": {"type": "integer", "default": 2}},
}
COPY = """
INSERT INTO file SELECT (jsonb_populate_record(seed, jsonb_build_object(
    'id', lpad(to_hex((2::bigint << 44) + row_number() OVER ()), 24, '0'),
    'file_id', lpad(to_hex((3::bigint << 44) + row_number() OVER ()), 24, '0'),
    'parent_id', c.id, 'acquisition_id', c.id, 'session_id', c.session_id, 'subject_id', c.subject_id
))).* FROM file seed, container c
WHERE seed.name = 'seed.dcm' AND c.level = 'acquisition' AND c.project_id = %(project)s AND c.id <> seed.parent_id
"""


def _fill(client: httpx.Client, database: str, jobs: int) -> str:
    """A project with as many acquisitions."""

    def made(path: str, **body: Any) -> str:
        return str(client.post(path, json=body).raise_for_status().json()["_id"])

    project = made("/projects", group=made("/groups", _id="bench"), label="p")
    session = made("/sessions", project=project, subject={"code": "s"}, label="e")
    seed = made("/acquisitions", session=session, label="a")
    client.post(f"/acquisitions/{seed}/files", files={"file": ("seed.dcm", b"x")}).raise_for_status()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(FILL.encode(), {"base": 1 << 40, "project": project, "count": jobs - 1})
        connection.execute(b"UPDATE container SET acquisition_id = id WHERE level = 'acquisition'")
        connection.execute(COPY.encode(), {"project": project})
        connection.execute(b"VACUUM ANALYZE container")
        connection.execute(b"VACUUM ANALYZE file")
    return project


def _spent() -> float:
    """Processor seconds of the server's processes until now."""
    return float(sum(sum(one.cpu_times()[:2]) for one in psutil.Process().children(recursive=True)))


def main() -> None:
    """Fill, propose, run, cancel."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=10_000)
    jobs = parser.parse_args().jobs
    with server() as (client, database):
        project = _fill(client, database, jobs)
        gear = client.post("/gears/batched", json={"category": "utility", "gear": MANIFEST}).json()["_id"]

        def timed(path: str, body: dict[str, Any]) -> Any:
            begin, before = time.perf_counter(), _spent()
            answer = client.post(path, json=body, timeout=600).raise_for_status()
            took, spent = time.perf_counter() - begin, _spent() - before
            size = len(answer.content) / 1e6
            name = path.rpartition("/")[2]
            print(f"{name:8} {took:6.1f} s, of processors {spent:5.1f} s, {size:5.1f} MB", flush=True)
            return answer.json()

        target = {"type": "project", "id": project}
        proposal = timed("/batch", {"gear_id": gear, "targets": [target]})
        print(f"{len(proposal['matched'])} match", flush=True)
        started = timed(f"/batch/{proposal['_id']}/run", {})
        cancelled = timed(f"/batch/{proposal['_id']}/cancel", {})
        print(f"{len(started)} started, {cancelled['number_cancelled']} cancelled", flush=True)


if __name__ == "__main__":
    main()
