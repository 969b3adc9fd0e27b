"""Writes a site for measuring searches: the first files as they are written live, the others as copies of these.

Rows go into the catalog's tables past the triggers and into the index by the code that fills it live, without the
large indexes, which are made at the end. From 100,000 files on, a file repeats an earlier one in another acquisition,
with other hashes; so the dictionary does not grow further. The counts are made by one statement.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import orjson
import psycopg

from search_data import CONTAINER, FILE, Site, document
from treadle.server.search.index.dictionary import Dictionary
from treadle.server.search.index.flush import attach
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.index.write import Loaded, store
from treadle.server.store.db import Database, driver_of

BASE = 100_000
_BATCH = 2_000
_PAST_TRIGGERS = "SET LOCAL session_replication_role = replica"

# Hashes, which are negative, become others for each round of copies: new UIDs, shared by as many files as before.
_REPEAT = """
WITH base AS MATERIALIZED (SELECT n, '0005' || lpad(to_hex(n), 20, '0') AS old,
    '0005' || lpad(to_hex(n + %(shift)s), 20, '0') AS id,
    '0004' || lpad(to_hex((n + %(shift)s) / 4 %% %(acquisitions)s), 20, '0') AS above
  FROM generate_series(0, %(count)s - 1) n),
made AS (INSERT INTO file ({same}, name, id, file_id, parent_id, project_id, subject_id, session_id, acquisition_id,
    created_at, modified_at)
  SELECT {ours}, %(shift)s || f.name, b.id, b.id, b.above, a.project_id, a.subject_id, a.session_id, b.above,
    a.timestamp + (b.n %% 4) * interval '1 second', a.timestamp
  FROM base b JOIN file f ON f.id = b.old JOIN container a ON a.id = b.above
  RETURNING id, created_at, modified_at, project_id, subject_id, session_id, acquisition_id)
INSERT INTO search_file (doc, oid, project, subject, session, acquisition, size, created, modified, shape, f, dates, t)
SELECT hashtextextended(m.id, 0), m.id, hashtextextended(m.project_id, 0), hashtextextended(m.subject_id, 0),
  hashtextextended(m.session_id, 0), hashtextextended(m.acquisition_id, 0), s.size, m.created_at, m.modified_at,
  s.shape, s.f, s.dates, (SELECT array_agg(v ORDER BY v) FROM (SELECT CASE WHEN u < 0
    THEN (-1 - ((-1 - u) + %(shift)s::bigint * 31) %% 4194304)::int ELSE u END AS v FROM unnest(s.t) u) q)
FROM made m JOIN base b ON b.id = m.id JOIN search_file s ON s.oid = b.old"""


async def fill(url: str, files: int) -> None:
    """Write a site of so many files and its index."""
    database = Database(url, size=2)
    dictionary = attach(database)
    started, site = time.perf_counter(), Site(files)
    await _containers(database, dictionary, site)
    first = min(files, BASE)
    for start in range(0, first, _BATCH):
        rows = [site.file(n) for n in range(start, min(start + _BATCH, first))]
        async with database.transaction() as connection:
            driver = driver_of(connection)
            await _copy(driver, "file", FILE, rows)
            await store(driver, dictionary, [Loaded("file", row[0], document(row)) for row in rows])
            await driver.execute("TRUNCATE search_change")
    for shift in range(first, files, first):
        async with database.transaction() as connection:
            await _repeat(driver_of(connection), site, shift, min(first, files - shift))
        print(f"{shift + first} files, {time.perf_counter() - started:.0f} s", flush=True)
    await _finish(database)
    await database.close()
    print(f"filled in {time.perf_counter() - started:.0f} s", flush=True)


async def _containers(database: Database, dictionary: Dictionary, site: Site) -> None:
    async with database.transaction() as connection:
        driver = driver_of(connection)
        await driver.execute("INSERT INTO blob (sha384, size) VALUES ('00', 1)")
        for level in LEVELS:
            await driver.execute(f"DROP INDEX ix_search_{level}_t")
        await _copy(driver, "container", CONTAINER, site.containers())
        for level in LEVELS[:6]:
            found = await driver.execute("SELECT id FROM container WHERE level = %s ORDER BY id", [level])
            ids = [oid for (oid,) in await found.fetchall()]
            for start in range(0, len(ids), _BATCH):
                chunk = ids[start : start + _BATCH]
                rows = await driver.execute("SELECT * FROM search_document WHERE oid = ANY(%s)", [chunk])
                await store(driver, dictionary, [Loaded(*row) for row in await rows.fetchall()])


async def _copy(
    driver: psycopg.AsyncConnection[Any],
    table: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    await driver.execute(_PAST_TRIGGERS)
    async with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            await copy.write_row([orjson.dumps(v).decode() if isinstance(v, dict) else v for v in row])
    await driver.execute("SET LOCAL session_replication_role = origin")


async def _repeat(driver: psycopg.AsyncConnection[Any], site: Site, shift: int, count: int) -> None:
    changing = {
        "name",
        "id",
        "file_id",
        "parent_id",
        "project_id",
        "subject_id",
        "session_id",
        "acquisition_id",
    }
    same = [name for name in FILE if name not in changing | {"created_at", "modified_at"}]
    statement = _REPEAT.format(same=", ".join(same), ours=", ".join(f"f.{name}" for name in same))
    await driver.execute(_PAST_TRIGGERS)
    await driver.execute("SET LOCAL enable_nestloop = off")
    numbers = {"shift": shift, "count": count, "acquisitions": site.acquisitions}
    await driver.execute(statement, numbers)


async def _finish(database: Database) -> None:
    rows = " UNION ALL ".join(
        f"SELECT project, shape, t FROM search_{level}" for level in LEVELS if ABOVE[level]
    )
    async with database.transaction() as connection:
        driver = driver_of(connection)
        await driver.execute("SET LOCAL maintenance_work_mem = '1GB'; TRUNCATE search_change")
        await driver.execute(
            f"INSERT INTO search_count SELECT u, project, count(*) FROM ({rows}) r, unnest(t) u "
            "WHERE u > 0 GROUP BY 1, 2"
        )
        await driver.execute(
            "INSERT INTO search_path_count SELECT p, project, sum(n) FROM "
            f"(SELECT shape, project, count(*) AS n FROM ({rows}) r GROUP BY 1, 2) q "
            "JOIN search_shape s ON s.shape_id = shape, unnest(path_ids) p GROUP BY 1, 2"
        )
        for level in LEVELS:
            await driver.execute(f"CREATE INDEX ix_search_{level}_t ON search_{level} USING gin (t)")
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
