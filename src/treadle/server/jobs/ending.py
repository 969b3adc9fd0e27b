"""How a job ends: its state, its key, its outputs and its provenance change in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.metadata import MetadataError, parse
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.keys import delete_job_keys
from treadle.server.catalog.errors import ProjectLocked
from treadle.server.jobs import provenance
from treadle.server.jobs.errors import ContentMissing
from treadle.server.jobs.logs import append, note
from treadle.server.jobs.outputs import Output, place
from treadle.server.jobs.retry import retry_by_itself
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.states import move, tell, tell_all
from treadle.server.jobs.tables import job, job_file
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Refused
from treadle.server.store.db import Database, among
from treadle.server.store.tables import blob
from treadle.server.wire.answer import dumps, stamp

KEPT = timedelta(days=30)  # outputs of failed runs
_BATCH, _MANY = 50, 1000


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an engine says at the end of a run."""

    success: bool
    failure_reason: str | None = None
    files: Sequence[Output] = ()
    metadata: Any = None  # .metadata.json as the gear wrote it
    profile: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)


async def finish(connection: AsyncConnection, running: Job, outcome: Outcome) -> Job:
    """The job, which must be locked, complete with its outputs in place, or failed with them kept aside."""
    await _require_contents(connection, outcome.files)
    if not outcome.success:
        return await fail(connection, running, outcome.failure_reason or "failed", outcome)
    try:
        document, warnings = parse(dumps(outcome.metadata)) if outcome.metadata is not None else ({}, [])
    except MetadataError as error:
        reason = f"metadata_invalid: invalid .metadata.json: {error}"
        return await fail(connection, running, reason, outcome)
    try:
        async with connection.begin_nested():  # all of it, or a failed job
            placed = await place(connection, running, outcome.files, document)
    except (ContainerNotFound, ProjectLocked) as error:
        return await fail(connection, running, f"destination: {error.message}", outcome)
    except Refused as error:
        return await fail(connection, running, f"metadata_invalid: {error.message}", outcome)
    warned = [{"fd": -1, "msg": f"Warning: {text}\n"} for text in (*warnings, *placed.warnings)]
    await append(connection, running.id, warned)
    await connection.execute(delete(job_file).where(job_file.c.job_id == running.id))
    return await _end(
        connection,
        running,
        "complete",
        outcome,
        outputs=placed.outputs,
        produced_metadata=document or None,
    )


async def fail(connection: AsyncConnection, running: Job, reason: str, outcome: Outcome | None = None) -> Job:
    """The failed job; what it made is kept for a while, and another attempt begins when that makes sense."""
    said = outcome or Outcome(success=False)
    await keep_files(connection, running.id, said.files, until=now() + KEPT)
    ended = await _end(
        connection,
        running,
        "failed",
        said,
        failure_reason=reason[:2000],
        produced_metadata=_kept(said.metadata),
    )
    again = await retry_by_itself(connection, ended)
    if again is not None:
        await note(connection, running.id, f"Trying again as job {again}.")
    return ended


def _kept(metadata: Any) -> dict[str, Any] | None:
    return metadata if isinstance(metadata, dict) else None


async def cancel(connection: AsyncConnection, target: Job, by: str) -> Job:
    """The cancelled job; an engine that runs it hears of it with its next heartbeat."""
    return await _end(
        connection, target, "cancelled", Outcome(success=False), failure_reason=f"cancelled_by {by}"
    )


async def cancel_many(
    connection: AsyncConnection, which: ColumnElement[bool], by: str, *, running: bool
) -> int:
    """Cancel the waiting jobs among these, and with `running` those under way: how many."""
    cancelled = 0
    states = ("pending", "running") if running else ("pending",)
    chosen = select(job.c.id).where(which, job.c.state.in_(states)).order_by(job.c.id).limit(_MANY)
    while ids := (await connection.execute(chosen.with_for_update())).scalars().all():
        at = now()
        ended = await connection.execute(
            update(job)
            .where(among(job.c.id, ids))
            .values(
                state="cancelled",
                failure_reason=f"cancelled_by {by}",
                modified_at=at,
                transitions=job.c.transitions.op("||")({"cancelled": stamp(at)}),
            )
            .returning(job)
        )
        jobs = [as_job(row) for row in ended]
        await tell_all(connection, jobs)
        await delete_job_keys(connection, *ids)
        await provenance.write(connection, jobs)
        cancelled += len(jobs)
    return cancelled


