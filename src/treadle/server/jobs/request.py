"""Asking for runs: all checks of gears.md 4, then one row per job. Many at once cost no query per job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.config import ConfigError, complete
from treadle.gears.inputs import misfits
from treadle.server.access.actions import Action
from treadle.server.access.errors import ContainerNotFound
from treadle.server.catalog import queries, rights
from treadle.server.catalog.rows import Container, File
from treadle.server.gears.context import Contexts
from treadle.server.gears.errors import GearMissing, GearRestricted
from treadle.server.gears.queries import Gear, gears_by_ids
from treadle.server.gears.restriction import may_use
from treadle.server.gears.suggest import fields_of
from treadle.server.jobs import frozen, inputs, reuse
from treadle.server.jobs.analyses import NewAnalysis, make_analyses
from treadle.server.jobs.errors import BadConfig, BadDestination, BadInput, GearUnusable
from treadle.server.jobs.inputs import Ref
from treadle.server.jobs.rows import Job
from treadle.server.jobs.starter import Starter
from treadle.server.jobs.states import PRIORITIES
from treadle.server.jobs.tables import compute_provider, job, job_log
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.kit.ids import new_id
from treadle.server.store.outbox import Fact, emit_all
from treadle.server.wire.answer import stamp

_UTILITY: tuple[Action, ...] = ("jobs_manage", "files_create_single", "files_modify_metadata")
_ANALYSIS: tuple[Action, ...] = ("analyses_create_job",)
_PLACES = ("acquisition", "session", "subject", "project")
# Offered by engines, or asked for by the manifest and granted by how the run is started.
CAPABILITIES = frozenset({"networking", "cuda"})
_ROWS = 1000


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """One run that is asked for; with `analysis` its output becomes a new analysis on the destination."""

    gear_id: str
    inputs: Mapping[str, Ref] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    destination_type: str | None = None
    destination_id: str | None = None
    analysis: NewAnalysis | None = None
    tags: Sequence[str] = ()
    priority: int = 1
    label: str | None = None
    compute_provider_id: str | None = None
    previous_job_id: str | None = None
    attempt: int = 1
    due_at: datetime | None = None
    reuse: bool = False  # take the outputs of an identical run that there was
    repeats: Job | None = None  # an earlier run whose frozen inputs and contexts are taken as they are


async def request_job(connection: AsyncConnection, request: JobRequest, starter: Starter) -> str:
    """The id of the new job."""
    return (await request_jobs(connection, [request], starter))[0]


async def request_jobs(
    connection: AsyncConnection, requests: Sequence[JobRequest], starter: Starter
) -> list[str]:
    """Ids of the new jobs, in the order of the requests; nothing is written when one of them is refused."""
    if not requests:
        return []
    gears = await _gears(connection, requests, starter)
    for one in requests:
        inputs.check_names(gears[one.gear_id].manifest, one.inputs)
    files = await inputs.resolve(connection, {ref for one in requests for ref in one.inputs.values()})
    await inputs.require_readable(starter, files.values())
    plans = [_plan(one, gears[one.gear_id], files) for one in requests]
    places = await _places(connection, plans)
    await _check_places(connection, plans, places, starter)
    destinations = await _destinations(connection, plans, places, starter)
    ids = await _write(connection, plans, places, destinations, starter)
    await reuse.take(connection, [plan.id for plan in plans if plan.request.reuse], starter)
    return ids


@dataclass(frozen=True)
class _Plan:
    """A request with what it means."""

    id: str
    request: JobRequest
    gear: Gear
    files: Mapping[str, File]
    options: Mapping[str, Any]
    place_id: str


async def _gears(
    connection: AsyncConnection, requests: Sequence[JobRequest], starter: Starter
) -> dict[str, Gear]:
    gears = await gears_by_ids(connection, {one.gear_id for one in requests})
    offered: frozenset[str] | None = None
    for one in requests:
        gear = gears.get(one.gear_id)
        if gear is None:
            raise GearMissing
        if not gear.is_usable:
            raise GearUnusable(f"The gear '{gear.name}' {gear.version} is switched off and cannot be run.")
        if (gear.category == "analysis") != (one.analysis is not None):
            raise BadDestination(
                f"'{gear.name}' is an analysis gear: start it by POST .../analyses on the container."
                if one.analysis is None
                else f"'{gear.name}' is no analysis gear: start it by POST /jobs/add."
            )
        if not CAPABILITIES.issuperset(wanted := _capabilities(gear)):
            offered = offered if offered is not None else await _offered(connection)
            if unknown := wanted - CAPABILITIES - offered:
                raise GearUnusable(
                    f"No engine here offers what the gear needs: {', '.join(sorted(unknown))}."
                )
    if starter.guard is None and not starter.has_rights and any(_has_key(one) for one in gears.values()):
        raise BadInput("A gear with an API key needs a user, or a rule with a role.")
    return gears


def _has_key(gear: Gear) -> bool:
    return frozen.has(gear.manifest, "api-key")


def _capabilities(gear: Gear) -> set[str]:
    return set(map(str, gear.manifest.get("capabilities") or ()))


def _needs(gear: Gear) -> set[str]:
    """What an engine must offer: the manifest's words, and a runtime for what there is of the gear."""
    image = str(gear.exchange.get("rootfs-url") or "").startswith("docker:") or gear.rootfs_sha384 is None
    runtime = {"oci"} if image else {"sandbox"}
    return _capabilities(gear) | runtime


