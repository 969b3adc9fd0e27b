"""Endpoints of engines: ask for work, fetch what it needs, report in (gears.md 7)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from treadle.server.access.guard import Guard, Guards, ScopedGuard, UserGuards
from treadle.server.access.wire import key_text
from treadle.server.catalog.rows import File, as_file
from treadle.server.catalog.tables import file
from treadle.server.catalog.wire import file_hash
from treadle.server.delivery.content import content_answer, plain
from treadle.server.delivery.live import EventHub, Subscription
from treadle.server.gears.queries import Gear, gears_by_ids
from treadle.server.jobs import claim, ending, frozen, keys, leases
from treadle.server.jobs.errors import BadInput
from treadle.server.jobs.models import Asked, ClaimedJob, ComputeProvider, Count, Renewed
from treadle.server.jobs.networks import Allowed, read_allowed
from treadle.server.jobs.rows import Job
from treadle.server.jobs.states import check_state, find_job
from treadle.server.jobs.tables import compute_provider
from treadle.server.jobs.wire import claimed_doc, provider_doc
from treadle.server.jobs.wishes import Ask, limits_of, read_ask
from treadle.server.kit.clock import now
from treadle.server.kit.errors import BadRequest, Forbidden, Invalid
from treadle.server.kit.ids import new_id
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.http import public_base
from treadle.server.wire.routing import Router

router = Router(tags=["engines"])

_LOOK_AGAIN_S = 5.0  # jobs whose time comes are told of by nobody
_KINDS = ("sandbox", "oci", "local", "apptainer", "slurm", "sge", "lsf", "pbs", "k8s")


@router.put("/engine/self", response_model=ComputeProvider, operation_id="register_engine")
async def register(guard: ScopedGuard, body: ObjectBody) -> Response:
    """An engine names itself and what it can: jobs may then be sent to it as a compute provider."""
    guard.require_engine()
    if not guard.identity.is_engine:
        raise Forbidden("Only a device of type 'engine' may do this, with its own key.")
    label, kind = body.get("label") or body.get("name"), body.get("kind")
    if not isinstance(label, str) or len(label) > 255 or kind not in _KINDS:
        raise Invalid(f"An engine has a 'label' and a 'kind', one of: {', '.join(_KINDS)}.")
    config = body.get("config")
    new = insert(compute_provider).values(
        id=new_id(),
        device_id=guard.identity.id,
        label=label,
        kind=kind,
        config={
            **(config if isinstance(config, dict) else {}),
            "capabilities": body.get("capabilities") or [],
        },
    )
    row = await guard.connection.execute(
        new.on_conflict_do_update(
            index_elements=[compute_provider.c.device_id],
            set_={name: new.excluded[name] for name in ("label", "kind", "config")} | {"modified_at": now()},
        ).returning(*compute_provider.c)
    )
    return json_answer(provider_doc(row.one()))


@router.post("/jobs/ask", response_model=Asked, operation_id="ask_jobs")
async def ask_jobs(request: Request, guards: UserGuards, client: ClientDialect, body: ObjectBody) -> Response:
    """Jobs for this engine, now running and leased to it; waits up to `wait` seconds for the first."""
    hub: EventHub = request.app.state.events
    subscription = hub.subscribe()
    try:
        return await _asked(request, guards, client, body, subscription)
    finally:
        hub.unsubscribe(subscription)


async def _asked(
    request: Request, guards: Guards, client: ClientDialect, body: dict[str, Any], news: Subscription
) -> Response:
    end = time.monotonic() + float(body["wait"]) if isinstance(body.get("wait"), int | float) else 0.0
    while True:
        async with guards() as guard:
            guard.require_engine()
            ask = read_ask(body, device_id=guard.identity.id)
            documents = await _take(request, guard, ask, client)
            states = await claim.counts(guard.connection, ask.wish) if ask.states else None
        left = end - time.monotonic()
        if documents or ask.jobs == 0 or ask.peek or left <= 0 or await request.is_disconnected():
            return json_answer({"jobs": documents, "states": states})
        await _news(news, min(left, _LOOK_AGAIN_S))


async def _news(subscription: Subscription, longest_s: float) -> None:
    """Until a job is asked for, or the time is over."""
    try:
        async with asyncio.timeout(longest_s):
            while True:
                event = await subscription.queue.get()
                if event is None or event.name == "job.created":
                    return
    except TimeoutError:
        return


async def _take(request: Request, guard: Guard, ask: Ask, client: Client) -> list[dict[str, Any]]:
    limits = limits_of(request.app.state.settings.jobs)
    if ask.peek:
        seen = await claim.peek(guard.connection, ask.wish, limits, most=ask.jobs)
        gears = await gears_by_ids(guard.connection, {one.gear_id for one in seen})
        allowed = await read_allowed(guard.connection)
        return [claimed_doc(one, gears.get(one.gear_id), allowed, client) for one in seen]
    engine = guard.identity.id if guard.identity.is_engine else None
    known: dict[str, Gear] = {}
    site: Allowed | None = None
    taken: list[dict[str, Any]] = []
    while len(taken) < ask.jobs:
        found = await claim.claim(guard.connection, ask.wish, limits, engine_id=engine)
        if found is None:
            break
        if found.gear_id not in known:
            known |= await gears_by_ids(guard.connection, {found.gear_id})
        gear = known.get(found.gear_id)
        if gear is not None and gear.is_usable:
            site = site or await read_allowed(guard.connection)
            taken.append(claimed_doc(found, gear, site, client))
        else:
            await ending.fail(guard.connection, found, "gear_disabled: The gear was switched off meanwhile.")
    return taken


@router.post("/jobs/ask/{state}", response_model=Count, operation_id="ask_jobs_state")
async def ask_state(state: str, guard: ScopedGuard, body: ObjectBody) -> Response:
    """How many jobs of this state an engine with these wishes would see."""
    guard.require_engine()
    ask = read_ask(body, device_id=guard.identity.id)
    return json_answer({"count": (await claim.counts(guard.connection, ask.wish))[check_state(state)]})


@router.get("/jobs/next", response_model=ClaimedJob, operation_id="get_next_job")
async def next_job(request: Request, guard: ScopedGuard, client: ClientDialect) -> Response:
    """One job for an engine that takes those with one of these `tags`; 400 when there is none."""
    guard.require_engine()
    tags = [word for part in request.query_params.getlist("tags") for word in part.split(",") if word]
    ask = read_ask(
        {"whitelist": {"tag": tags}, "return": {"jobs": 1}, "capabilities": ["networking", "oci", "sandbox"]},
        device_id=guard.identity.id,
    )
    taken = await _take(request, guard, ask, client)
    if not taken:
        raise BadRequest("No jobs to process.")
    return json_answer(taken[0])


@router.post("/jobs/{job_id}/claim", response_model=ClaimedJob, operation_id="claim_job")
async def claim_job(
    job_id: str, guard: ScopedGuard, client: ClientDialect, lease: str | None = None
) -> Response:
    """This job, for a program that was sent for it: taken when it waits, taken over with its lease when it runs."""
    guard.require_engine()
    engine = guard.identity.id if guard.identity.is_engine else None
    taken = await claim.claim_one(guard.connection, job_id, engine_id=engine)
    if taken is None:
        taken = await leases.held(guard, job_id, lease, lock=True)
        await leases.renew(guard.connection, taken)
    gears = await gears_by_ids(guard.connection, {taken.gear_id})
    allowed = await read_allowed(guard.connection)
    return json_answer(claimed_doc(taken, gears.get(taken.gear_id), allowed, client))


@router.get("/jobs/{job_id}/config.json", response_model=dict[str, Any], operation_id="get_job_config")
async def get_config(request: Request, job_id: str, guard: ScopedGuard, lease: str | None = None) -> Response:
    """config.json as the gear gets it; the job's key is made here, and an earlier one is worthless."""
    found = await leases.held(guard, job_id, lease)
    gear = (await gears_by_ids(guard.connection, {found.gear_id})).get(found.gear_id)
    key = None
    if gear is not None and frozen.has(gear.manifest, "api-key"):
        secret = await keys.new_key(guard.connection, found, read_only=frozen.read_only(gear.manifest))
        if secret is None:
            raise BadInput("Nobody's rights are known with which the key of this job could act.")
        key = key_text(public_base(request), secret)
    return json_answer(frozen.with_keys(found.config, key))