async def cancel_below(database: Database, level: str, container_id: str) -> int:
    """Cancel what waits or runs for a container that was deleted, or for anything in it: how many."""
    cancelled = 0
    while count := await _cancel_some(database, level, container_id):
        cancelled += count
    return cancelled


async def _cancel_some(database: Database, level: str, container_id: str) -> int:
    async with database.transaction() as connection:
        rows = await connection.execute(
            select(job)
            .where(job.c[f"{level}_id"] == container_id, job.c.state.in_(("pending", "running")))
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        found = [as_job(row) for row in rows]
        for one in found:
            await cancel(connection, one, f"system: the {level} was deleted")
    return len(found)


async def drop_expired(database: Database) -> None:
    """Forget outputs of failed runs that nobody accepted in time."""
    async with database.transaction() as connection:
        await connection.execute(delete(job_file).where(job_file.c.expires_at < now()))


async def _end(connection: AsyncConnection, target: Job, state: str, outcome: Outcome, **values: Any) -> Job:
    values["profile"] = {**target.profile, **outcome.profile}
    ended = await move(connection, target, state, values=values)
    await delete_job_keys(connection, target.id)
    await provenance.write(connection, [ended], outcome.run)
    return ended


async def keep_files(
    connection: AsyncConnection, job_id: str, files: Sequence[Output], *, until: Any = None
) -> None:
    """Outputs that are not on their destination: of a failed run, or sent before the end of a run is known."""
    if files:
        new = insert(job_file).values(
            [
                {
                    "job_id": job_id,
                    "name": one.name,
                    "blob_sha384": one.sha384,
                    "size": one.size,
                    "expires_at": until,
                }
                for one in files
            ]
        )
        await connection.execute(
            new.on_conflict_do_update(
                index_elements=[job_file.c.job_id, job_file.c.name],
                set_={name: new.excluded[name] for name in ("blob_sha384", "size", "expires_at")},
            )
        )


async def kept_files(connection: AsyncConnection, job_id: str) -> list[Output]:
    """The outputs that are kept aside for the job."""
    rows = await connection.execute(
        select(job_file).where(job_file.c.job_id == job_id).order_by(job_file.c.name)
    )
    return [Output(row.name, row.blob_sha384, row.size) for row in rows]


async def _require_contents(connection: AsyncConnection, files: Sequence[Output]) -> None:
    """The contents of all files are stored, and stay while this transaction lasts."""
    wanted = {one.sha384: one for one in files}
    rows = await connection.execute(
        select(blob.c.sha384, blob.c.size)
        .where(among(blob.c.sha384, wanted))
        .with_for_update(key_share=True, read=True)
    )
    there = {row.sha384: row.size for row in rows}
    missing = [one.name for key, one in wanted.items() if there.get(key) != one.size]
    if missing:
        raise ContentMissing(detail={"files": sorted(missing)})


async def accept_failed(connection: AsyncConnection, failed: Job) -> Job:
    """The failed job with its outputs on their destination and its metadata applied."""
    document, warnings = parse(dumps(failed.produced_metadata)) if failed.produced_metadata else ({}, [])
    placed = await place(connection, failed, await kept_files(connection, failed.id), document)
    await append(
        connection,
        failed.id,
        [{"fd": -1, "msg": f"Warning: {text}\n"} for text in (*warnings, *placed.warnings)],
    )
    await connection.execute(delete(job_file).where(job_file.c.job_id == failed.id))
    row = await connection.execute(
        update(job)
        .where(job.c.id == failed.id)
        .values(
            failed_output_accepted=True,
            outputs=placed.outputs,
            produced_metadata=document or None,
            modified_at=now(),
        )
        .returning(job)
    )
    accepted = as_job(row.one())
    await tell(connection, accepted)
    return accepted
