"""States of a job and the ways between them (gears.md 6): each is one conditional update, the loser gets 409."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.jobs.errors import BadTransition, JobNotFound
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.tables import STATES, job
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.store.outbox import Fact, emit_all
from treadle.server.wire.answer import stamp

PRIORITIES = ("low", "medium", "high", "critical")
ENDED = ("complete", "failed", "cancelled")
_FROM = {
    "running": ("pending",),
    "cancelled": ("pending", "running"),
    "failed": ("running",),
    "complete": ("running",),
}


def priority_of(word: Any) -> int:
    """The place of a priority; medium when nothing is said."""
    if word is None:
        return PRIORITIES.index("medium")
    if word not in PRIORITIES:
        raise Invalid(f"'priority' must be one of: {', '.join(PRIORITIES)}.")
    return PRIORITIES.index(word)


def check_state(word: Any) -> str:
    """A state by its name."""
    if word not in STATES:
        raise Invalid(f"'state' must be one of: {', '.join(STATES)}.")
    return str(word)


async def find_job(connection: AsyncConnection, job_id: str, *, lock: bool = False) -> Job:
    """The job of this id; locked, nobody else changes it until the transaction ends."""
    chosen = select(job).where(job.c.id == job_id)
    row = (await connection.execute(chosen.with_for_update() if lock else chosen)).one_or_none()
    if row is None:
        raise JobNotFound
    return as_job(row)


async def move(
    connection: AsyncConnection,
    target: Job,
    state: str,
    *,
    sources: tuple[str, ...] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Job:
    """The job in its new state; BadTransition when somebody was faster or the way does not exist."""
    at = now()
    row = (
        await connection.execute(
            update(job)
            .where(job.c.id == target.id, job.c.state.in_(sources or _FROM.get(state, ())))
            .values(
                state=state,
                modified_at=at,
                transitions=job.c.transitions.op("||")({state: stamp(at)}),
                **(values or {}),
            )
            .returning(job)
        )
    ).one_or_none()
    if row is None:
        there = await find_job(connection, target.id)
        raise BadTransition(f"A job that is {there.state} cannot become {state}.")
    moved = as_job(row)
    await tell(connection, moved)
    return moved


async def tell(connection: AsyncConnection, target: Job) -> None:
    """Let everybody who listens know that the job changed."""
    await tell_all(connection, [target])


async def tell_all(connection: AsyncConnection, targets: Sequence[Job]) -> None:
    """Let everybody who listens know that these jobs changed: one fact for all of a project."""
    alike: dict[tuple[str, str], list[Job]] = {}
    for one in targets:
        alike.setdefault((one.project_id, one.state), []).append(one)
    facts = [
        Fact(
            "job.changed",
            {
                "level": "job",
                "id": jobs[0].id,
                "count": len(jobs),
                "state": state,
                "project": project,
                "parents": dict(set.intersection(*({*one.parents.items()} for one in jobs))),
            },
        )
        for (project, state), jobs in alike.items()
    ]
    await emit_all(connection, facts)
