"""Uploads to a named container: plain multipart, and by ticket (api.md 10.1, 10.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard, Guards, StreamGuards, TicketGuards
from treadle.server.catalog.files import get_file
from treadle.server.catalog.levels import BY_PLURAL
from treadle.server.catalog.models import FileDocument
from treadle.server.catalog.rows import File
from treadle.server.catalog.wire import file_doc
from treadle.server.ingest import tickets
from treadle.server.ingest.arrival import arrival_at, receive
from treadle.server.ingest.errors import Interrupted, NotArrived
from treadle.server.ingest.form import Form, body_stream
from treadle.server.ingest.models import SentContent, UploadTicket
from treadle.server.ingest.uploads import Arrived, count_members, find_target, place_uploads
from treadle.server.kit.errors import TooLarge
from treadle.server.kit.settings import Settings
from treadle.server.store.blobs import Blobs, BlobWriter, Receipt
from treadle.server.store.blobs_rows import keep
from treadle.server.store.blobs_rows import keep_all as keep_contents
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import json_object
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.http import public_base
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(tags=["files"])

PROVIDER = "000000000000000000000001"  # the site's one storage, as `/site/providers` names it
TARGETS = ("projects", "subjects", "sessions", "acquisitions", "collections", "analyses", "containers")


async def keep_all(guard: Guard, blobs: Blobs, form: Form) -> list[Arrived]:
    """The contents of a form, each with its row."""
    await keep_contents(guard.connection, blobs, [item.receipt for item in form.files])
    arrived = [Arrived(item.name, item.blob, deid=item.deid, sent_as=item.sent_as) for item in form.files]
    return await count_members(blobs, arrived)


async def upload_files(
    request: Request, container_id: str, guards: StreamGuards, client: ClientDialect
) -> Response:
    """Add files to a container: multipart, or step 1 and 3 of a ticketed upload."""
    plural = request.scope["route"].path.split("/")[-3]
    level = None if plural == "containers" else BY_PLURAL[plural].name
    return await _upload(request, container_id, guards, client, level)


async def upload_outputs(
    request: Request, id: str, analysis_id: str, guards: StreamGuards, client: ClientDialect
) -> Response:
    """Add outputs to an analysis of this container."""
    async with guards() as guard:
        target = await find_target(guard, analysis_id, level="analysis")
        if target.parent_id != id:
            raise ContainerNotFound
    return await _upload(request, analysis_id, guards, client, "analysis")


async def _upload(
    request: Request, container_id: str, guards: Guards, client: Client, level: str | None
) -> Response:
    ticket = request.query_params.get("ticket")
    if ticket is not None:
        step = _announce(request, container_id, guards, level) if not ticket else None
        return await (step or _complete(request, container_id, ticket, guards, client))
    preserve = flag(request, "preserve_metadata")
    async with guards() as guard:
        target = await find_target(guard, container_id, level=level)
        arrival = await arrival_at(request, guard, target)
    blobs: Blobs = request.app.state.blobs
    form = await receive(request, arrival)
    try:
        async with guards() as guard:
            target = await find_target(guard, container_id, level=level, lock=True)
            placed = await place_uploads(
                guard,
                target,
                await keep_all(guard, blobs, form),
                metadata=form.metadata,
                preserve_metadata=preserve,
            )
    finally:
        await form.close()
    return _answer(placed, client)


for _plural in TARGETS:
    router.add_api_route(
        f"/{_plural}/{{container_id}}/files",
        upload_files,
        methods=["POST"],
        response_model=list[FileDocument] | UploadTicket,
        name=f"upload_to_{_plural}",
        operation_id=f"upload_to_{_plural}",
    )
    if _plural != "analyses":
        router.add_api_route(
            f"/{_plural}/{{id}}/analyses/{{analysis_id}}/files",
            upload_outputs,
            methods=["POST"],
            response_model=list[FileDocument] | UploadTicket,
            name=f"upload_output_to_{_plural}_analysis",
            operation_id=f"upload_output_to_{_plural}_analysis",
        )


def _answer(placed: list[File], client: Client) -> Response:
    return json_answer([file_doc(item, client) for item in placed])


async def _announce(request: Request, container_id: str, guards: Guards, level: str | None) -> Response:
    body = await json_object(request)
    async with guards() as guard:
        target = await find_target(guard, container_id, level=level)
        if await arrival_at(request, guard, target):
            return json_answer({})  # the clients then send the form
        asked = {
            "container": target.id,
            "metadata": body.get("metadata"),
            "preserve_metadata": flag(request, "preserve_metadata"),
        }
        return await announce_ticket(request, guard, kind="files", body=body, asked=asked)


async def announce_ticket(
    request: Request, guard: Guard, *, kind: str, body: dict[str, Any], asked: dict[str, Any]
) -> Response:
    """Step 1 of a ticketed upload: where to put the bytes of each file."""
    settings: Settings = request.app.state.settings
    if not settings.uploads.signed_urls:
        return json_answer({})  # the clients then send the form
    names = body.get("filenames")
    ticket, slots = await tickets.open_ticket(
        guard.connection,
        guard.identity,
        kind=kind,
        names=names if isinstance(names, list) else [names],
        request=asked,
        valid_for=timedelta(hours=settings.uploads.ticket_hours),
    )
    urls = {slot.name: f"{public_base(request)}/api/upload/fs-file?token={slot.token}" for slot in slots}
    return json_answer({"ticket": ticket, "urls": urls, "headers": {}})


async def _complete(
    request: Request, container_id: str, ticket: str, guards: Guards, client: Client
) -> Response:
    placed: list[File] | None = None
    async with guards() as guard:
        target = await find_target(guard, container_id, level=None, lock=True)
        found = await tickets.take_ticket(guard.connection, guard.identity, ticket, kind="files")
        if found.result is not None:
            placed = [await get_file(guard.connection, item) for item in found.result]
        elif found.request["container"] == target.id:
            arrived = await tickets.arrived_files(guard.connection, ticket)
            if arrived is None:
                await tickets.drop_ticket(guard.connection, ticket)
            else:
                placed = await place_uploads(
                    guard,
                    target,
                    await count_members(request.app.state.blobs, arrived),
                    metadata=found.request["metadata"],
                    preserve_metadata=found.request["preserve_metadata"],
                )
                await tickets.close_ticket(guard.connection, ticket, [item.id for item in placed])
    if placed is None:
        raise NotArrived
    return _answer(placed, client)


@router.put("/upload/fs-file", response_model=SentContent)
async def put_file_bytes(request: Request, guards: TicketGuards, token: str) -> Response:
    """Step 2 of a ticketed upload: the bytes of one file; the token in the URL is the credential."""
    ticket, position = tickets.read_token(token)
    async with guards() as guard:
        await tickets.require_slot(guard.connection, ticket, position)
        guard.decided()
    blobs: Blobs = request.app.state.blobs
    receipt = await receive_body(request, blobs)
    try:
        async with guards() as guard:
            guard.decided()
            ref = await keep(guard.connection, blobs, receipt)
            await tickets.fill_slot(guard.connection, ticket, position, ref)
    finally:
        await receipt.close()
    return json_answer({"provider_id": PROVIDER, "uuid": ticket, "size": ref.size})


async def receive_body(request: Request, blobs: Blobs) -> Receipt:
    """The raw body of a request as finished content."""
    writer = await blobs.writer()
    try:
        await _copy_body(request, writer)
        receipt = await writer.finish()
    except BaseException:
        await writer.abort()
        raise
    try:
        await receipt.publish()
    except BaseException:
        await receipt.close()
        raise
    return receipt


async def _copy_body(request: Request, writer: BlobWriter) -> None:
    limit = request.app.state.settings.uploads.max_file_bytes
    async for chunk in body_stream(request):
        await writer.write(chunk)
        if writer.size > limit:
            raise TooLarge(f"One file has at most {limit} bytes here.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) != writer.size:
        raise Interrupted
