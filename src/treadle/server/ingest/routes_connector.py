"""Endpoints for connectors: announce, send, complete. Only devices (and site administrators) come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query, Request, Response

from treadle.server.access.guard import Guard, ScopedGuard, StreamGuards
from treadle.server.ingest import series
from treadle.server.ingest.errors import HashMismatch
from treadle.server.ingest.form import body_stream
from treadle.server.ingest.models import Resume, SeriesAnswer, SeriesPlace
from treadle.server.ingest.wire_connector import CompleteRequest, SeriesRequest
from treadle.server.kit.errors import Conflict, Forbidden, TooLarge
from treadle.server.kit.settings import Settings
from treadle.server.privacy.resolve import require_records
from treadle.server.store.blobs import Blobs, OffsetMismatch, Receipt
from treadle.server.store.blobs_rows import keep
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(prefix="/connector", tags=["connector"])


def require_device(guard: Guard) -> None:
    """Go on only as a device or a site administrator."""
    guard.decided()
    if guard.identity.kind != "device" and not guard.identity.is_site_admin:
        raise Forbidden("Only a device may do this; use a device key.")


@router.post("/series", response_model=SeriesAnswer)
async def announce_series(request: Request, guard: ScopedGuard, body: ObjectBody) -> Response:
    """Ask whether a series is wanted: `unchanged`, or `upload` with a ticket and where to go on."""
    require_device(guard)
    settings: Settings = request.app.state.settings
    asked = SeriesRequest.model_validate(body)
    if asked.size > settings.uploads.max_file_bytes:
        raise TooLarge(f"One file has at most {settings.uploads.max_file_bytes} bytes here.")
    said = asked.announcement()
    known = await series.known_series(guard.connection, said)
    if known is not None:
        return json_answer(known)
    await require_records(
        guard.connection, await series.bound_for(guard.connection, said.wanted), [asked.deid_record]
    )
    ticket = await series.open_series(
        guard.connection,
        said,
        origin=guard.identity.origin,
        valid_for=timedelta(hours=settings.uploads.ticket_hours),
    )
    blobs: Blobs = request.app.state.blobs
    present = await blobs.staged_size(ticket)
    answer = {"ticket": ticket, "resume_at": present, "part_size": settings.uploads.part_bytes}
    return json_answer({"status": "upload", **answer})


@router.put("/uploads/{ticket}", response_model=Resume)
async def put_part(
    request: Request, ticket: str, guards: StreamGuards, offset: Annotated[int, Query(ge=0)]
) -> Response:
    """Append one part; a wrong offset answers 409 with the right one."""
    async with guards() as guard:
        require_device(guard)
        known = await series.get_open(guard.connection, ticket)
    if known.result is not None:
        return json_answer({"resume_at": known.size})
    blobs: Blobs = request.app.state.blobs
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and offset + int(announced) > known.size:
        raise TooLarge(f"The announced size is {known.size} bytes.")
    resume_at = await blobs.stage(ticket, offset, body_stream(request))
    return json_answer({"resume_at": resume_at})


@router.post("/uploads/{ticket}/complete", response_model=SeriesPlace)
async def complete_upload(request: Request, ticket: str, guards: StreamGuards, body: ObjectBody) -> Response:
    """All parts are there: check the hash, place the series, answer where it is."""
    asked = CompleteRequest.model_validate(body)
    async with guards() as guard:
        require_device(guard)
        known = await series.get_open(guard.connection, ticket)
    if known.result is not None:
        return json_answer(known.result)
    blobs: Blobs = request.app.state.blobs
    try:
        receipt = await _checked(blobs, known, asked.sha256)
    except Conflict:
        async with guards() as guard:
            require_device(guard)
            known = await series.get_open(guard.connection, ticket)
        if known.result is None:
            raise
        return json_answer(known.result)  # the same call, made before, has just come to its end
    try:
        await receipt.publish()
        async with guards() as guard:
            require_device(guard)
            result = await _place(guard, blobs, receipt, ticket, asked)
    finally:
        await receipt.close()
    await blobs.drop_staged(ticket)
    return json_answer(result)


async def _checked(blobs: Blobs, known: series.OpenSeries, sha256: str) -> Receipt:
    present = await blobs.staged_size(known.ticket)
    if present != known.size:
        if present > known.size:
            await blobs.drop_staged(known.ticket)
        raise OffsetMismatch(present if present < known.size else 0)
    receipt = await blobs.finish_staged(known.ticket)
    if receipt.ref.sha256 != sha256 or sha256 != known.sha256:
        await receipt.close()
        await blobs.drop_staged(known.ticket)
        raise HashMismatch(detail={"resume_at": 0})
    return receipt


async def _place(
    guard: Guard, blobs: Blobs, receipt: Receipt, ticket: str, asked: CompleteRequest
) -> dict[str, Any]:
    known = await series.get_open(guard.connection, ticket, lock=True)
    if known.result is not None:
        return known.result
    said = SeriesRequest.model_validate(known.request)
    blob = await keep(guard.connection, blobs, receipt)
    return await series.complete_series(
        guard,
        ticket,
        wanted=said.wanted(),
        key=said.key.model_dump(),
        digest=said.digest,
        blob=blob,
        new=asked.file.new_file(asked.file.name, blob, deid=said.deid_record),
        instances=asked.file.index(),
    )
