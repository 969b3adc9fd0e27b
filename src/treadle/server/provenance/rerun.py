"""The same run once more, on what the first one was given: gear, options, context values, file versions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries
from treadle.server.catalog.tables import file
from treadle.server.gears.queries import gears_by_ids
from treadle.server.jobs import frozen
from treadle.server.jobs.analyses import NewAnalysis
from treadle.server.jobs.errors import BadTransition
from treadle.server.jobs.inputs import Ref
from treadle.server.jobs.plans import JobRequest
from treadle.server.jobs.request import request_job
from treadle.server.jobs.rows import Job
from treadle.server.jobs.starter import caller
from treadle.server.jobs.states import ENDED
from treadle.server.jobs.tables import compute_provider
from treadle.server.provenance.errors import NotRepeatable
from treadle.server.store.db import among


@dataclass(frozen=True)
class Rerun:
    """The new job; `reproducible` unless what it reads is not all in its record."""

    job_id: str
    reproducible: bool


async def rerun(guard: Guard, old: Job, *, provider_id: str | None = None) -> Rerun:
    """A new job like an ended one. Its output goes where that of the old one went; an analysis is made anew."""
    if old.state not in ENDED:
        raise BadTransition(f"The job is {old.state}; a run can be repeated when it has ended.")
    provider_id = provider_id or old.compute_provider_id
    gone, analysis, place_id = await _gone(guard, old, provider_id)
    if gone:
        raise NotRepeatable(f"This run cannot be repeated: {'; '.join(gone)}.", detail={"gone": gone})
    request = JobRequest(
        gear_id=old.gear_id,
        inputs={one["input"]: Ref(file_id=one["file_id"], version=one["version"]) for one in old.inputs},
        config=old.config.get("config", {}),
        destination_id=place_id,
        analysis=analysis,
        tags=old.tags,
        label=old.label,
        compute_provider_id=provider_id,
        previous_job_id=old.id,
        repeats=old,
    )
    made = await request_job(guard.connection, request, caller(guard))
    manifest = (await gears_by_ids(guard.connection, {old.gear_id}))[old.gear_id].manifest
    return Rerun(made, reproducible=not frozen.has(manifest, "api-key"))


async def _gone(
    guard: Guard, old: Job, provider_id: str | None
) -> tuple[list[str], NewAnalysis | None, str | None]:
    """What is missing, each in words; the analysis to make and the container of the output."""
    gone: list[str] = []
    gear = (await gears_by_ids(guard.connection, {old.gear_id})).get(old.gear_id)
    if gear is None or not gear.is_usable:
        gone.append(f"the gear '{old.gear_name}' {old.gear_info['version']} is deleted or switched off")
    pinned = {one["version_id"]: one for one in old.inputs}
    rows = await guard.connection.execute(
        select(file.c.id).where(among(file.c.id, pinned), file.c.deleted_at.is_(None))
    )
    there = set(rows.scalars())
    gone += [
        f"version {one['version']} of the input '{one['input']}' ({one['name']}) is deleted"
        for key, one in pinned.items()
        if key not in there
    ]
    analysis, place_id = await _place(guard, old)
    if place_id is None:
        gone.append(f"the {old.destination_type} that the output went to is deleted")
    if provider_id is not None and not await _offered(guard, provider_id):
        gone.append("the engine it was meant for is gone (name another as 'compute_provider_id')")
    return gone, analysis, place_id


async def _place(guard: Guard, old: Job) -> tuple[NewAnalysis | None, str | None]:
    places = await queries.containers_by_ids(guard.connection, {old.destination_id})
    found = places.get(old.destination_id)
    if found is None:
        return None, None
    if found.level != "analysis":
        return None, found.id
    said = NewAnalysis(label=found.label, description=found.doc.get("description"), tags=found.tags)
    return said, found.parent_id


async def _offered(guard: Guard, provider_id: str) -> bool:
    chosen = select(compute_provider.c.id).where(compute_provider.c.id == provider_id)
    return (await guard.connection.execute(chosen)).scalar_one_or_none() is not None
