"""How fast the queue hands out jobs when many wait, and how evenly.

100,000 jobs wait, 90 % of them of one project out of forty; eight workers claim for some seconds, each claim in its
transaction, from a process of its own. As many jobs run as there are workers, for each ends its job when it has claimed
the next (that is not timed). Workers claim without a pause, so that more of them only wait for processors, or with a
tenth of a second between two claims. The same with the plain claim, which joins the running counts and sorts the
backlog. Run:

    python benchmarks/bench_jobs.py [--jobs 100000] [--workers 8] [--seconds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import psycopg

from treadle.server.jobs.claim import Limits, Wish, claim
from treadle.server.store.db import Database, driver_of
from treadle.server.store.embedded import EmbeddedPostgres
from treadle.server.store.migrate import upgrade

PROJECTS = 40
FILL = """
INSERT INTO job (id, gear_id, gear_info, gear_name, destination_type, destination_id, project_id, project_ids,
                 origin_type, priority, rank, created_at)
SELECT lpad(to_hex(n), 24, '0'), 'g', '{{"name": "g"}}', 'g', 'session', 's', p, ARRAY[p], 'user', 1, 1,
       now() - (%(jobs)s - n) * interval '1 millisecond'
FROM generate_series(1, %(jobs)s) n,
     LATERAL (SELECT 'p' || CASE WHEN n %% 10 > 0 THEN 0 ELSE n / 10 %% {others} + 1 END AS p) project
"""
PLAIN = """
UPDATE job SET state = 'running' WHERE id = (
    SELECT j.id FROM job j
    LEFT JOIN (SELECT project_id, count(*) AS jobs FROM job WHERE state = 'running' GROUP BY 1) r USING (project_id)
    WHERE j.state = 'pending' ORDER BY j.rank DESC, coalesce(r.jobs, 0), j.created_at, j.id
    LIMIT 1 FOR UPDATE OF j SKIP LOCKED
) RETURNING id, project_id
"""
END = b"UPDATE job SET state = 'complete' WHERE id = %s"
WISH = Wish(white={}, black={}, capabilities=["networking"])
Claimed = tuple[float, str, str]


async def _by_us(url: str, seconds: float, pause: float) -> list[Claimed]:
    database = Database(url, size=1)
    claimed = []
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        async with database.transaction() as connection:
            found = await claim(connection, WISH, Limits(), engine_id=None)
        if found is not None:
            claimed.append((time.perf_counter() - begin, found.id, found.project_id))
            async with database.transaction() as connection:
                await driver_of(connection).execute(END, (claimed[-2][1] if claimed[1:] else None,))
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
    await database.close()
    return claimed


def _plainly(url: str, seconds: float, pause: float) -> list[Claimed]:
    claimed = []
    with psycopg.connect(url, autocommit=True) as connection:
        end = time.perf_counter() + seconds
        while (begin := time.perf_counter()) < end:
            row = connection.execute(PLAIN.encode()).fetchone()
            if row is not None:
                claimed.append((time.perf_counter() - begin, row[0], row[1]))
                connection.execute(END, (claimed[-2][1] if claimed[1:] else None,))
            time.sleep(pause)
    return claimed


def _work(way: str, url: str, seconds: float, pause: float) -> list[Claimed]:
    return asyncio.run(_by_us(url, seconds, pause)) if way == "ours" else _plainly(url, seconds, pause)


def _fill(url: str, jobs: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(b"TRUNCATE job CASCADE")
        connection.execute(FILL.format(others=PROJECTS - 1).encode(), {"jobs": jobs})
        connection.execute(b"VACUUM ANALYZE job")


def _measure(way: str, url: str, *, jobs: int, workers: int, seconds: float, pause: float) -> float:
    """Median time of a claim in milliseconds."""
    _fill(url, jobs)
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.starmap(_work, [(way, url, 0.2, 0.0)] * workers)  # imports, connections
        claimed = [
            one for part in pool.starmap(_work, [(way, url, seconds, pause)] * workers) for one in part
        ]
    times = sorted(1000 * one[0] for one in claimed)
    shares = Counter(one[2] for one in claimed).most_common()
    ids = [one[1] for one in claimed]
    print(
        f"{way:6} {workers} workers, pause {pause:g} s: {len(times):6} claims, {len(times) / seconds:6.0f}/s, "
        f"p50 {statistics.median(times):7.2f} ms, p95 {times[int(0.95 * len(times))]:7.2f} ms, "
        f"twice {len(ids) - len(set(ids))}, per project {shares[-1][1]} to {shares[0][1]}",
        flush=True,
    )
    return statistics.median(times)


def main() -> None:
    """Fill, claim, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="treadle-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres")
        url = postgres.start()
        try:
            upgrade(url)
            for workers, pause in ((1, 0.0), (given.workers, 0.0), (given.workers, 0.1)):
                ours, plain = (
                    _measure(way, url, jobs=given.jobs, workers=workers, seconds=given.seconds, pause=pause)
                    for way in ("ours", "plain")
                )
                print(f"plain / ours: {plain / ours:.1f}", flush=True)
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
