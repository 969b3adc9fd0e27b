"""What the access log costs a request: the same requests with and without it, taken in turns; and sealing.

The application runs in this process on an embedded PostgreSQL of its own; "without" leaves out the writing of the
record and nothing else. Processor time is measured, of this process and of all of PostgreSQL's, because it does not
depend on what else the machine does. The ratio is the cost of the record as a part of the request without it. Run:

    python benchmarks/bench_audit.py [--requests 500] [--records 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg

from treadle.server.access import audit
from treadle.server.access.audit_seal import seal
from treadle.server.access.audit_verify import verify
from treadle.server.app.asgi import create_app
from treadle.server.app.bootstrap import _ensure
from treadle.server.kit.settings import load_settings
from treadle.server.store.embedded import EmbeddedPostgres
from treadle.server.store.migrate import upgrade

SESSIONS = 100
Request = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]

FILL = (
    "INSERT INTO access_log (id, access_type, context, origin_type, origin_id, request_method, request_path)"
    " SELECT lpad(to_hex(n), 24, '0'), 'view_file', jsonb_build_object('project', jsonb_build_object('id', n)),"
    " 'user', 'a@example.org', 'GET', '/api/files/' || n FROM generate_series(1, %s) AS n"
)


async def fill(client: httpx.AsyncClient) -> dict[str, Request]:
    """A project of 100 sessions, and the requests to measure."""

    async def add(level: str, **document: Any) -> str:
        answer = await client.post(f"/{level}", json=document)
        return str(answer.raise_for_status().json()["_id"])

    group = await add("groups", _id="bench")
    project = await add("projects", group=group, label="P")
    subject = await add("subjects", project=project, label="S")
    for number in range(SESSIONS):
        session = await add("sessions", project=project, subject={"_id": subject}, label=f"E{number}")
    acquisition = await add("acquisitions", session=session, label="A")
    here = f"/acquisitions/{acquisition}/files"
    (await client.post(here, files={"file": ("a.bin", bytes(1 << 20))})).raise_for_status()
    counter = iter(range(1_000_000))
    return {
        "page of 100 sessions": lambda c: c.get(f"/projects/{project}/sessions", params={"limit": 100}),
        "session with its files": lambda c: c.get(f"/sessions/{session}"),
        "change of a label": lambda c: c.put(f"/sessions/{session}", json={"label": f"L{next(counter)}"}),
        "upload of 64 kB": lambda c: c.post(here, files={"file": (f"u{next(counter)}", bytes(1 << 16))}),
        "download of 1 MB": lambda c: c.get(f"{here}/a.bin"),
    }


class Cpu:
    """The processor time that this process and PostgreSQL's have used, in nanoseconds (Linux)."""

    def __init__(self, url: str) -> None:
        self._watch = psycopg.connect(url, autocommit=True)
        self.look_around()

    def look_around(self) -> None:
        """PostgreSQL has a process for each connection: find those that are there now."""
        rows = self._watch.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        self._files = [Path(f"/proc/{pid}/schedstat") for (pid,) in rows]

    def of_postgres(self) -> int:
        """What PostgreSQL has used."""
        return sum(int(one.read_text().split()[0]) for one in self._files)

    async def take(self, client: httpx.AsyncClient, request: Request) -> int:
        """What one request uses."""
        before, began = self.of_postgres(), time.process_time_ns()
        (await request(client)).raise_for_status()
        used = time.process_time_ns() - began
        return used + self.of_postgres() - before


async def nothing(*_: Any, **__: Any) -> None:
    """In place of the record."""


def usual(times: list[int]) -> float:
    """Milliseconds of the usual request: the mean without the dearest tenth."""
    return statistics.mean(sorted(times)[: len(times) * 9 // 10]) / 1e6


async def compare(client: httpx.AsyncClient, cpu: Cpu, name: str, request: Request, number: int) -> None:
    """Request by request in turns."""
    writing = audit.record_all
    times: dict[Any, list[int]] = {writing: [], nothing: []}
    for count in range(2 * number + 20):
        if count == 20:
            cpu.look_around()
        audit.record_all = kind = nothing if count % 2 else writing
        taken = await cpu.take(client, request)
        if count >= 20:
            times[kind].append(taken)
    audit.record_all = writing
    with_it, without = usual(times[writing]), usual(times[nothing])
    print(f"{name:24} {without:8.2f} ms  + {with_it - without:6.2f} ms  = {with_it / without - 1:6.1%}")


async def bench_sealing(database: Any, url: str, number: int) -> None:
    """Records per second, sealed and verified."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FILL, (number,))
    began = time.perf_counter()
    await seal(database)
    sealed = time.perf_counter()
    verdict = await verify(database)
    done = time.perf_counter()
    assert verdict.broken is None, verdict.told
    print(f"sealing                  {number / (sealed - began):8.0f} records/s")
    print(f"verifying                {verdict.records / (done - sealed):8.0f} records/s")


async def run(home: Path, url: str, options: Any) -> None:
    """Everything on one server."""
    settings = load_settings({"home": home, "database_url": url}, environ={})
    made = await _ensure(settings)
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {made.api_key}"}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bench/api", headers=headers) as client,
    ):
        requests, cpu = await fill(client), Cpu(url)
        for name, request in requests.items():
            await compare(client, cpu, name, request, options.requests)
        await bench_sealing(app.state.database, url, options.records)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--records", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="treadle-bench-") as folder:
        Path(folder).chmod(0o755)
        postgres = EmbeddedPostgres(Path(folder) / "postgres")
        url = postgres.start()
        try:
            upgrade(url)
            asyncio.run(run(Path(folder), url, options))
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