async def _offered(connection: AsyncConnection) -> frozenset[str]:
    rows = await connection.execute(select(compute_provider.c.config["capabilities"]))
    return frozenset(str(word) for given in rows.scalars() for word in given or ())


def _plan(request: JobRequest, gear: Gear, files: Mapping[Ref, File]) -> _Plan:
    try:
        options = complete(gear.manifest, dict(request.config))
    except ConfigError as error:
        raise BadConfig(error.key, error.reason) from None
    own = {name: files[ref] for name, ref in request.inputs.items()}
    first = next((own[name] for name in gear.manifest["inputs"] if name in own), None)
    place_id = request.destination_id or (first.parent_id if first else None)
    if place_id is None:
        raise BadDestination(
            "Say where the output goes: the gear has no input whose container could be taken."
        )
    return _Plan(new_id(), request, gear, own, options, place_id)


async def _places(connection: AsyncConnection, plans: Sequence[_Plan]) -> dict[str, Container]:
    """The containers that the requests name, and those of the input files."""
    return await queries.containers_by_ids(
        connection,
        {plan.place_id for plan in plans}
        | {item.parent_id for plan in plans for item in plan.files.values()},
    )


def rights_for(*, analysis: bool) -> tuple[Action, ...]:
    """What whoever asks for a run must be allowed where its output goes."""
    return _ANALYSIS if analysis else _UTILITY


async def _check_places(
    connection: AsyncConnection, plans: Sequence[_Plan], places: Mapping[str, Container], starter: Starter
) -> None:
    asked: set[tuple[str | None, bool]] = set()
    for plan in plans:
        place = places.get(plan.place_id)
        if place is None:
            raise ContainerNotFound
        said = plan.request.destination_type
        if said not in (None, "container", place.level):
            raise BadDestination(f"The destination is no {said} but a {place.level}.")
        if place.level not in _PLACES:
            raise BadDestination(
                f"The output of a gear cannot go to a {place.level}; choose {', '.join(_PLACES)}."
            )
        as_analysis = plan.request.analysis is not None
        guard = starter.guard
        if guard is not None and (place.project_id, as_analysis) not in asked:
            await rights.require(guard, place, *rights_for(analysis=as_analysis))
            asked.add((place.project_id, as_analysis))
        if guard is not None and not may_use(plan.gear, guard.identity, place.project_id):
            raise GearRestricted
        if _has_key(plan.gear) and not starter.has_rights:
            raise BadInput("A gear with an API key input can only be started by a user.")
        if PRIORITIES[plan.request.priority] == "critical" and guard and not guard.identity.is_site_admin:
            raise Forbidden("The priority 'critical' is for site administrators.")
    await _check_providers(connection, {plan.request.compute_provider_id for plan in plans})


async def _check_providers(connection: AsyncConnection, ids: Iterable[str | None]) -> None:
    wanted = {one for one in ids if one is not None}
    if wanted:
        rows = await connection.execute(
            select(compute_provider.c.id).where(compute_provider.c.id.in_(wanted))
        )
        if missing := wanted - set(rows.scalars()):
            raise Invalid(f"There is no compute provider '{missing.pop()}'.")


async def _destinations(
    connection: AsyncConnection, plans: Sequence[_Plan], places: Mapping[str, Container], starter: Starter
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
    plans: Sequence[_Plan],
    places: Mapping[str, Container],
    destinations: Mapping[str, Container],
    starter: Starter,
) -> list[str]:
    with_contexts = [places[plan.place_id] for plan in plans if frozen.has(plan.gear.manifest, "context")]
    contexts = await Contexts.load(connection, with_contexts) if with_contexts else None
    at = now()
    for start in range(0, len(plans), _ROWS):
        rows = [
            _row(plan, places, destinations[plan.id], contexts, starter, at)
            for plan in plans[start : start + _ROWS]
        ]
        await connection.execute(insert(job), rows)
    await _note_misfits(connection, plans)
    counts: dict[str, list[str]] = {}
    for plan in plans:
        counts.setdefault(str(destinations[plan.id].project_id), []).append(plan.id)
    await emit_all(
        connection,
        [
            Fact("job.created", {"level": "job", "id": ids[0], "count": len(ids), "project": project})
            for project, ids in counts.items()
        ],
    )
    return [plan.id for plan in plans]


def _row(
    plan: _Plan,
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


async def _note_misfits(connection: AsyncConnection, plans: Sequence[_Plan]) -> None:
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
