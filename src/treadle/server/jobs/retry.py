"""The same run again, as a new job: asked for by people, or by the server when the run itself was not to blame."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import container
from treadle.server.jobs.errors import AlreadyRetried, BadTransition
from treadle.server.jobs.rows import Job
from treadle.server.jobs.starter import Starter
from treadle.server.jobs.states import ENDED, tell
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_id
from treadle.server.store.outbox import Fact, emit
from treadle.server.wire.answer import stamp

MOST_ATTEMPTS = 3
PAUSES = (timedelta(seconds=10), timedelta(seconds=60))
# Codes of failures that say nothing about the gear.
INFRASTRUCTURE = ("engine_lost", "image_pull", "input_transfer", "output_upload", "preempted", "node_fail")
_SAME = (
    *("gear_id", "gear_info", "gear_name", "label", "tags", "capabilities", "destination_type"),
    *(
        "destination_id",
        "group_id",
        "project_id",
        "subject_id",
        "session_id",
        "acquisition_id",
        "analysis_id",
    ),
    *("project_ids", "related_container_ids", "inputs", "priority", "compute_provider_id", "batch_id"),
)


async def retry(
    connection: AsyncConnection,
    old: Job,
    starter: Starter,
    *,
    any_state: bool = False,
    provider_id: str | None = None,
    due_at: datetime | None = None,
) -> str:
    """The id of the new job; the old one, which must be locked, remembers that it was retried."""
    if old.state not in (ENDED if any_state else ("failed",)):
        raise BadTransition(f"A job that is {old.state} cannot be retried.")
    if old.retried_at is not None:
        raise AlreadyRetried(f"The job has been retried already as {await _successor(connection, old)}.")
    at, own_id = now(), new_id()
    known = asdict(old)
    row: dict[str, Any] = {
        **{name: known[name] for name in _SAME},
        "id": own_id,
        "config": {**old.config, "job": {"id": own_id}} if "job" in old.config else old.config,
        "rank": old.priority,
        "due_at": due_at,
        "origin_type": starter.origin[0],
        "origin_id": starter.origin[1],
        "user_id": starter.user_id,
        "scope": starter.scope,
        "rule_id": starter.rule_id,
        "role_id": starter.role_id,
        "previous_job_id": old.id,
        "attempt": old.attempt + 1,
        "created_at": at,
        "modified_at": at,
        "transitions": {"pending": stamp(at)},
    }
    if provider_id is not None:
        row["compute_provider_id"] = provider_id
    await connection.execute(insert(job).values(row))
    await connection.execute(update(job).where(job.c.id == old.id).values(retried_at=at, modified_at=at))
    if old.analysis_id is not None:
        await connection.execute(
            update(container)
            .where(container.c.id == old.analysis_id)
            .values(doc=container.c.doc.op("||")({"job": own_id}))
        )
    await tell(connection, old)
    await emit(
        connection,
        Fact("job.created", {"level": "job", "id": own_id, "count": 1, "project": old.project_id}),
    )
    return own_id


async def retry_by_itself(connection: AsyncConnection, failed: Job) -> str | None:
    """The id of the next attempt, when it was not the gear that failed and attempts are left."""
    code = (failed.failure_reason or "").partition(":")[0]
    if code not in INFRASTRUCTURE or failed.attempt >= MOST_ATTEMPTS:
        return None
    return await retry(
        connection,
        failed,
        Starter(
            origin=(failed.origin_type, failed.origin_id),
            user_id=failed.user_id,
            scope=failed.scope,
            rule_id=failed.rule_id,
            role_id=failed.role_id,
        ),
        due_at=now() + PAUSES[failed.attempt - 1],
    )


async def _successor(connection: AsyncConnection, old: Job) -> str:
    again = (job.c.previous_job_id == old.id) & (job.c.attempt > old.attempt)
    found = await connection.execute(select(job.c.id).where(again).order_by(job.c.id.desc()).limit(1))
    return str(found.scalar_one_or_none())
