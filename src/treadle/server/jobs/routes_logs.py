"""Endpoints of logs: engines write, whoever sees the job reads, while it runs too (gears.md 5.6)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.guard import ScopedGuard
from treadle.server.jobs import leases, listing, logs
from treadle.server.jobs.models import LogDocument
from treadle.server.jobs.rows import Job
from treadle.server.jobs.states import ENDED, find_job
from treadle.server.kit.errors import Invalid
from treadle.server.store.blobs import Blobs
from treadle.server.store.db import Database
from treadle.server.wire.answer import Nothing, dumps, json_answer
from treadle.server.wire.body import read_json
from treadle.server.wire.routing import Router

router = Router(tags=["jobs"])

_LOOK_AGAIN_S = 0.5
_ALIVE_EVERY = 30  # looks
# A page of ours must never run what somebody printed.
_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}

Body = Annotated[Any, Depends(read_json)]


@router.post("/jobs/{job_id}/logs", response_model=Nothing, operation_id="add_job_logs")
async def add_logs(job_id: str, guard: ScopedGuard, body: Body, lease: str | None = None) -> Response:
    """Records of a running job, whose engine thereby says that it lives; or why an engine refuses a waiting one."""
    guard.require_engine()
    records = logs.read_records(body)
    found = await find_job(guard.connection, job_id)
    if found.state != "pending":
        leases.require_holder(guard, found, lease)
        await leases.renew(guard.connection, found)
    await logs.append(guard.connection, found.id, records)
    return json_answer(None)


Form = Callable[[Database, str], AsyncIterator[bytes]]
_FORMS: tuple[tuple[str, str, Form, str], ...] = (
    ("", "get_job_logs", logs.as_json, "application/json"),
    ("/text", "get_job_logs_text", logs.as_text, "text/plain; charset=utf-8"),
    ("/html", "get_job_logs_html", logs.as_html, "text/html; charset=utf-8"),
)


def _reads(suffix: str, name: str, form: Form, media_type: str) -> None:
    @router.get(
        f"/jobs/{{job_id}}/logs{suffix}",
        operation_id=name,
        **({"response_model": LogDocument} if not suffix else {"response_class": Response}),
    )
    async def read(request: Request, job_id: str, guard: ScopedGuard) -> Response:
        found = await listing.find(guard, job_id)
        await guard.record("view_job_logs", found.context)
        stream = form(request.app.state.database, found.id)
        if form is logs.as_text and found.log_rest_sha384 is not None:
            stream = _with_rest(stream, request.app.state.blobs, found)
        return StreamingResponse(stream, media_type=media_type, headers=_SAFE)


async def _with_rest(log: AsyncIterator[bytes], blobs: Blobs, target: Job) -> AsyncIterator[bytes]:
    async for piece in log:
        yield piece
    async for piece in blobs.open_range(str(target.log_rest_sha384), 0, target.log_rest_size or 0):
        yield piece


for _form in _FORMS:
    _reads(*_form)


@router.get("/jobs/{job_id}/logs/stream", operation_id="stream_job_logs", response_class=StreamingResponse)
async def stream_logs(request: Request, job_id: str, guard: ScopedGuard) -> Response:
    """The log as it grows, as server-sent events: `log` with records, `end` with the state."""
    found = await listing.find(guard, job_id)
    await guard.record("view_job_logs", found.context)
    last = request.headers.get("last-event-id", "0")
    if not last.isdecimal():
        raise Invalid("'Last-Event-ID' must be a number.")
    return StreamingResponse(
        _events(request.app.state.database, found.id, int(last)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(database: Database, job_id: str, after: int) -> AsyncIterator[bytes]:
    looks = 0
    yield b"retry: 2000\n\n"
    while True:
        async with database.transaction() as connection:
            state = (
                await find_job(connection, job_id)
            ).state  # first: what was logged before it ended is read below
        async for number, records in logs.chunks(database, job_id, after):
            after = number
            yield b"id: %d\nevent: log\ndata: %s\n\n" % (number, dumps(records))
        if state in ENDED:
            yield b"event: end\ndata: %s\n\n" % dumps({"state": state})
            return
        looks += 1
        if looks % _ALIVE_EVERY == 0:
            yield b": alive\n\n"
        await asyncio.sleep(_LOOK_AGAIN_S)
