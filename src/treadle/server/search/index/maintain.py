"""The whole index made anew, and a look at whether it says what is stored."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from treadle.server.search.index.dictionary import Dictionary
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.index.write import Loaded, compute
from treadle.server.store.db import Database, driver_of

# An object with the same index number twice waiting is read twice: no harm.
_MARK = text("""
INSERT INTO search_dirty (level, oid, xid)
SELECT level, id, 0 FROM container
  WHERE deleted_at IS NULL AND (CAST(:project AS text) IS NULL OR project_id = :project)
UNION ALL
SELECT 'file', id, 0 FROM file
  WHERE is_current AND deleted_at IS NULL AND (CAST(:project AS text) IS NULL OR project_id = :project)""")
_WAITING = text("SELECT count(*) FROM search_dirty")


async def mark(database: Database, project: str | None = None) -> int:
    """Note everything (of a project) to be indexed again, with the old rows in use meanwhile; how many objects."""
    async with database.transaction() as connection:
        return (await connection.execute(_MARK, {"project": project})).rowcount


async def waiting(database: Database) -> int:
    """How many notes wait."""
    async with database.transaction() as connection:
        return int((await connection.execute(_WAITING)).scalar_one())


@dataclass(frozen=True)
class Verdict:
    """How many objects are not in the index, are there though they are gone, or are there with other values."""

    missing: int
    astray: int
    different: int
    compared: int

    @property
    def ok(self) -> bool:
        return not (self.missing or self.astray or self.different)


async def check(database: Database, dictionary: Dictionary, *, sample: int) -> Verdict:
    """All ids are compared, and the values of a sample; what is wrong is put right or noted for the worker."""
    missing = astray = 0
    for level in LEVELS:
        catalog, live = "container", f"c.deleted_at IS NULL AND c.level = '{level}'"
        if level == "file":
            catalog, live = "file", "c.is_current AND c.deleted_at IS NULL"
        async with database.transaction() as connection:
            found = await connection.execute(
                text(
                    f"INSERT INTO search_dirty (level, oid, xid) SELECT '{level}', c.id, 0 FROM {catalog} c "
                    f"WHERE {live} AND NOT EXISTS "
                    f"(SELECT FROM search_{level} s WHERE s.doc = hashtextextended(c.id, 0))"
                )
            )
            missing += found.rowcount
            project = "project" if ABOVE[level] else "NULL::bigint"
            gone = await connection.execute(
                text(
                    f"WITH gone AS (DELETE FROM search_{level} s WHERE NOT EXISTS "
                    f"(SELECT FROM {catalog} c WHERE c.id = s.oid AND {live}) "
                    f"RETURNING {project} AS project, shape, t) "
                    "INSERT INTO search_change (project, shape, t, d) "
                    "SELECT project, shape, t, -1 FROM gone"
                )
            )
            astray += gone.rowcount
    different, compared = await _compare(database, dictionary, sample)
    return Verdict(missing, astray, different, compared)


async def _compare(database: Database, dictionary: Dictionary, sample: int) -> tuple[int, int]:
    different = compared = 0
    for level in LEVELS:
        async with database.transaction() as connection:
            driver = driver_of(connection)
            rows = await driver.execute(
                "SELECT s.oid, s.shape, s.t, d.document "
                f"FROM (SELECT * FROM search_{level} ORDER BY random() LIMIT %s) s "
                f"JOIN search_document d ON d.oid = s.oid AND d.level = '{level}'",
                [sample],
            )
            stored = {oid: (shape, terms, document) for oid, shape, terms, document in await rows.fetchall()}
            objects = [Loaded(level, oid, document) for oid, (_, _, document) in stored.items()]
            for one in await compute(dictionary, objects):
                compared += 1
                if (one.shape, sorted(one.terms)) != (stored[one.oid][0], sorted(stored[one.oid][1])):
                    different += 1
                    await driver.execute(
                        "INSERT INTO search_dirty (level, oid, xid) VALUES (%s, %s, 0)", [level, one.oid]
                    )
    return different, compared
