"""Resumable uploads by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): core, creation,
termination.

The container goes in the metadata as `container`, the name as `filename`. The last byte makes the file: its answer
comes when the file can be found.
"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from fastapi import Request, Response

from treadle.server.access.guard import Guards, StreamGuards
from treadle.server.ingest.arrival import arrival_at
from treadle.server.ingest.errors import NotResumable
from treadle.server.ingest.form import body_stream
from treadle.server.ingest.resumable import Resumable, finish, get_upload, open_upload
from treadle.server.ingest.tickets import drop_ticket
from treadle.server.ingest.uploads import find_target
from treadle.server.kit.errors import BadRequest, TooLarge
from treadle.server.kit.settings import Settings
from treadle.server.store.blobs import Blobs
from treadle.server.wire.routing import Router

router = Router(prefix="/x/uploads", tags=["web"])

_VERSION = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}


@router.post("", status_code=201, operation_id="create_resumable_upload")
async def create_upload(request: Request, guards: StreamGuards) -> Response:
    """Announce a file; the answer's `Location` is where its bytes go."""
    settings: Settings = request.app.state.settings
    size = _count(request, "Upload-Length")
    if size > settings.uploads.max_file_bytes:
        raise TooLarge(f"One file has at most {settings.uploads.max_file_bytes} bytes here.")
    said = _metadata(request.headers.get("upload-metadata", ""))
    if not said.get("container") or not said.get("filename"):
        raise BadRequest("'Upload-Metadata' must name 'container' and 'filename'.")
    async with guards() as guard:
        target = await find_target(guard, said["container"], level=None)
        if await arrival_at(request, guard, target):
            raise NotResumable
        ticket = await open_upload(
            guard,
            container=target.id,
            name=said["filename"],
            size=size,
            valid_for=timedelta(hours=settings.uploads.ticket_hours),
        )
    if size == 0:
        blobs: Blobs = request.app.state.blobs
        await blobs.stage(ticket, 0, body_stream(request))
        await finish(guards, blobs, ticket)
    return Response(status_code=201, headers={**_VERSION, "Location": f"/api/x/uploads/{ticket}"})


@router.head("/{ticket}", operation_id="ask_resumable_upload")
async def ask_upload(request: Request, ticket: str, guards: StreamGuards) -> Response:
    """How much has arrived. Finishes what a stopped server left whole but without its file."""
    known = await _open(guards, ticket)
    blobs: Blobs = request.app.state.blobs
    offset = known.size if known.done else await blobs.staged_size(ticket)
    if offset == known.size and not known.done:
        await finish(guards, blobs, ticket)
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(known.size)}
    return Response(headers={**_VERSION, **headers})


@router.patch("/{ticket}", status_code=204, operation_id="continue_resumable_upload")
async def continue_upload(request: Request, ticket: str, guards: StreamGuards) -> Response:
    """The next bytes; 409 says at which offset they are expected."""
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise BadRequest("Send the bytes as 'application/offset+octet-stream'.")
    known, offset = await _open(guards, ticket), _count(request, "Upload-Offset")
    blobs: Blobs = request.app.state.blobs
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or offset + int(announced) > known.size:
        raise TooLarge(f"State a 'Content-Length' within the announced {known.size} bytes.")
    if not known.done:
        offset = await blobs.stage(ticket, offset, body_stream(request))
        if offset == known.size:
            await finish(guards, blobs, ticket)
    return Response(status_code=204, headers={**_VERSION, "Upload-Offset": str(offset)})


@router.delete("/{ticket}", status_code=204, operation_id="drop_resumable_upload")
async def drop_upload(request: Request, ticket: str, guards: StreamGuards) -> Response:
    """Forget an upload; a file that was made of it stays."""
    await _open(guards, ticket)
    blobs: Blobs = request.app.state.blobs
    async with guards() as guard:
        guard.decided()
        await drop_ticket(guard.connection, ticket)
    await blobs.drop_staged(ticket)
    return Response(status_code=204, headers=_VERSION)


async def _open(guards: Guards, ticket: str) -> Resumable:
    """The caller's upload; whoever lost the right to the container meanwhile is refused here."""
    async with guards() as guard:
        known = await get_upload(guard, ticket)
        await find_target(guard, known.container, level=None)
    return known


def _count(request: Request, name: str) -> int:
    said = request.headers.get(name, "")
    if not said.isdecimal() or len(said) > 15:
        raise BadRequest(f"'{name}' must be a number of bytes.")
    return int(said)


def _metadata(text: str) -> dict[str, str]:
    """`key base64,key base64` as text."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest(f"'{key}' of 'Upload-Metadata' is not base64 of text.") from error
    return found
