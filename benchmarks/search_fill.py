"""Writes a site for measuring searches: the first files as they are written live, the others as copies of these.

Rows go into the catalog's tables past the triggers. From 100,000 files on, a file repeats an earlier one in another
acquisition, with other UIDs, times and hashes; so the dictionary does not grow further. Two connections write the
copies into tables without indexes, which are made when all rows are there; the counts follow from those of the first
files, whose terms the copies have.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import orjson
import psycopg

from search_data import CONTAINER, FILE, MOST_SPREAD, Site, document, number
from treadle.server.search.index.dictionary import Dictionary
from treadle.server.search.index.flush import attach
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.index.write import Loaded, store
from treadle.server.store.db import Database, driver_of

BASE = 100_000
_BATCH = 2_000
_WRITERS = 2
_PAST_TRIGGERS = "SET LOCAL session_replication_role = replica"
_CHANGING = (
    *("name", "id", "file_id", "parent_id", "project_id", "subject_id", "session_id", "acquisition_id"),
    *("created_at", "modified_at"),
)
_SAME = [name for name in FILE if name not in _CHANGING]

# What copies are made of: the first files with their terms, those that are hashes apart, and all acquisitions.
_BASE_TABLES = f"""
CREATE UNLOGGED TABLE bench_file AS SELECT ('x' || right(f.id, 8))::bit(32)::int AS n,
  f.name, {", ".join(f"f.{name}" for name in _SAME)}, s.shape, s.f, s.dates,
  ARRAY(SELECT u FROM unnest(s.t) u WHERE u < 0) AS hashes,
  ARRAY(SELECT u FROM unnest(s.t) u WHERE u > 0 ORDER BY 1) AS words
  FROM file f JOIN search_file s ON s.oid = f.id WHERE f.id < '{number(5, BASE)}';
CREATE UNLOGGED TABLE bench_acquisition AS SELECT ('x' || right(id, 8))::bit(32)::int AS n, id, project_id, subject_id,
  session_id, timestamp FROM container WHERE level = 'acquisition';
ANALYZE bench_file; ANALYZE bench_acquisition"""
_COPY = f"""
WITH made AS MATERIALIZED (SELECT b.n + %(shift)s AS n, '0005' || lpad(to_hex(b.n + %(shift)s), 20, '0') AS id,
    a.id AS above, a.project_id, a.subject_id, a.session_id, a.timestamp
  FROM bench_file b JOIN bench_acquisition a ON a.n = (b.n + %(shift)s) / 4 %% %(acquisitions)s WHERE b.n < %(count)s),
files AS (INSERT INTO file ({", ".join((*_SAME, *_CHANGING))})
  SELECT {", ".join(f"b.{name}" for name in _SAME)}, %(shift)s || b.name, m.id, m.id, m.above, m.project_id,
    m.subject_id, m.session_id, m.above, m.timestamp + (b.n %% 4) * interval '1 second', m.timestamp
  FROM made m JOIN bench_file b ON b.n = m.n - %(shift)s)
INSERT INTO search_file (doc, oid, project, subject, session, acquisition, size, created, modified, shape, f, dates, t)
SELECT hashtextextended(m.id, 0), m.id, hashtextextended(m.project_id, 0), hashtextextended(m.subject_id, 0),
  hashtextextended(m.session_id, 0), hashtextextended(m.above, 0), b.size,
  m.timestamp + (b.n %% 4) * interval '1 second', m.timestamp, b.shape, b.f, b.dates,
  ARRAY(SELECT -1 - ((-1 - u) + %(shift)s::bigint * 31) %% 4194304 FROM unnest(b.hashes) u ORDER BY 1)::int[] || b.words
