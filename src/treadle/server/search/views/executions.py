"""Executions: a view's result kept as stored content for 14 days; small ones at once, others by the worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    and_,
    cast,
    column,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.access.identity import again
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.tables import LEVELS, container
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden, NotFound, TreadleError
from treadle.server.kit.ids import new_id
from treadle.server.search.errors import ExecutionMissing, NotReady
from treadle.server.search.tables import data_view, data_view_ticket
from treadle.server.search.tables import data_view_execution as execution
from treadle.server.search.views.evaluate import Evaluation, prepare
from treadle.server.search.views.layout import Layout
from treadle.server.search.views.plan import make_plan
from treadle.server.search.views.scope import needed_actions
from treadle.server.search.views.spec import read_view
from treadle.server.search.views.spool import OPENING, decode, encode
from treadle.server.search.views.spool import Row as ResultRow
from treadle.server.search.views.sql import Asked
from treadle.server.store.blobs import Blobs
from treadle.server.store.blobs_rows import keep
from treadle.server.store.db import Database
from treadle.server.wire.answer import stamp

log = structlog.get_logger("treadle.views")

KEPT_FOR = timedelta(days=14)
MAX_ATTEMPTS = 3
_BEGINS_WITHIN = timedelta(seconds=20)
"""From a worker's claim of an execution to its lock; meanwhile nobody takes it for a dead worker's."""
_UNFINISHED = execution.c.state.in_(("queued", "processing"))


async def queue(guard: Guard, found: Evaluation, *, view_id: str | None) -> Row[Any]:
    """A new execution, waiting."""
    values = {
        "id": new_id(),
        "user_id": guard.require_user(),
        "container_id": found.target.id,
        "container_level": found.target.level,
        "project_id": found.target.project_id,
        "view_id": view_id,
        "view_label": found.plan.spec.label,
        "spec": found.plan.spec.document,
        "query": {
            "by": guard.identity.claim,
            "filter": found.asked.filter,
            "sort": found.asked.sort,
            "skip": found.asked.skip,
            "limit": found.asked.limit,
        },
        "expires_at": now() + KEPT_FOR,
    }
    made: Row[Any] = (
        await guard.connection.execute(insert(execution).values(values).returning(execution))
    ).one()
    return made


async def carry_out(
    connection: AsyncConnection, blobs: Blobs, execution_id: str, found: Evaluation
) -> Row[Any]:
    """The execution, completed: its rows are stored and named in this transaction."""
    run, layout = found.run(blobs), found.layout()
    writer = await blobs.writer()
    try:
        await writer.write(OPENING)
        async for rows in run.rows(connection):
            layout.learn(rows)
            await writer.write(encode(rows))
        receipt = await writer.finish()
    except BaseException:
        await writer.abort()
        raise
    try:
        ref = await keep(connection, blobs, receipt)
    finally:
        await receipt.close()
    done = await connection.execute(
        update(execution)
        .where(execution.c.id == execution_id)
        .values(
            state="completed",
            error=None,
            blob_sha384=ref.sha384,
            size=ref.size,
            layout=layout.document(),
            project_ids=sorted(run.seen.projects),
            started_at=func.coalesce(execution.c.started_at, now()),
            modified_at=now(),
            revision=execution.c.revision + 1,
        )
        .returning(execution)
    )
    row: Row[Any] = done.one()
    return row


async def execute_next(database: Database, blobs: Blobs) -> bool:
    """Carry out one waiting execution; False when there was none. A dead worker's are taken up again."""
    async with database.transaction() as connection:
        claimed = (
            await connection.execute(
                update(execution)
                .where(execution.c.id == _next_waiting())
                .values(
                    state="processing",
                    attempts=execution.c.attempts + 1,
                    started_at=now(),
                    modified_at=now(),
                )
                .returning(execution)
            )
        ).one_or_none()
    if claimed is None:
        return False
    try:
        if claimed.attempts > MAX_ATTEMPTS:
            await _fail(database, claimed.id, "The worker stopped several times while running this view.")
        else:
            await _execute(database, blobs, claimed.id)
    except TreadleError as error:
        await _fail(database, claimed.id, error.message)
    except Exception:
        log.exception("view_failed", execution=claimed.id)
        await _fail(database, claimed.id, "Something went wrong on the server; its log says what.")
    return True


