"""The queue: one statement hands out one job, however long the backlog is (gears.md 13).

The backlog is never sorted. A loose index scan walks the projects that have waiting jobs, each project shows its
first job that fits, and of these heads the best is locked and taken; what others have locked is skipped. Order:
rank (priority, raised by long waiting), then the project with the fewest running jobs for its share, then age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.rows import dict_row
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.jobs.rows import Job, job_of
from treadle.server.jobs.states import PRIORITIES, tell
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_id, new_secret
from treadle.server.store.db import driver_of
from treadle.server.wire.answer import stamp

LEASE = timedelta(seconds=100)
STEP = timedelta(hours=6)  # of waiting, for which a job gains one priority


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Most jobs that run at once, each None for no limit."""

    per_project: int | None = None
    per_user: int | None = None
    per_gear: int | None = None
    per_provider: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an engine takes: of each white list that is given one entry must fit, of a black list none may."""

    white: Mapping[str, Sequence[str]]
    black: Mapping[str, Sequence[str]]
    capabilities: Sequence[str] = ()
    device_id: str | None = None  # whose compute provider jobs may name


KEYS = ("group", "gear-name", "tag", "compute-provider", "created-by")
_COLUMNS = {
    "group": "j.group_id = any(%({0})s)",
    "gear-name": "j.gear_name = any(%({0})s)",
    "tag": "j.tags && %({0})s::text[]",
    "compute-provider": "coalesce(j.compute_provider_id = any(%({0})s), false)",
    "created-by": "coalesce(j.origin_id = any(%({0})s), false)",
}


def _filters(wish: Wish, limits: Limits) -> tuple[str, dict[str, Any]]:
    conditions = [
        "(j.due_at IS NULL OR j.due_at <= now())",
        "j.capabilities <@ %(capabilities)s::text[]",
        "(j.compute_provider_id IS NULL OR j.compute_provider_id = "
        "(SELECT p.id FROM compute_provider p WHERE p.device_id = %(device)s::text))",
    ]
    values: dict[str, Any] = {"capabilities": list(wish.capabilities), "device": wish.device_id}
    for number, key in enumerate(KEYS):
        for kind, lists, form in (("w", wish.white, "({})"), ("b", wish.black, "NOT ({})")):
            if lists.get(key):
                name = f"{kind}{number}"
                conditions.append(form.format(_COLUMNS[key].format(name)))
                values[name] = list(lists[key])
    for column, limit in (("origin_id", limits.per_user), ("gear_name", limits.per_gear)):
        if limit is not None:
            conditions.append(
                f"coalesce(j.{column} <> ALL (ARRAY(SELECT r.{column} FROM job r WHERE r.state = 'running' "
                f"AND r.{column} IS NOT NULL GROUP BY 1 HAVING count(*) >= %(most_{column})s)), true)"
            )
            values[f"most_{column}"] = limit
    return " AND ".join(conditions), values


_HEADS = """
WITH RECURSIVE waiting(project_id) AS (
    (SELECT project_id FROM job WHERE state = 'pending' ORDER BY project_id LIMIT 1)
    UNION ALL
    SELECT (SELECT j.project_id FROM job j WHERE j.state = 'pending' AND j.project_id > w.project_id
            ORDER BY j.project_id LIMIT 1)
    FROM waiting w WHERE w.project_id IS NOT NULL
), running AS (
    SELECT project_id, count(*) AS jobs FROM job WHERE state = 'running' GROUP BY project_id
), heads AS MATERIALIZED (
    SELECT w.project_id, head.rank, head.created_at, coalesce(r.jobs, 0) / coalesce(s.share, 1) AS load
    FROM waiting w
    LEFT JOIN running r ON r.project_id = w.project_id
    LEFT JOIN project_share s ON s.project_id = w.project_id
    CROSS JOIN LATERAL (
        SELECT j.rank, j.created_at FROM job j
        WHERE j.state = 'pending' AND j.project_id = w.project_id AND {filters}
        ORDER BY j.rank DESC, j.created_at, j.id LIMIT 1
    ) head
    WHERE w.project_id IS NOT NULL
      AND coalesce(r.jobs, 0) < coalesce(s.max_running, %(per_project)s::int, 2147483647)
    ORDER BY head.rank DESC, load, head.created_at
)
"""
_PICK = """
SELECT taken.id FROM heads h CROSS JOIN LATERAL (
    SELECT j.id FROM job j
    WHERE j.state = 'pending' AND j.project_id = h.project_id AND {filters}
    ORDER BY j.rank DESC, j.created_at, j.id LIMIT {most} {lock}
) taken
LIMIT {most}
"""
# A claim does not wait for the disk, nor do others for its turn there: a power cut that makes the database forget it
# leaves a job that waits as before, and an engine whose lease counts for nothing (docs/decisions/0031).
_GIVE = """
UPDATE job SET state = 'running', lease = %(lease)s, lease_until = %(until)s, engine_id = %(engine)s,
               modified_at = %(at)s, transitions = job.transitions || jsonb_build_object('running', %(stamp)s::text)
