"""Who holds a running job: engines report in, what nobody reports on is given up (gears.md 6)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.jobs import ending
from treadle.server.jobs.claim import LEASE
from treadle.server.jobs.errors import LeaseLost
from treadle.server.jobs.logs import note
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.states import find_job
from treadle.server.jobs.tables import engine_ticket, job
from treadle.server.kit.clock import now
from treadle.server.store.db import Database

SILENT = "The job did not report in for a long time and was canceled."
_COMPLETING = timedelta(hours=1)
_BATCH = 50


async def held(guard: Guard, job_id: str, lease: str | None, *, lock: bool = False) -> Job:
    """The running job of this engine; LeaseLost when it is another's by now, or has ended."""
    guard.require_engine()
    found = await find_job(guard.connection, job_id, lock=lock)
    require_holder(guard, found, lease)
    return found


def require_holder(guard: Guard, found: Job, lease: str | None) -> None:
    """Go on only with the lease of the job; programs that know no leases are known by their device."""
    if lease is not None:
        mine = found.lease == lease
    else:
        mine = guard.identity.is_site_admin or found.engine_id == guard.identity.id
    if found.state != "running" or not mine:
        raise LeaseLost(f"The job {found.id} is {found.state} and not yours.", detail={"state": found.state})


async def renew(connection: AsyncConnection, target: Job) -> None:
    """The engine is there: the lease starts again."""
    await connection.execute(
        update(job).where(job.c.id == target.id, job.c.state == "running").values(lease_until=now() + LEASE)
    )


async def reap(database: Database) -> int:
    """Fail the jobs whose engines have fallen silent, but for those that are about to complete: how many."""
    orphaned = 0
    while count := await _reap_some(database):
        orphaned += count
    return orphaned


async def _reap_some(database: Database) -> int:
    completing = (
        select(engine_ticket.c.id)
        .where(
            engine_ticket.c.job_id == job.c.id,
            engine_ticket.c.result.is_(None),
            engine_ticket.c.created_at > now() - _COMPLETING,
        )
        .exists()
    )
    async with database.transaction() as connection:
        rows = await connection.execute(
            select(job)
            .where(job.c.state == "running", job.c.lease_until < now(), ~completing)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        lost = [as_job(row) for row in rows]
        for one in lost:
            await note(connection, one.id, SILENT)
            await ending.fail(connection, one, f"engine_lost: {SILENT}")
    return len(lost)