@router.get("/jobs/{job_id}/inputs/{name}", operation_id="get_job_input", response_class=Response)
async def get_input(
    request: Request, job_id: str, name: str, guard: ScopedGuard, lease: str | None = None
) -> Response:
    """The content of an input file, in the version that was pinned when the job was asked for."""
    found = await leases.held(guard, job_id, lease)
    target = await _pinned(guard, found, name)
    await guard.record("download_file", {**target.context, "job": {"id": found.id}})
    blobs: Blobs = request.app.state.blobs
    etag = f'"{file_hash(target.blob_sha384)}"'
    return await content_answer(
        request, blobs, plain(target.blob_sha384, target.size), name=target.name, etag=etag
    )


async def _pinned(guard: Guard, found: Job, name: str) -> File:
    item = next((one for one in found.inputs if one["input"] == name), None)
    if item is None:
        raise BadInput(f"The job has no input file '{name}'.")
    row = (await guard.connection.execute(select(file).where(file.c.id == item["version_id"]))).one_or_none()
    if row is None or row.deleted_at is not None:
        raise BadInput(f"The input '{name}' ({item['name']}) has been deleted.")
    return as_file(row)


@router.put("/jobs/{job_id}/heartbeat", response_model=Renewed, operation_id="heartbeat_job")
async def heartbeat(job_id: str, guard: ScopedGuard, lease: str | None = None) -> Response:
    """The engine lives; the answer says whether the job still is its own to run (`state`)."""
    guard.require_engine()
    found = await find_job(guard.connection, job_id)
    if found.state == "running":
        leases.require_holder(guard, found, lease)
        await leases.renew(guard.connection, found)
    until = now() + claim.LEASE if found.state == "running" else None
    return json_answer({"modified": 1, "state": found.state, "lease_until": stamp(until)})