WHERE job.id = ({picked}) RETURNING job.*, set_config('synchronous_commit', 'off', true)
"""


def _statement(wish: Wish, limits: Limits, pick: str) -> tuple[str, dict[str, Any]]:
    """The heads of all projects, and what is done with them."""
    filters, values = _filters(wish, limits)
    values["per_project"] = limits.per_project
    return (_HEADS + pick).replace("{filters}", filters), values


async def claim(
    connection: AsyncConnection, wish: Wish, limits: Limits, *, engine_id: str | None
) -> Job | None:
    """The next job for this engine, now running and leased to it; None when there is none."""
    if limits.per_provider is not None and await _held(connection, engine_id) >= limits.per_provider:
        return None
    pick = _PICK.format(filters="{filters}", most=1, lock="FOR UPDATE SKIP LOCKED")
    statement, values = _statement(wish, limits, _GIVE.format(picked=pick))
    return await _give(connection, statement, values, engine_id)


async def claim_one(connection: AsyncConnection, job_id: str, *, engine_id: str | None) -> Job | None:
    """This job, when it waits: for a program that was sent for it; None when it does not."""
    pick = "SELECT id FROM job WHERE id = %(id)s AND state = 'pending' FOR UPDATE"
    return await _give(connection, _GIVE.format(picked=pick), {"id": job_id}, engine_id)


async def _give(
    connection: AsyncConnection, statement: str, values: dict[str, Any], engine_id: str | None
) -> Job | None:
    at = now()
    lease = {"lease": new_id() + new_secret(16), "until": at + LEASE, "at": at, "stamp": stamp(at)}
    # By the driver itself: this is the hottest statement of a busy site.
    cursor = driver_of(connection).cursor(row_factory=dict_row)
    await cursor.execute(statement.encode(), {**values, **lease, "engine": engine_id})
    row = await cursor.fetchone()
    if row is None:
        return None
    given = job_of(row)
    await tell(connection, given)
    return given


async def peek(connection: AsyncConnection, wish: Wish, limits: Limits, *, most: int) -> list[Job]:
    """Jobs that could be claimed, without claiming them."""
    pick = _PICK.format(filters="{filters}", most=int(most), lock="")
    statement, values = _statement(wish, limits, f"SELECT * FROM job WHERE id IN ({pick}) ORDER BY id")
    cursor = driver_of(connection).cursor(row_factory=dict_row)
    await cursor.execute(statement.encode(), values)
    return [job_of(row) for row in await cursor.fetchall()]


async def _held(connection: AsyncConnection, engine_id: str | None) -> int:
    running = select(func.count()).where(job.c.state == "running", job.c.engine_id == engine_id)
    return int((await connection.execute(running)).scalar_one())


async def raise_old(connection: AsyncConnection) -> int:
    """Give jobs that have waited long the rank of more urgent ones: how many."""
    steps = func.floor(func.extract("epoch", func.now() - job.c.created_at) / STEP.total_seconds())
    wanted = func.least(len(PRIORITIES) - 1, job.c.priority + steps)
    raised = await connection.execute(
        update(job)
        .where(job.c.state == "pending", job.c.created_at < func.now() - STEP, job.c.rank < wanted)
        .values(rank=wanted)
    )
    return int(raised.rowcount)


async def counts(connection: AsyncConnection, wish: Wish | None = None) -> dict[str, int]:
    """How many jobs are in each state, of those the wish means."""
    found = dict.fromkeys(("pending", "running", "failed", "complete", "cancelled"), 0)
    filters, values = _filters(wish, Limits()) if wish is not None else ("true", {})
    rows = await driver_of(connection).execute(
        f"SELECT j.state, count(*) FROM job j WHERE {filters} GROUP BY 1".encode(),
        values,
    )
    return found | dict(await rows.fetchall())
