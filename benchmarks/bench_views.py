"""How long a data view of many rows takes, and how much memory the server grows by while it answers.

Acquisitions are written by SQL, ten to a session, ten sessions to a subject; then a view with columns of all four
levels runs through HTTP: at once in several formats, grouped, and queued for the worker. Run:

    python benchmarks/bench_views.py [--rows 10000 100000]
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import psycopg

from bench_sessions import server

VIEW = {
    "columns": [
        {"src": "subject.sex"},
        {"src": "session.timestamp"},
        {"src": "session.age_years"},
        {"src": "acquisition.info.n", "dst": "n", "type": "int"},
        {"src": "acquisition.timestamp"},
    ]
}
GROUPED = {
    "columns": [{"src": "acquisition.info.n", "dst": "mean", "accumulator": "mean"}],
    "groupBy": {"columns": ["session.label"]},
}

FILL = """
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       acquisition_id, timestamp, doc, info)
SELECT lpad(to_hex(%(base)s + n * 8 + k), 24, '0'), (ARRAY['subject', 'session', 'acquisition'])[k],
       (ARRAY['sub-', 'ses-', 'acq-'])[k] || lpad(n::text, 7, '0'),
       CASE k WHEN 1 THEN %(project)s
              WHEN 2 THEN lpad(to_hex(%(base)s + n / 10 * 8 + 1), 24, '0')
              ELSE lpad(to_hex(%(base)s + n / 10 * 8 + 2), 24, '0') END,
       (ARRAY['project', 'subject', 'session'])[k], 'bench', %(project)s,
       lpad(to_hex(%(base)s + n / (ARRAY[1, 10, 100])[k] * 8 + 1), 24, '0'),
       CASE WHEN k > 1 THEN lpad(to_hex(%(base)s + n / (ARRAY[1, 1, 10])[k] * 8 + 2), 24, '0') END,
       CASE WHEN k = 3 THEN lpad(to_hex(%(base)s + n * 8 + 3), 24, '0') END,
       now() - n * interval '1 hour', jsonb_build_object('sex', 'female', 'age', n * 1000),
       jsonb_build_object('n', n)
FROM generate_series(0, %(count)s - 1) n, generate_series(1, 3) k
WHERE n < %(count)s / (ARRAY[100, 10, 1])[k]
"""


@contextmanager
def grown(api_port: int) -> Iterator[dict[str, float]]:
    """How many MiB the server's processes grew by at most while the block ran."""
    processes = [
        one.pid and psutil.Process(one.pid) for one in psutil.net_connections() if _serves(one, api_port)
    ]
    found = {"mib": 0.0}
    before, done = sum(one.memory_info().rss for one in processes if one), threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            now = sum(one.memory_info().rss for one in processes if one)
            found["mib"] = max(found["mib"], (now - before) / (1 << 20))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def _serves(connection: object, port: int) -> bool:
    address = getattr(connection, "laddr", None)
    return bool(address) and address.port == port and getattr(connection, "status", "") == "LISTEN"


def measure(client: httpx.Client, port: int, name: str, view: dict[str, object], **query: str) -> None:
    """One answer at once: bytes, seconds, growth."""
    with grown(port) as memory:
        start, size, first = time.perf_counter(), 0, 0.0
        with client.stream("POST", "/views/data", json=view, params=query) as answer:
            answer.raise_for_status()
            for block in answer.iter_raw():
                first = first or time.perf_counter() - start
                size += len(block)
        took = time.perf_counter() - start
    print(
        f"{name:>28} {took:>8.2f} s, first byte {first:>6.2f} s, {size / 1e6:>7.1f} MB, +{memory['mib']:.0f} MiB"
    )


def measure_queued(client: httpx.Client, **query: str) -> None:
    """The same rows by the worker, then fetched."""
    start = time.perf_counter()
    made = client.post("/views/queue", json=VIEW, params=query).raise_for_status().json()
    while made["state"] not in ("completed", "failed"):
        time.sleep(0.05)
        made = client.get(f"/data_view_executions/{made['_id']}").raise_for_status().json()
    ran = time.perf_counter() - start
    data = client.get(f"/data_view_executions/{made['_id']}/data", params={"file_format": "json-flat"})
    took = time.perf_counter() - start
    rows = len(json.loads(data.content))
    print(f"{'queued, then json-flat':>28} {took:>8.2f} s, completed after {ran:.2f} s, {rows} rows")


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    with server() as (client, database):
        client.post("/groups", json={"_id": "bench"}).raise_for_status()
        port = client.base_url.port or 80
        for number, rows in enumerate(options.rows):
            made = client.post("/projects", json={"group": "bench", "label": f"p{rows}"})
            project = made.raise_for_status().json()["_id"]
            with psycopg.connect(database) as connection:
                connection.execute(FILL, {"base": (number + 1) << 40, "project": project, "count": rows})
                connection.commit()
                connection.autocommit = True
                connection.execute("VACUUM ANALYZE container")
            print(f"{rows} rows")
            for kind in ("json-flat", "ndjson", "csv", "parquet"):
                measure(client, port, kind, VIEW, containerId=project, format=kind)
            measure(
                client, port, "unsorted ndjson", {**VIEW, "sort": False}, containerId=project, format="ndjson"
            )
            measure(client, port, "grouped", GROUPED, containerId=project, format="json-flat")
            measure(
                client, port, "page of 100, sorted", VIEW, containerId=project, limit="100", sort="n:desc"
            )
            measure_queued(client, containerId=project)


if __name__ == "__main__":
    main()
