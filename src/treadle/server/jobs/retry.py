"""The same run again, as a new job: asked for by people, or by the server when the run itself was not to blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import container
from treadle.server.jobs.errors import AlreadyRetried, BadTransition
from treadle.server.jobs.rows import Job
from treadle.server.jobs.starter import Starter
from treadle.server.jobs.states import ENDED, tell_all
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_id
from treadle.server.store.bulk import insert_rows
from treadle.server.store.db import among
from treadle.server.store.outbox import Fact, emit_all
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
    return (await again(connection, [old], starter, provider_id=provider_id, due_at=due_at))[0]


async def again(
    connection: AsyncConnection,
    olds: Sequence[Job],
    starter: Starter,
    *,
    provider_id: str | None = None,
    due_at: datetime | None = None,
) -> list[str]:
    """Ids of the new jobs; the old ones, which must be locked and not retried yet, remember it."""
    at, ids = now(), [new_id() for _ in olds]
    rows = [_row(old, own_id, starter, at) for old, own_id in zip(olds, ids, strict=True)]
    more = {"due_at": due_at} | ({} if provider_id is None else {"compute_provider_id": provider_id})
    await insert_rows(connection, job, [{**row, **more} for row in rows])
    await connection.execute(
        update(job).where(among(job.c.id, [old.id for old in olds])).values(retried_at=at, modified_at=at)
    )
    await _renew_analyses(
        connection, {old.analysis_id: own_id for old, own_id in zip(olds, ids, strict=True)}
    )
    await tell_all(connection, olds)
    await emit_all(
        connection,
        [
            Fact("job.created", {"level": "job", "id": own_id, "count": 1, "project": old.project_id})
            for old, own_id in zip(olds, ids, strict=True)
        ],
    )
    return ids


def _row(old: Job, own_id: str, starter: Starter, at: datetime) -> dict[str, Any]:
    known = asdict(old)
    return {
        **{name: known[name] for name in _SAME},
        "id": own_id,
        "config": {**old.config, "job": {"id": own_id}} if "job" in old.config else old.config,
        "rank": old.priority,
        **starter.columns,
        "previous_job_id": old.id,
        "attempt": old.attempt + 1,
        "created_at": at,
        "modified_at": at,
        "transitions": {"pending": stamp(at)},
    }


async def _renew_analyses(connection: AsyncConnection, jobs: Mapping[str | None, str]) -> None:
    """Analyses name the job that fills them: the new one."""
    made = {analysis_id: own_id for analysis_id, own_id in jobs.items() if analysis_id is not None}
    if made:
        pairs = (
            func.unnest(cast(list(made), ARRAY(Text)), cast(list(made.values()), ARRAY(Text)))
            .table_valued("analysis_id", "job_id")
            .render_derived(name="made")
        )
        await connection.execute(
            update(container)
            .where(container.c.id == pairs.c.analysis_id)
            .values(doc=container.c.doc.op("||")(func.jsonb_build_object("job", pairs.c.job_id)))
        )


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
