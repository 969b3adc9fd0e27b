"""What writing costs with the index on: new files, and changes of single objects."""

from __future__ import annotations

import time

from sqlalchemy import Update, delete, func, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

import search_data
from search_table import Table, Taken, timed
from treadle.server.catalog.tables import container, file
from treadle.server.store.db import Database

_PAST_THE_INDEX = text("SET LOCAL session_replication_role = replica")
_STORED = 2_000
_DELETED = 50_000


async def ingest(database: Database, files: int, table: Table) -> None:
    """Files a second as rows of the catalog's table, 50 to a transaction, with and without the index."""
    site = search_data.Site(files)
    for name, indexed in (("files stored a second, index off", False), ("files stored a second", True)):
        rows = [dict(zip(search_data.FILE, site.file(n), strict=True)) for n in range(_STORED)]
        for n, row in enumerate(rows):
            row |= {"id": f"bench{n}", "file_id": f"bench{n}", "name": f"new {n}", "blob_sha384": "00"}
        taken = []
        for start in range(0, _STORED, 50):
            # The index is written as the last step of the transaction, which belongs to the time.
            started = time.perf_counter()
            async with database.transaction() as connection, timed(connection) as own:
                if not indexed:
                    await connection.execute(_PAST_THE_INDEX)
                await connection.execute(insert(file), rows[start : start + 50])
                await _flushed(database, connection)
            own.wall = (time.perf_counter() - started) * 1000
            taken.append(own)
        rates = [
            _STORED * 1000 / sum(times)
            for times in ([one.wall for one in taken], [one.cpu for one in taken])
            if sum(times)
        ]
        table.number(name, rates[0], "on the clock", least=700 if indexed else 0)
        table.number(f"{name}, one processor", rates[-1], "", least=700 if indexed else 0)
        async with database.transaction() as connection:
            await connection.execute(delete(file).where(file.c.id.startswith("bench")))


async def _flushed(database: Database, connection: AsyncConnection) -> None:
    """What the database does before it commits, while the time is taken."""
    for step in database.before_commit:
        await step(connection)


async def changes(database: Database, files: int, table: Table) -> None:
    """One key of a file, a session moved, a project renamed, many files deleted; all of it is taken back."""
    middle = files // 2
    own = search_data.number(5, middle)
    _, subject, session = search_data.Site(files).above(middle // 4)
    project = search_data.number(1, 7)
    keys, names, moves = [], [], []
    for n in range(10):
        info = file.c.info.op("||")({"changed": n})
        keys.append(await _change(database, update(file).where(file.c.id == own).values(info=info)))
        renamed = update(container).where(container.c.id == project).values(label=f"Renamed {n}")
        names.append(await _change(database, renamed))
        moves.append(await _move(database, session, search_data.number(2, n) if n < 9 else subject))
    await _change(database, update(container).where(container.c.id == project).values(label="Study 7"))
    table.add("one key of a file changed", keys)
    table.add("a project renamed", names)
    table.add("a session moved to another project", moves)
    chosen = [search_data.number(5, n) for n in range(min(_DELETED, files // 2))]
    for name, indexed in (("index off", False), ("index on", True)):
        taken = await _deletion(database, chosen, indexed=indexed)
        table.add(f"{len(chosen):,} files deleted, {name}", [taken])


async def _deletion(database: Database, ids: list[str], *, indexed: bool) -> Taken:
    """In a transaction that is taken back."""
    async with database.engine.connect() as connection:
        if not indexed:
            await connection.execute(_PAST_THE_INDEX)
        async with timed(connection) as taken:
            await connection.execute(update(file).where(file.c.id.in_(ids)).values(deleted_at=func.now()))
        await connection.rollback()
    return taken


async def _change(database: Database, statement: Update) -> Taken:
    async with database.transaction() as connection, timed(connection) as taken:
        await connection.execute(statement)
        await _flushed(database, connection)
    return taken


async def _move(database: Database, session: str, subject: str) -> Taken:
    async with database.transaction() as connection, timed(connection) as taken:
        found = await connection.execute(
            text("SELECT project_id, subject_id FROM container WHERE id = :id"), {"id": subject}
        )
        above = dict(found.one()._mapping)
        for table in (container, file):
            await connection.execute(update(table).where(table.c.session_id == session).values(**above))
        await connection.execute(
            update(container).where(container.c.id == session).values(parent_id=above["subject_id"])
        )
        await _flushed(database, connection)
    return taken
