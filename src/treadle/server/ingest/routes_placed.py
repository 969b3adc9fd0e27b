"""Endpoints `/upload/label|uid|reaper`: multipart, and by ticket."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access.guard import StreamGuards
from treadle.server.catalog.files import get_file
from treadle.server.catalog.models import PlacedFile
from treadle.server.catalog.rows import File
from treadle.server.catalog.wire import file_doc
from treadle.server.ingest import tickets
from treadle.server.ingest.arrival import Arrival, receive, receive_then
from treadle.server.ingest.errors import BadMetadata, NotArrived
from treadle.server.ingest.form import Form
from treadle.server.ingest.models import UploadTicket
from treadle.server.ingest.placed import Placement, Way, arrival_of, check_rights, place_by_metadata
from treadle.server.ingest.routes_upload import announce_ticket, keep_all
from treadle.server.ingest.uploads import count_members
from treadle.server.privacy.resolve import any_profile
from treadle.server.privacy.routes import de_identifies
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import json_object
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.routing import Router

router = Router(prefix="/upload", tags=["files"])


def _read(metadata: Any, way: Way) -> Placement:
    if not isinstance(metadata, dict):
        raise BadMetadata("The form needs a 'metadata' part: a JSON object that says where the files go.")
    said = Placement.model_validate(metadata)
    said.check(way)
    return said


async def _upload(request: Request, guards: StreamGuards, client: Client, way: Way) -> Response:
    ticket = request.query_params.get("ticket")
    if ticket is not None:
        step = _complete(request, guards, client, way, ticket) if ticket else _announce(request, guards, way)
        return await step
    async with guards() as guard:  # credentials are checked before a byte is stored
        guard.decided()
        held = not de_identifies(request) and await any_profile(guard.connection)
    blobs: Blobs = request.app.state.blobs

    async def decide(form: Form) -> Arrival | None:
        said = _read(form.metadata, way)
        async with guards() as guard:
            await check_rights(guard, said)
            return await arrival_of(request, guard, way, said)

    form = await (receive_then(request, decide) if held else receive(request, None))
    try:
        said = _read(form.metadata, way)
        async with guards() as guard:
            await check_rights(guard, said)
            placed = await place_by_metadata(guard, way, said, await keep_all(guard, blobs, form))
    finally:
        await form.close()
    return _answer(placed, client)


async def _announce(request: Request, guards: StreamGuards, way: Way) -> Response:
    body = await json_object(request)
    said = _read(body.get("metadata"), way)
    async with guards() as guard:
        await check_rights(guard, said)
        if await arrival_of(request, guard, way, said):
            return json_answer({})  # the clients then send the form
        asked = {"way": way, "metadata": body["metadata"]}
        return await announce_ticket(request, guard, kind="placed", body=body, asked=asked)


async def _complete(
    request: Request, guards: StreamGuards, client: Client, way: Way, ticket: str
) -> Response:
    placed: list[File] | None = None
    async with guards() as guard:
        found = await tickets.take_ticket(guard.connection, guard.identity, ticket, kind="placed")
        said = _read(found.request["metadata"], way)
        await check_rights(guard, said)
        if found.result is not None:
            placed = [await get_file(guard.connection, item) for item in found.result]
        else:
            arrived = await tickets.arrived_files(guard.connection, ticket)
            if arrived is None:
                await tickets.drop_ticket(guard.connection, ticket)
            else:
                placed = await place_by_metadata(
                    guard, way, said, await count_members(request.app.state.blobs, arrived)
                )
                await tickets.close_ticket(guard.connection, ticket, [item.id for item in placed])
    if placed is None:
        raise NotArrived
    return _answer(placed, client)


def _answer(placed: list[File], client: Client) -> Response:
    # Here, and only here, the clients want `_id` as an object.
    return json_answer(
        [
            {**file_doc(item, client), "_id": {"file_id": item.file_id, "version": item.version}}
            for item in placed
        ]
    )


@router.post("/label", response_model=list[PlacedFile] | UploadTicket)
async def upload_by_label(request: Request, guards: StreamGuards, client: ClientDialect) -> Response:
    """Upload to containers found (or made) by their labels."""
    return await _upload(request, guards, client, "label")


@router.post("/uid", response_model=list[PlacedFile] | UploadTicket)
async def upload_by_uid(request: Request, guards: StreamGuards, client: ClientDialect) -> Response:
    """Upload to containers found (or made) by their UIDs."""
    return await _upload(request, guards, client, "uid")


@router.post("/reaper", response_model=list[PlacedFile] | UploadTicket)
async def upload_by_reaper(request: Request, guards: StreamGuards, client: ClientDialect) -> Response:
    """Upload by UID; what cannot be routed is parked."""
    return await _upload(request, guards, client, "reaper")
