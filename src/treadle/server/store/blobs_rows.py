"""Rows of contents: who may refer to bytes, and when bytes may go.

A content is deleted only inside a transaction that holds its row's lock and has seen that nothing refers to
it; `register_blob` takes the same lock. So a reuse either comes first (the row is no longer condemned) or
finds the bytes gone and publishes its own copy again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    and_,
    column,
    delete,
    exists,
    func,
    not_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.kit.clock import now
from treadle.server.store.blobs import BlobRef, Blobs, Receipt
from treadle.server.store.db import Database
from treadle.server.store.tables import blob

KEPT_FOR = timedelta(days=1)
_BATCH = 200


async def register_blob(connection: AsyncConnection, ref: BlobRef) -> None:
    """A row for this content, no longer condemned, locked until the transaction ends."""
    statement = insert(blob).values(sha384=ref.sha384, size=ref.size)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[blob.c.sha384],
            set_={"condemned_at": None, "size": ref.size},
        )
    )


async def keep(connection: AsyncConnection, blobs: Blobs, receipt: Receipt) -> BlobRef:
    """Row and bytes of finished content, both there when the transaction commits."""
    await register_blob(connection, receipt.ref)
    if not await blobs.exists(receipt.ref.sha384):
        await receipt.publish()
    return receipt.ref


async def keep_all(connection: AsyncConnection, blobs: Blobs, receipts: Sequence[Receipt]) -> None:
    """As `keep`, for many contents in one statement."""
    # In one order everywhere, so that two requests with the same contents do not wait for each other in a ring.
    sizes = dict(sorted((receipt.ref.sha384, receipt.ref.size) for receipt in receipts))
    new = insert(blob).values([{"sha384": sha384, "size": size} for sha384, size in sizes.items()])
    await connection.execute(
        new.on_conflict_do_update(
            index_elements=[blob.c.sha384], set_={"condemned_at": None, "size": new.excluded.size}
        )
    )
    await asyncio.gather(*(_publish_again(blobs, receipt) for receipt in receipts))


async def _publish_again(blobs: Blobs, receipt: Receipt) -> None:
    if not await blobs.exists(receipt.ref.sha384):
        await receipt.publish()


_REFERENCES = text(
    """
    SELECT source.relname, field.attname
    FROM pg_constraint AS key
    JOIN pg_class AS source ON source.oid = key.conrelid
    JOIN pg_attribute AS field ON field.attrelid = key.conrelid AND field.attnum = key.conkey[1]
    WHERE key.contype = 'f' AND key.confrelid = CAST('blob' AS regclass)
    ORDER BY 1, 2
    """
)


async def _unreferenced(connection: AsyncConnection) -> ColumnElement[bool]:
    """No row of any table that names contents names this one.

    The database knows all of them; a process knows only the tables of the rooms that it has loaded.
    """
    uses = [
        exists(select(1).where(table(name, column(field)).c[field] == blob.c.sha384))
        for name, field in await connection.execute(_REFERENCES)
    ]
    return and_(*(not_(use) for use in uses))


async def collect_garbage(database: Database, blobs: Blobs, *, older_than: timedelta = KEPT_FOR) -> int:
    """Condemn contents nothing refers to, and remove those condemned for longer: how many were removed."""
    async with database.transaction() as connection:
        unreferenced = await _unreferenced(connection)
        await connection.execute(
            update(blob)
            .where(blob.c.condemned_at.is_(None), blob.c.created_at <= now() - older_than, unreferenced)
            .values(condemned_at=func.now())
        )
        await connection.execute(
            update(blob).where(blob.c.condemned_at.is_not(None), not_(unreferenced)).values(condemned_at=None)
        )
    removed = 0
    due = and_(blob.c.condemned_at <= now() - older_than, unreferenced)
    while count := await _remove_some(database, blobs, due):
        removed += count
    return removed


async def _remove_some(database: Database, blobs: Blobs, due: ColumnElement[bool]) -> int:
    async with database.transaction() as connection:
        rows = await connection.execute(
            select(blob.c.sha384).where(due).limit(_BATCH).with_for_update(skip_locked=True, of=blob)
        )
        names = list(rows.scalars())
        if not names:
            return 0
        # Asked again under the lock: a reference committed before the lock was ours counts.
        gone = await connection.execute(
            delete(blob).where(blob.c.sha384.in_(names), due).returning(blob.c.sha384)
        )
        removed = list(gone.scalars())
        for name in removed:
            await blobs.delete(name)
    return len(removed)


async def adopt_orphans(database: Database, blobs: Blobs) -> int:
    """Condemned rows for stored contents without a row (a crash between both): how many."""
    adopted, names = 0, []
    async for name in blobs.names():
        names.append(name)
        if len(names) == _BATCH:
            adopted, names = adopted + await _adopt(database, names), []
    return adopted + await _adopt(database, names)


async def _adopt(database: Database, names: list[str]) -> int:
    if not names:
        return 0
    rows = [{"sha384": name, "size": 0, "condemned_at": now()} for name in names]
    async with database.transaction() as connection:
        statement = insert(blob).values(rows).on_conflict_do_nothing().returning(blob.c.sha384)
        return len((await connection.execute(statement)).all())
