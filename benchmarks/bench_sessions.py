"""How long a page of 100 sessions takes, in projects of 1,000, 10,000 and 100,000 sessions.

Rows are written by SQL (that is not what is measured), then read through HTTP as the web app and the official
clients do. The listing is independent of the total when the lines look alike. Run:

    python benchmarks/bench_sessions.py [--sizes 1000 10000 100000] [--requests 200]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from treadle.server.store.embedded import running_url
from treadle.testing.server import start, stop

PAGES = {
    "by id, next page": {"limit": "100", "after_id": ""},
    "newest first": {"limit": "100", "sort": "timestamp:desc"},
    "by label": {"limit": "100", "sort": "label:asc"},
    "filter on label": {"limit": "100", "filter": "label=~17$"},
    "by subject label": {"limit": "100", "sort": "subject.label:asc"},
}

FILL = """
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       uid, timestamp, timezone, info)
SELECT lpad(to_hex(%(base)s + n * 3 + k), 24, '0'), (ARRAY['subject', 'session', 'acquisition'])[k + 1],
       (ARRAY['sub-', 'ses-', 'T1w '])[k + 1] || lpad(n::text, 6, '0'),
       CASE k WHEN 0 THEN %(project)s ELSE lpad(to_hex(%(base)s + n * 3 + k - 1), 24, '0') END,
       (ARRAY['project', 'subject', 'session'])[k + 1], 'bench', %(project)s,
       lpad(to_hex(%(base)s + n * 3), 24, '0'),
       CASE WHEN k > 0 THEN lpad(to_hex(%(base)s + n * 3 + 1), 24, '0') END,
       CASE WHEN k > 0 THEN '1.2.826.' || %(base)s || '.' || n || '.' || k END,
       now() - n * interval '1 hour', 'UTC', '{"bench": true}'
FROM generate_series(1, %(count)s) n, generate_series(0, 2) k
"""


@contextmanager
def server() -> Iterator[tuple[httpx.Client, str]]:
    """A fresh server; its HTTP client and database address."""
    with tempfile.TemporaryDirectory(prefix="treadle-bench-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        _process, found = start(home=home, log=Path(folder) / "up.log")
        try:
            headers = {"Authorization": f"Bearer {found.key}", "X-Accept-Feature": "pagination"}
            with httpx.Client(base_url=f"{found.url}/api", headers=headers, timeout=60) as client:
                yield client, str(running_url(home / "postgres"))
        finally:
            stop(found.pid)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    return statistics.quantiles(values, n=100)[round(share * 100) - 1]


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with server() as (client, database):
        client.post("/groups", json={"_id": "bench"}).raise_for_status()
        print(f"{'sessions':>9}  {'page':<18} {'median ms':>9} {'p95 ms':>7}")
        for number, size in enumerate(options.sizes):
            made = client.post("/projects", json={"group": "bench", "label": f"p{size}"})
            project = made.raise_for_status().json()["_id"]
            base = (number + 1) << 40
            with psycopg.connect(database) as connection:
                connection.execute(FILL, {"base": base, "project": project, "count": size})
                connection.commit()
                connection.autocommit = True
                connection.execute("VACUUM ANALYZE container")
            middle = f"{base + (size // 2) * 3:024x}"
            for name, query in PAGES.items():
                asked = {key: value or middle for key, value in query.items()}
                took = []
                for _ in range(options.requests):
                    start = time.perf_counter()
                    client.get(f"/projects/{project}/sessions", params=asked).raise_for_status()
                    took.append((time.perf_counter() - start) * 1000)
                print(f"{size:>9}  {name:<18} {statistics.median(took):>9.1f} {percentile(took, 0.95):>7.1f}")


if __name__ == "__main__":
    main()
