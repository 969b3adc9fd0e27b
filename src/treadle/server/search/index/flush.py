"""What was changed, read again: before its transaction commits, or by the worker (search.md 11.3).

Triggers note changed objects in `search_dirty`. Any transaction that wrote to the catalog's tables indexes its own
notes as its last step, so an acknowledged change can be found. What came past the server (a restored dump, a new
release's migration) waits there for the worker.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

from treadle.server.search.index.dictionary import Dictionary
from treadle.server.search.index.write import Loaded, store
from treadle.server.store.db import Database, driver_of

BATCH = 500
_WATCHED = frozenset({"container", "file", "note"})
_MARK = "treadle_search"

_OWN = """
WITH own AS (SELECT DISTINCT level, oid FROM search_dirty WHERE xid = txid_current() LIMIT %s),
  gone AS (DELETE FROM search_dirty d USING own
    WHERE d.xid = txid_current() AND d.level = own.level AND d.oid = own.oid)
SELECT oid FROM own"""
_TAKE = """
DELETE FROM search_dirty WHERE n IN
  (SELECT n FROM search_dirty ORDER BY n LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING level, oid"""
# Whoever changes one of them now waits, and indexes it again after us.
_HOLD = (
    "SELECT FROM container WHERE id = ANY(%s) ORDER BY id FOR SHARE",
    "SELECT FROM file WHERE id = ANY(%s) ORDER BY id FOR SHARE",
)
_READ = "SELECT level, oid, document FROM search_document WHERE oid = ANY(%s)"


def attach(database: Database) -> Dictionary:
    """Index whatever a transaction of this database changes, at its end."""
    dictionary = Dictionary(database.url)

    @event.listens_for(database.engine.sync_engine, "after_execute")
    def _mark(connection: Connection, clause: Any, *_: Any) -> None:
        if isinstance(clause, UpdateBase) and getattr(clause.table, "name", None) in _WATCHED:
            connection.info[_MARK] = True

    async def index(connection: AsyncConnection) -> None:
        if connection.sync_connection.info.pop(_MARK, False):  # type: ignore[union-attr]
            await flush(connection, dictionary)

    database.before_commit.append(index)
    database.at_close.append(dictionary.close)
    return dictionary


async def flush(connection: AsyncConnection, dictionary: Dictionary) -> None:
    """Index what this transaction has changed."""
    driver = driver_of(connection)
    while True:
        found = await driver.execute(_OWN, [BATCH], prepare=True)
        ids = [oid for (oid,) in await found.fetchall()]
        if ids:
            await _store(driver, dictionary, ids)
        if len(ids) < BATCH:
            return


async def drain(database: Database, dictionary: Dictionary, *, batch: int = BATCH) -> int:
    """Index some of what waits; how many notes were worked off."""
    async with database.transaction() as connection:
        driver = driver_of(connection)
        taken = await (await driver.execute(_TAKE, [batch])).fetchall()
        ids = sorted({oid for _, oid in taken})
        if ids:
            for hold in _HOLD:
                await driver.execute(hold, [ids])
            await _store(driver, dictionary, ids)
    return len(taken)


async def _store(driver: psycopg.AsyncConnection[Any], dictionary: Dictionary, ids: list[str]) -> None:
    found = await driver.execute(_READ, [ids], prepare=True)
    await store(driver, dictionary, [Loaded(*row) for row in await found.fetchall()])
