"""Endpoints with which engines bring back what a run made, and end it (gears.md 7.5)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from treadle.server.access.guard import Guard, ScopedGuard, StreamGuards
from treadle.server.ingest.form import receive_form
from treadle.server.ingest.routes_upload import receive_body
from treadle.server.jobs import ending, leases, logs
from treadle.server.jobs.errors import TicketUnknown
from treadle.server.jobs.models import Committed, StoredContent, Ticket
from treadle.server.jobs.outputs import Output, read_outputs
from treadle.server.jobs.provenance import read_run
from treadle.server.jobs.rows import Job
from treadle.server.jobs.states import find_job
from treadle.server.jobs.tables import engine_ticket, job
from treadle.server.kit.errors import Invalid
from treadle.server.kit.ids import new_id
from treadle.server.kit.settings import Settings
from treadle.server.store.blobs import Blobs
from treadle.server.store.blobs_rows import keep, keep_all
from treadle.server.wire.answer import Modified, Nothing, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["engines"])


@router.put("/engine/blobs", response_model=StoredContent, operation_id="put_engine_content")
async def put_content(request: Request, guards: StreamGuards, job: str, lease: str | None = None) -> Response:
    """Content of an output of this job; sending it again is safe. A commit names it by the hash answered."""
    async with guards() as guard:
        await leases.held(guard, job, lease)
    blobs: Blobs = request.app.state.blobs
    receipt = await receive_body(request, blobs)
    try:
        async with guards() as guard:
            await leases.renew(guard.connection, await leases.held(guard, job, lease))
            ref = await keep(guard.connection, blobs, receipt)
    finally:
        await receipt.close()
    return json_answer({"hash": f"v0-sha384-{ref.sha384}", "size": ref.size})


@router.post("/engine", response_model=list[dict[str, Any]], operation_id="engine_upload")
async def upload(
    request: Request,
    guards: StreamGuards,
    job: str,
    lease: str | None = None,
    job_ticket: str | None = None,
) -> Response:
    """Outputs and `.metadata.json` (part `metadata`) as a form; they become visible when the job completes."""
    if "ticket" in request.query_params:
        return json_answer({})  # clients that offer signed URLs then send the form
    async with guards() as guard:
        await leases.held(guard, job, lease)
    blobs: Blobs = request.app.state.blobs
    settings: Settings = request.app.state.settings
    form = await receive_form(request, blobs, settings.uploads)
    try:
        async with guards() as guard:
            held = await leases.held(guard, job, lease, lock=True)
            if job_ticket is not None:
                await _ticket(guard, job_ticket, held.id)
            await keep_all(guard.connection, blobs, [item.receipt for item in form.files])
            files = [Output(item.name, item.blob.sha384, item.blob.size) for item in form.files]
            await ending.keep_files(guard.connection, held.id, files)
            await _keep_metadata(guard, held, form.metadata)
    finally:
        await form.close()
    return json_answer([{"name": one.name, "size": one.size} for one in files])


async def _keep_metadata(guard: Guard, held: Job, metadata: Any) -> None:
    if isinstance(metadata, dict):
        await guard.connection.execute(
            update(job).where(job.c.id == held.id).values(produced_metadata=metadata)
        )


async def prepare_complete(job_id: str, guard: ScopedGuard, lease: str | None = None) -> Response:
    """A ticket for the completion; while it is young the job is not given up for silence."""
    found = await leases.held(guard, job_id, lease, lock=True)
    ticket = new_id()
    await guard.connection.execute(insert(engine_ticket).values(id=ticket, job_id=found.id))
    await leases.renew(guard.connection, found)
    return json_answer({"ticket": ticket})


async def complete(
    job_id: str,
    guard: ScopedGuard,
    body: ObjectBody,
    lease: str | None = None,
    job_ticket_id: str | None = None,
) -> Response:
    """End a run whose outputs were sent as a form."""
    if job_ticket_id is not None and await _ticket(guard, job_ticket_id, job_id) is not None:
        guard.require_engine()
        return json_answer(None)
    found = await leases.held(guard, job_id, lease, lock=True)
    said = ending.Outcome(
        success=body.get("success") is not False,
        failure_reason=_text(body.get("failure_reason")),
        files=await ending.kept_files(guard.connection, found.id),
        metadata=found.produced_metadata,
        profile=_object(body.get("profile"), "profile"),
        run=read_run(body.get("run")),
    )
    ended = await ending.finish(guard.connection, found, said)
    if job_ticket_id is not None:
        await _close(guard, job_ticket_id, found.id, _result(ended))
    return json_answer(None)


for _method in ("POST", "PUT"):
    _old = _method == "POST"  # clients up to 20 post
    router.add_api_route(
        "/jobs/{job_id}/prepare-complete",
        prepare_complete,
        methods=[_method],
        response_model=Ticket,
        operation_id="prepare_complete_job" if _old else "engine_prepare_complete_job",
    )
    router.add_api_route(
        "/jobs/{job_id}/complete",
        complete,
        methods=[_method],
        response_model=Nothing,
        operation_id="complete_job" if _old else "engine_complete_job",
    )


@router.put("/jobs/{job_id}/profile", response_model=Modified, operation_id="update_job_profile")
async def set_profile(
    job_id: str, guard: ScopedGuard, body: ObjectBody, lease: str | None = None
) -> Response:
    """How long the steps took, and on what machine; `native_id` is a scheduler's name of the run."""
    found = await leases.held(guard, job_id, lease, lock=True)
    said = {name: value for name, value in body.items() if name != "native_id"}
    values: dict[str, Any] = {"profile": {**found.profile, **said}}
    if isinstance(body.get("native_id"), str):
        values["native_id"] = body["native_id"][:255]
    await guard.connection.execute(update(job).where(job.c.id == found.id).values(**values))
    await leases.renew(guard.connection, found)
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.post("/engine/commit", response_model=Committed, operation_id="commit_job")
async def commit(guard: ScopedGuard, body: ObjectBody) -> Response:
    """End a run: log, files, metadata, analysis, provenance and state in one transaction. Repeating it is safe."""
    guard.require_engine()
    job_id, lease = _text(body.get("job")), _text(body.get("lease"))
    ticket = _text(body.get("ticket")) or lease
    if job_id is None or ticket is None:
        raise Invalid("A commit names its 'job' and its 'lease', or a 'ticket'.")
    earlier = await _ticket(guard, ticket, job_id, is_lease=ticket == lease)
    if earlier is not None:
        return json_answer(earlier)
    found = await leases.held(guard, job_id, lease, lock=True)
    await logs.append(guard.connection, found.id, logs.read_records(body.get("logs") or []))
    code = body.get("exit")
    said = ending.Outcome(
        success=bool(body.get("success", code == 0)),
        failure_reason=_text(body.get("failure_reason")) or (f"exit {code}" if code else None),
        files=read_outputs(body.get("files")),
        metadata=body.get("metadata"),
        profile=_object(body.get("profile"), "profile"),
        run={**read_run(body.get("run")), "exit": code},
    )
    result = _result(await ending.finish(guard.connection, found, said))
    await _close(guard, ticket, found.id, result)
    return json_answer(result)


async def _ticket(guard: Guard, ticket: str, job_id: str, *, is_lease: bool = False) -> dict[str, Any] | None:
    """What was answered when this ticket was used; None when it is unused. A lease is one that nobody asks for."""
    await find_job(guard.connection, job_id, lock=True)  # two completions of a job take turns
    row = (
        await guard.connection.execute(select(engine_ticket).where(engine_ticket.c.id == ticket))
    ).one_or_none()
    if row is None and is_lease:
        return None
    if row is None or row.job_id != job_id:
        raise TicketUnknown
    result: dict[str, Any] | None = row.result
    return result


async def _close(guard: Guard, ticket: str, job_id: str, result: dict[str, Any]) -> None:
    used = insert(engine_ticket).values(id=ticket, job_id=job_id, result=result)
    await guard.connection.execute(
        used.on_conflict_do_update(index_elements=[engine_ticket.c.id], set_={"result": used.excluded.result})
    )


def _result(ended: Job) -> dict[str, Any]:
    return {"state": ended.state, "failure_reason": ended.failure_reason, "outputs": ended.outputs}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _object(value: Any, name: str) -> dict[str, Any]:
    if value is not None and not isinstance(value, dict):
        raise Invalid(f"'{name}' must be an object.")
    return value or {}
