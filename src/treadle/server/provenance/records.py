"""The record of a job's run, as the caller may read it (gears.md 11.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.jobs import listing
from treadle.server.jobs.rows import Job
from treadle.server.jobs.tables import provenance
from treadle.server.provenance.errors import RecordMissing


async def read(guard: Guard, job_id: str) -> tuple[Job, dict[str, Any]]:
    """The job and its record."""
    found = await listing.find(guard, job_id)
    chosen = select(provenance.c.record).where(provenance.c.job_id == found.id)
    record = (await guard.connection.execute(chosen)).scalar_one_or_none()
    if record is None:
        raise RecordMissing
    await guard.record("view_job", found.context)
    return found, await _without_hidden_paths(guard, found, record)


async def _without_hidden_paths(guard: Guard, target: Job, record: dict[str, Any]) -> dict[str, Any]:
    """Labels of containers are shown to those who see the containers; ids stand in the job as well."""
    seen = [
        await guard.may("containers_view_metadata", project_id=one)
        for one in (target.project_id, *target.project_ids)
    ]
    if all(seen):
        return record
    places = [*record["inputs"], record["destination"]]
    there = await queries.containers_by_ids(guard.connection, {one["id"] for one in places})
    visible = {one.id for one in there.values() if await rights.sees(guard, one)}
    shown = [one if one["id"] in visible else {**one, "path": None} for one in places]
    return {**record, "inputs": shown[:-1], "destination": shown[-1]}