def _next_waiting() -> Any:
    # While a worker runs a view it holds the row's lock: what is not locked soon after its claim has no worker.
    is_left = and_(execution.c.state == "processing", execution.c.started_at < now() - _BEGINS_WITHIN)
    return (
        select(execution.c.id)
        .where(or_(execution.c.state == "queued", is_left))
        .order_by(execution.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


async def _execute(database: Database, blobs: Blobs, execution_id: str) -> None:
    async with database.transaction() as connection:
        row = (
            await connection.execute(
                select(execution)
                .where(execution.c.id == execution_id, _UNFINISHED)
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        if row is None:  # another worker was quicker
            return
        asked = dict(row.query)
        guard = Guard(
            identity=await again(connection, asked.pop("by", {"user": row.user_id})),
            connection=connection,
            method="POST",
            path=f"/api/data_view_executions/{row.id}",
        )
        found = await prepare(guard, read_view(row.spec), row.container_id, Asked(**asked))
        await carry_out(connection, blobs, row.id, found)


async def _fail(database: Database, execution_id: str, why: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            update(execution)
            .where(execution.c.id == execution_id, _UNFINISHED)
            .values(state="failed", error=why, modified_at=now(), revision=execution.c.revision + 1)
        )


async def work(database: Database, blobs: Blobs) -> None:
    """Carry out everything that waits."""
    while await execute_next(database, blobs):
        pass


async def drop_expired(database: Database) -> int:
    """Forget results and tickets past their time: how many results."""
    async with database.transaction() as connection:
        await connection.execute(delete(data_view_ticket).where(data_view_ticket.c.expires_at <= now()))
        gone = await connection.execute(delete(execution).where(execution.c.expires_at <= now()))
        held = select(container.c.id).where(container.c.id == data_view.c.parent_id).exists()
        await connection.execute(  # views of what was purged from the trash
            delete(data_view).where(data_view.c.parent_type.in_(LEVELS), not_(held))
        )
    return int(gone.rowcount)


def own(guard: Guard) -> ColumnElement[bool]:
    """SQL condition: the caller's executions; with a restricted key only those in its projects."""
    guard.decided()
    mine = execution.c.user_id == guard.identity.id
    return mine if guard.identity.scope is None else mine & guard.allowed(execution.c.project_id)


async def find(guard: Guard, execution_id: str) -> Row[Any]:
    """The caller's own execution; site administrators see all."""
    seen = true() if guard.identity.is_site_admin else own(guard)
    guard.decided()
    row = (
        await guard.connection.execute(
            select(execution).where(execution.c.id == execution_id, execution.c.expires_at > now(), seen)
        )
    ).one_or_none()
    if row is None:
        raise ExecutionMissing
    return row


async def result(guard: Guard, blobs: Blobs, row: Row[Any]) -> StoredResult:
    """The rows of a completed execution, if the caller may still see where they came from."""
    if row.state == "failed":
        raise NotReady(f"The execution has failed: {row.error}")
    if row.state != "completed":
        raise NotReady
    await _require_still(guard, row)
    return StoredResult(blobs, row)


async def _require_still(guard: Guard, row: Row[Any]) -> None:
    try:
        await get_container(guard.connection, row.container_id)
    except NotFound:
        raise ExecutionMissing("The container that this view ran on is gone.") from None
    actions = needed_actions(make_plan(read_view(row.spec)))
    ids = func.unnest(cast(row.project_ids, ARRAY(Text))).table_valued(column("id", Text)).render_derived()
    may = and_(*(guard.allowed(ids.c.id, action) for action in actions))
    lost = await guard.connection.execute(select(ids.c.id).where(not_(may)).limit(1))
    if lost.first() is not None:
        raise Forbidden("You may no longer see all the data of this result; run the view again.")


class StoredResult:
    """Rows of an execution in the store."""

    def __init__(self, blobs: Blobs, row: Row[Any]) -> None:
        self._blobs, self._sha384, self._size = blobs, row.blob_sha384, row.size
        self.layout = Layout.read(row.layout)

    def rows(self) -> AsyncIterator[list[ResultRow]]:
        """All rows from the beginning, in batches."""
        return decode(self._blobs.open_range(self._sha384, 0, self._size))


async def remove(connection: AsyncConnection, execution_id: str) -> int:
    """Forget the execution: how many there were."""
    gone = await connection.execute(delete(execution).where(execution.c.id == execution_id))
    return int(gone.rowcount)


def document(row: Row[Any]) -> dict[str, Any]:
    """The execution as the clients read it."""
    return {
        "_id": row.id,
        "created": stamp(row.created_at),
        "modified": stamp(row.modified_at),
        "timestamp_ran": stamp(row.started_at),
        "user_id": row.user_id,
        "project_id": row.project_id,
        "container": {"type": row.container_level, "id": row.container_id},
        "state": row.state,
        "error": row.error,
        "data_view_label": row.view_label,
        "data_view_id": row.view_id,
        "storage_file_id": row.blob_sha384,
        "task_id": None,
        "rows": (row.layout or {}).get("rows"),
        "expires_on": stamp(row.expires_at),
        "revision": row.revision,
    }