FROM made m JOIN bench_file b ON b.n = m.n - %(shift)s"""
# Files with the same terms in the same project, counted once.
_COUNTED = """
CREATE TEMPORARY TABLE counted AS SELECT b.n, hashtextextended(a.project_id, 0) AS project, count(*) AS k
  FROM generate_series(0, %(files)s - 1) one (number) JOIN bench_file b ON b.n = number %% %(base)s
  JOIN bench_acquisition a ON a.n = number / 4 %% %(acquisitions)s GROUP BY 1, 2"""


async def fill(url: str, files: int) -> None:
    """Write a site of so many files and its index, or what one of a million or more lacks."""
    database = Database(url, size=_WRITERS + 1)
    dictionary = attach(database)
    started, site = time.perf_counter(), Site(files)

    def tell(what: str) -> None:
        print(f"{what}, {time.perf_counter() - started:.0f} s", flush=True)

    first = min(files, BASE)
    async with database.transaction() as connection:
        counted = await driver_of(connection).execute("SELECT count(*) FROM file")
        [(there,)] = await counted.fetchall()
    if 0 < there < MOST_SPREAD:
        raise ValueError("a site of less than a million files cannot grow: its acquisitions would not do")
    if not there:
        await _containers(database, dictionary, site)
        tell("containers")
        for start in range(0, first, _BATCH):
            await _live(database, dictionary, site, range(start, min(start + _BATCH, first)))
        tell(f"{first} files as they are written live")
    async with database.transaction() as connection:
        await driver_of(connection).execute(_BASE_TABLES)
        bare = await _undress(driver_of(connection))
    shifts = iter(range(max(first, there), files, first))

    async def write() -> None:
        for shift in shifts:
            async with database.transaction() as connection:
                driver = driver_of(connection)
                await driver.execute(_PAST_TRIGGERS)
                numbers = {
                    "shift": shift,
                    "count": min(first, files - shift),
                    "acquisitions": site.acquisitions,
                }
                await driver.execute(_COPY, numbers)
            tell(f"{min(shift + first, files)} files")

    await asyncio.gather(*(write() for _ in range(_WRITERS)))
    await _finish(database, site, bare)
    await database.close()
    tell("filled")


async def _live(database: Database, dictionary: Dictionary, site: Site, numbers: range) -> None:
    rows = [site.file(n) for n in numbers]
    async with database.transaction() as connection:
        driver = driver_of(connection)
        await _copy(driver, "file", FILE, rows)
        await store(driver, dictionary, [Loaded("file", row[0], document(row)) for row in rows])
        await driver.execute("TRUNCATE search_change")


async def _undress(driver: psycopg.AsyncConnection[Any]) -> list[str]:
    """Take the indexes of the two large tables away; the statements that make them again."""
    await driver.execute("ALTER TABLE file SET (autovacuum_enabled = off)")
    await driver.execute("ALTER TABLE search_file SET (autovacuum_enabled = off)")
    found = await driver.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE NOT indisprimary "
        "AND indrelid IN ('file'::regclass, 'search_file'::regclass)"
    )
    indexes = await found.fetchall()
    for name, _ in indexes:
        await driver.execute(f"DROP INDEX {name}")
    await driver.execute("ALTER TABLE search_file DROP CONSTRAINT pk_search_file")
    key = "ALTER TABLE search_file ADD CONSTRAINT pk_search_file PRIMARY KEY (doc)"
    return [key, *(statement for _, statement in indexes)]


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


async def _finish(database: Database, site: Site, bare: list[str]) -> None:
    """Counts and indexes."""
    base = {"files": site.files, "base": min(site.files, BASE), "acquisitions": site.acquisitions}
    above = [level for level in LEVELS if ABOVE[level] and level != "file"]
    rows = " UNION ALL ".join(f"SELECT project, shape, t, 1 AS k FROM search_{level}" for level in above)
    rows += " UNION ALL SELECT project, shape, words, k FROM counted JOIN bench_file USING (n)"
    terms = [
        f"CREATE INDEX IF NOT EXISTS ix_search_{level}_t ON search_{level} USING gin (t)" for level in LEVELS
    ]
    async with database.transaction() as connection:
        driver = driver_of(connection)
        await driver.execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL work_mem = '256MB'")
        await driver.execute("TRUNCATE search_change, search_count, search_path_count")
        await driver.execute(_COUNTED, base)
        await driver.execute(
            f"INSERT INTO search_count SELECT u, project, sum(k) FROM ({rows}) r, unnest(t) u "
            "WHERE u > 0 GROUP BY 1, 2"
        )
        await driver.execute(
            "INSERT INTO search_path_count SELECT p, project, sum(n) FROM "
            f"(SELECT shape, project, sum(k) AS n FROM ({rows}) r GROUP BY 1, 2) q "
            "JOIN search_shape s ON s.shape_id = shape, unnest(path_ids) p GROUP BY 1, 2"
        )
        for statement in (*bare, *terms):
            await driver.execute(statement)
        await driver.execute("DROP TABLE bench_file, bench_acquisition")
        for table in ("file", "search_file"):
            await driver.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        for level in LEVELS:
            connection.execute(f"VACUUM search_{level}")
