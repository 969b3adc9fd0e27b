"""A view on a container, from the request to bytes: checked, run, rendered."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.rows import Container
from treadle.server.search.errors import ViewInvalid
from treadle.server.search.views.formats import Format, needs_header, render
from treadle.server.search.views.layout import Layout
from treadle.server.search.views.plan import Plan, make_plan
from treadle.server.search.views.run import Run
from treadle.server.search.views.scope import needed_actions
from treadle.server.search.views.spec import ViewSpec
from treadle.server.search.views.spool import Spool
from treadle.server.search.views.sql import Asked, Query, make_query
from treadle.server.store.blobs import Blobs

# What is answered at once rather than by the worker.
SMALL_ROWS = 2000
SMALL_FILES = 20
SMALL_BYTES = 4 << 20


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A view ready to run on a container, for one caller."""

    plan: Plan
    query: Query
    asked: Asked
    target: Container

    def run(self, blobs: Blobs) -> Run:
        """A fresh run."""
        return Run(self.plan, self.query, self.asked, blobs)

    def layout(self) -> Layout:
        """The layout before any row is seen."""
        return Layout.of(self.plan)


async def prepare(guard: Guard, spec: ViewSpec, container_id: str | None, asked: Asked) -> Evaluation:
    """The view on the container, when the caller may run it there."""
    if not container_id:
        raise ViewInvalid("containerId: say on which container the view is to run.")
    plan = make_plan(spec)
    target = await get_container(guard.connection, container_id)
    await _require(guard, target, needed_actions(plan))
    return Evaluation(plan=plan, query=make_query(plan, target, guard, asked), asked=asked, target=target)


async def _require(guard: Guard, target: Container, actions: tuple[Action, ...]) -> None:
    """Inside a project every right is asked for; across projects, those without it give no rows."""
    if target.level in ("group", "collection") or target.project_id is None:
        await rights.require(guard, target, "containers_view_metadata")
    else:
        await rights.require(guard, target, *actions)


async def is_small(connection: AsyncConnection, found: Evaluation) -> bool:
    """Whether the view takes no longer than a caller would wait."""
    if found.plan.reads_contents:
        inner = found.query.statement.order_by(None).limit(SMALL_FILES + 1).subquery()
        row = (
            await connection.execute(select(func.count(inner.c.sha), func.sum(inner.c.size), func.count()))
        ).one()
        return row[2] <= SMALL_FILES and int(row[1] or 0) <= SMALL_BYTES
    if found.query.is_cut and found.asked.limit is not None and found.asked.limit <= SMALL_ROWS:
        return True
    some = found.query.statement.order_by(None).limit(SMALL_ROWS + 1).subquery()
    count = (await connection.execute(select(func.count()).select_from(some))).scalar_one()
    return int(count) <= SMALL_ROWS


async def stream(
    transaction: Callable[[], AbstractAsyncContextManager[AsyncConnection]],
    blobs: Blobs,
    found: Evaluation,
    kind: Format,
) -> AsyncIterator[bytes]:
    """The result in this format, read in one transaction."""
    run, layout = found.run(blobs), found.layout()
    if not needs_header(kind) or (kind != "parquet" and layout.is_known and not found.plan.can_fail):
        async with transaction() as connection:
            async for block in render(kind, layout, lambda: run.rows(connection)):
                yield block
        return
    with tempfile.TemporaryFile() as handle:
        spool = Spool(handle)
        async with transaction() as connection:
            async for rows in run.rows(connection):
                layout.learn(rows)
                await spool.write(rows)
        async for block in render(kind, layout, spool.rows):
            yield block


async def started(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks, the first ones fetched: what fails at the start is an error answer, not a broken body."""
    first: list[bytes] = []
    async for block in blocks:
        first.append(block)
        if len(first) == 2:  # an opening bracket comes before the first row
            break
    return _chained(first, blocks)


async def _chained(first: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for block in first:
        yield block
    async for block in rest:
        yield block


def describe(found: Evaluation, view_id: str | None = None) -> dict[str, Any]:
    """The access log's view of a run."""
    view = {key: value for key, value in (("id", view_id), ("label", found.plan.spec.label)) if value}
    return {**found.target.context, "data_view": view}
