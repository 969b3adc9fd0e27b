"""Asking for runs: all checks of gears.md 4, then one row per job. Many at once cost no query per job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.address import ARCHIVE, FOLDER
from treadle.gears.inputs import misfits
from treadle.server.catalog import queries
from treadle.server.catalog.rows import Container
from treadle.server.gears.context import Contexts
from treadle.server.gears.queries import Gear
from treadle.server.gears.suggest import fields_of
from treadle.server.jobs import checks, frozen, inputs, reuse
from treadle.server.jobs.analyses import make_analyses
from treadle.server.jobs.plans import JobRequest, Plan, plan_of
from treadle.server.jobs.rows import Job, new_job
from treadle.server.jobs.starter import Starter
from treadle.server.jobs.tables import job, job_log
from treadle.server.kit.clock import now
from treadle.server.store.bulk import insert_rows
from treadle.server.store.outbox import Fact, emit_all
from treadle.server.wire.answer import stamp


async def request_job(connection: AsyncConnection, request: JobRequest, starter: Starter) -> str:
    """The id of the new job."""
    return (await request_jobs(connection, [request], starter))[0].id


async def request_jobs(
    connection: AsyncConnection, requests: Sequence[JobRequest], starter: Starter
) -> list[Job]:
    """The new jobs, in the order of the requests; nothing is written when one of them is refused."""
    if not requests:
        return []
    gears = await checks.usable_gears(connection, requests, starter)
    for one in requests:
        inputs.check_names(gears[one.gear_id].manifest, one.inputs)
    files = await inputs.resolve(connection, {ref for one in requests for ref in one.inputs.values()})
    await inputs.require_readable(starter, files.values())
    plans = [plan_of(one, gears[one.gear_id], files) for one in requests]
    places = await _places(connection, plans)
    await checks.require_places(connection, plans, places, starter)
    destinations = await _destinations(connection, plans, places, starter)
    made = await _write(connection, plans, places, destinations, starter)
    asked = {plan.id for plan in plans if plan.request.reuse}
    taken = await reuse.take(connection, [one for one in made if one.id in asked], starter)
    return [taken.get(one.id, one) for one in made]


async def _places(connection: AsyncConnection, plans: Sequence[Plan]) -> dict[str, Container]:
    """The containers that the requests name, and those of the input files."""
    return await queries.containers_by_ids(
        connection,
        {plan.place_id for plan in plans}
        | {item.parent_id for plan in plans for item in plan.files.values()},
    )


async def _destinations(
    connection: AsyncConnection, plans: Sequence[Plan], places: Mapping[str, Container], starter: Starter
) -> dict[str, Container]:
    """Where each job's output goes, by job: the place itself or a new analysis on it."""
    made = await make_analyses(
        connection,
        [
            (
                plan.id,
                plan.gear,
                places[plan.place_id],
                plan.request.analysis,
                list(plan.files.values()),
                plan.request.compute_provider_id,
            )
            for plan in plans
            if plan.request.analysis is not None
        ],
        origin=starter.origin,
    )
    return {plan.id: made.get(plan.id) or places[plan.place_id] for plan in plans}


async def _write(
    connection: AsyncConnection,
    plans: Sequence[Plan],
    places: Mapping[str, Container],
    destinations: Mapping[str, Container],
    starter: Starter,
) -> list[Job]:
    with_contexts = [places[plan.place_id] for plan in plans if frozen.has(plan.gear.manifest, "context")]
    contexts = await Contexts.load(connection, with_contexts) if with_contexts else None
    at = now()
    rows = [_row(plan, places, destinations[plan.id], contexts, starter, at) for plan in plans]
    await insert_rows(connection, job, rows)
    await _note_misfits(connection, plans)
    made = [new_job(row) for row in rows]
    by_project: dict[str, list[Job]] = {}
    for one in made:
        by_project.setdefault(one.project_id, []).append(one)
    await emit_all(
        connection,
        [
            Fact("job.created", {"level": "job", "id": jobs[0].id, "count": len(jobs), "project": project})
            for project, jobs in by_project.items()
        ],
    )
    return made


def _needs(gear: Gear) -> set[str]:
    """What an engine must offer: the manifest's words, and a runtime for what there is of the gear."""
    address = str(gear.exchange.get("rootfs-url"))
    is_files = gear.rootfs_sha384 is not None or address.startswith((FOLDER, ARCHIVE))
    return checks.capabilities(gear) | {"sandbox" if is_files else "oci"}


def _row(
    plan: Plan,
    places: Mapping[str, Container],
    destination: Container,
    contexts: Contexts | None,
    starter: Starter,
    at: datetime,
) -> dict[str, Any]:
    request, gear, place, before = plan.request, plan.gear, places[plan.place_id], plan.request.repeats
    related = {value for value in place.ancestors.values() if value}
    related.update(*(item.parents.values() for item in plan.files.values()))
    pinned = before.inputs if before else [inputs.pinned(*item) for item in plan.files.items()]
    config = frozen.config_json(
        plan.id,
        gear.manifest,
        options=plan.options,
        files=plan.files,
        contexts=contexts,
        destination=(destination.level, destination.id),
        place=place,
        before=before.config["inputs"] if before else None,
    )
    return {
        "id": plan.id,
        "gear_id": gear.id,
        "gear_info": gear.info,
        "gear_name": gear.name,
        "label": request.label,
        "tags": list(dict.fromkeys([*request.tags, gear.name])),
        "capabilities": sorted(_needs(gear)),
        "destination_type": destination.level,
        "destination_id": destination.id,
        **destination.ancestors,
        "analysis_id": destination.id if destination.level == "analysis" else None,
        "project_ids": sorted(
            {str(place.project_id), *(item.project_id for item in plan.files.values() if item.project_id)}
        ),
        "related_container_ids": sorted(related | {destination.id}),
        "inputs": pinned,
        "config": config,
        "reuse_key": reuse.key_of(gear, config, pinned, destination.level),
        "priority": request.priority,
        "rank": request.priority,
        "due_at": request.due_at,
        "compute_provider_id": request.compute_provider_id,
        **starter.columns,
        "batch_id": starter.batch_id,
        "previous_job_id": request.previous_job_id,
        "attempt": request.attempt,
        "created_at": at,
        "modified_at": at,
        "transitions": {"pending": stamp(at)},
    }


async def _note_misfits(connection: AsyncConnection, plans: Sequence[Plan]) -> None:
    """A file that the manifest did not mean is taken all the same, and the log says so."""
    notes = []
    for plan in plans:
        records = [
            {"fd": -1, "msg": f"The input '{name}' does not fit the gear's manifest: {reason}\n"}
            for name, item in plan.files.items()
            for reason in misfits(plan.gear.manifest["inputs"][name], fields_of(item))
        ]
        if records:
            notes.append({"job_id": plan.id, "records": records})
    if notes:
        await connection.execute(insert(job_log), notes)
