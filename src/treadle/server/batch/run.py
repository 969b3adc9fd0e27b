"""A batch on its way: proposed, started in one transaction, cancelled, what failed started again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.batch.errors import WrongState
from treadle.server.batch.rows import Batch, find, of_batch
from treadle.server.batch.tables import batch
from treadle.server.catalog import rights
from treadle.server.catalog.tables import container, file
from treadle.server.gears.queries import gear_by_id
from treadle.server.jobs import ending
from treadle.server.jobs.analyses import NewAnalysis
from treadle.server.jobs.body import read_analysis, read_request
from treadle.server.jobs.listing import require_manager, visible
from treadle.server.jobs.request import request_jobs
from treadle.server.jobs.retry import again
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.starter import caller
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden
from treadle.server.kit.ids import new_id
from treadle.server.store.db import among
from treadle.server.wire.answer import stamp

KEPT = timedelta(hours=24)  # a proposal that is not started
_PAGE = 1000


async def keep(guard: Guard, requests: Sequence[Mapping[str, Any]], **said: Any) -> Batch:
    """The new proposal; proposals that nobody started in time go."""
    connection, (kind, own_id) = guard.connection, guard.identity.origin
    await connection.execute(
        delete(batch).where(batch.c.state == "pending", batch.c.created_at < now() - KEPT)
    )
    made = new_id()
    await connection.execute(
        insert(batch).values(
            id=made,
            origin_type=kind,
            origin_id=own_id,
            project_ids=await _projects(connection, requests),
            requests=list(requests),
            **said,
        )
    )
    return await find(guard, made)


async def _projects(connection: AsyncConnection, requests: Sequence[Mapping[str, Any]]) -> list[str]:
    """The projects of all containers and files that the requests name."""
    ids: set[str | None] = set()
    for one in map(read_request, requests):
        ids |= {one.destination_id}
        ids |= {ref.file_id or ref.container_id for ref in one.inputs.values()}
    named = [one for one in ids if one is not None]
    places = select(container.c.project_id).where(among(container.c.id, named))
    rows = await connection.execute(
        places.union(select(file.c.project_id).where(among(file.c.file_id, named)))
    )
    return sorted(one for one in rows.scalars() if one is not None)


async def start(guard: Guard, batch_id: str) -> list[Job]:
    """All jobs of the batch, in one transaction; answered are those that the caller may see."""
    one = await find(guard, batch_id, lock=True)
    if one.state != "pending":
        raise WrongState(f"The batch is {one.state}; only a proposal can be started.")
    if one.created_at < now() - KEPT:
        raise WrongState("The proposal is older than 24 hours; propose it again.")
    connection = guard.connection
    kept = (
        await connection.execute(select(batch.c.requests, batch.c.analysis).where(batch.c.id == one.id))
    ).one()
    analysis = await _analysis(connection, one, kept.analysis)
    requests = [
        read_request(body, analysis=analysis, place=(body.get("destination") or {}).get("id"))
        for body in ({**one.common, **request} for request in kept.requests)
    ]
    made = await request_jobs(connection, requests, caller(guard, batch_id=one.id))
    await _change(connection, one, state="running", requests=[], started_at=now())
    seen = set(await job_ids(guard, one))
    return [each for each in made if each.id in seen]


async def _analysis(
    connection: AsyncConnection, one: Batch, said: Mapping[str, Any] | None
) -> NewAnalysis | None:
    if said is None or one.gear_id is None:
        return None
    gear = await gear_by_id(connection, one.gear_id)
    return read_analysis({**said, "label": said.get("label") or f"{gear.name} {stamp(now())}"})


async def jobs_of(guard: Guard, one: Batch) -> list[Job]:
    """The batch's jobs that the caller may see, of those that were retried the last."""
    rows = await guard.connection.execute(
        select(job).where(of_batch(one.id), visible(guard)).order_by(job.c.id)
    )
    return [as_job(row) for row in rows]


async def job_ids(guard: Guard, one: Batch) -> list[str]:
    """Ids of the same."""
    rows = await guard.connection.execute(
        select(job.c.id).where(of_batch(one.id), visible(guard)).order_by(job.c.id)
    )
    return list(rows.scalars())


async def cancel(guard: Guard, batch_id: str, *, running: bool) -> int:
    """Cancel what waits, and with `running` what is under way: how many."""
    one = await find(guard, batch_id, lock=True)
    if one.state != "running":
        raise WrongState(f"The batch is {one.state}; only a running one can be cancelled.")
    await _require_manager(guard, one)
    by = guard.identity.id or "system"
    cancelled = await ending.cancel_many(guard.connection, of_batch(one.id), by, running=running)
    await _change(guard.connection, one, state="cancelled")
    return cancelled


async def retry_failed(guard: Guard, batch_id: str) -> int:
    """Start again what failed: how many."""
    one = await find(guard, batch_id, lock=True)
    if one.state == "pending":
        raise WrongState("The batch was not started yet.")
    if guard.identity.kind != "user":
        raise Forbidden("Only a user may retry jobs.")
    await _require_manager(guard, one, "files_view_metadata", "files_view_contents")
    retried = 0
    failed = select(job).where(of_batch(one.id), job.c.state == "failed").order_by(job.c.id).limit(_PAGE)
    while rows := (await guard.connection.execute(failed.with_for_update())).all():
        retried += len(await again(guard.connection, [as_job(row) for row in rows], caller(guard)))
    if retried:
        await _change(guard.connection, one, state="running")
    return retried


async def _require_manager(guard: Guard, one: Batch, *reading: Any) -> None:
    """Go on only as one who manages the batch's jobs; with `reading`, who may start them in their projects again."""
    rows = await guard.connection.execute(
        select(job).ext(distinct_on(job.c.project_ids, job.c.user_id)).where(of_batch(one.id))
    )
    for example in map(as_job, rows):
        await require_manager(guard, example)
        if reading:
            for project_id in example.project_ids:
                await guard.require(*reading, project_id=project_id)
            await rights.refuse_locked(guard.connection, example.project_id)


async def _change(connection: AsyncConnection, one: Batch, **values: Any) -> None:
    await connection.execute(update(batch).where(batch.c.id == one.id).values(**values, modified_at=now()))
