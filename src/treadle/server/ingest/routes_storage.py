"""Contents first, files later: upload a content, then say what file it is (api.md 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from pydantic import Field

from treadle.server.access.guard import Guard, ScopedGuard, StreamGuards, UserGuard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.files import current_file
from treadle.server.catalog.rows import Container
from treadle.server.catalog.wire import file_doc
from treadle.server.ingest import tickets
from treadle.server.ingest.arrival import arrival_at, receive
from treadle.server.ingest.errors import NoSignedUrls, NotArrived
from treadle.server.ingest.models import SignedUrl, StoredContent, UpsertedFile
from treadle.server.ingest.routes_upload import PROVIDER, keep_all
from treadle.server.ingest.uploads import Arrived, count_members, place_one, require_upload
from treadle.server.ingest.wire import FileMetadata
from treadle.server.kit.errors import Conflict, Invalid
from treadle.server.kit.settings import Settings
from treadle.server.privacy.errors import DeidRequired
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import Deleted, Nothing, json_answer
from treadle.server.wire.body import ObjectBody, Wire
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.http import public_base
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(tags=["files"])

KIND = "storage"
_WAITING_NAME = "content"


class ParentRef(Wire):
    """The container a file is meant for."""

    type: str = ""
    id: str


class NewContent(FileMetadata):
    """A file whose content was uploaded before."""

    uuid: str | None = None
    reference: bool = False
    parent_ref: ParentRef
    name: str = Field(min_length=1)


async def _open(
    request: Request, guard: Guard, project_id: str | None, *, deid: Mapping[str, Any] | None = None
) -> tuple[str, str]:
    """A ticket for one content, and the address to put it to."""
    settings: Settings = request.app.state.settings
    ticket, slots = await tickets.open_ticket(
        guard.connection,
        guard.identity,
        kind=KIND,
        names=[_WAITING_NAME],
        request={"project": project_id, "deid": deid},
        valid_for=timedelta(hours=settings.uploads.ticket_hours),
    )
    return ticket, f"{public_base(request)}/api/upload/fs-file?token={slots[0].token}"


@router.post("/upload/signed-url", response_model=SignedUrl, operation_id="create_signed_upload_url")
async def signed_url(request: Request, guard: UserGuard, body: ObjectBody) -> Response:
    """An address for one content; `POST /files` with its `uuid` makes it a file."""
    size = body.get("size")
    limit = request.app.state.settings.uploads.max_file_bytes
    if size is not None and (not isinstance(size, int) or not 0 <= size <= limit):
        raise Invalid(f"'size' must be a number of bytes up to {limit}.")
    ticket, url = await _open(request, guard, None)
    return json_answer(
        {
            "provider_id": PROVIDER,
            "uuid": ticket,
            "upload_urls": [url],
            "upload_headers": {},
            "s3_multipart_upload_id": None,
        }
    )


@router.post(
    "/upload/complete-s3-multipart", response_model=Nothing, operation_id="complete_s3_multipart_upload"
)
async def complete_multipart(_guard: UserGuard) -> Response:
    """Contents are put to this server in one piece: there is nothing to complete."""
    raise Conflict("Uploads to this site have one part; there is no S3 upload to complete.")


@router.post("/upload/signed-url/cleanup", response_model=Nothing, operation_id="cleanup_signed_upload_url")
async def cleanup(guard: UserGuard, body: ObjectBody) -> Response:
    """Forget a content that became no file."""
    await _forget(guard, str(body.get("uuid") or ""))
    return json_answer(None)


async def _forget(guard: Guard, ticket: str) -> None:
    await tickets.take_ticket(guard.connection, guard.identity, ticket, kind=KIND)
    await tickets.drop_ticket(guard.connection, ticket)


@router.post("/storage/files", response_model=StoredContent, operation_id="upload_storage_file")
async def storage_file(request: Request, guards: StreamGuards, project_id: str) -> Response:
    """A device's content: an address with `signed_url=true` (409 when the site has none), else a form."""
    wants_url = flag(request, "signed_url")
    if wants_url and not request.app.state.settings.uploads.signed_urls:
        async with guards() as guard:
            guard.decided()
        raise NoSignedUrls
    async with guards() as guard:
        project = await get_container(guard.connection, project_id, level="project")
        await _require(guard, project)
        arrival = await arrival_at(request, guard, project)
        if arrival and wants_url:
            raise DeidRequired
        if wants_url:
            ticket, url = await _open(request, guard, project.id)
            return json_answer({"storage_file_id": ticket, "upload_url": url, "upload_headers": {}})
    blobs: Blobs = request.app.state.blobs
    form = await receive(request, arrival)
    try:
        async with guards() as guard:
            await _require(guard, project)
            arrived = await keep_all(guard, blobs, form)
            ticket, _ = await _open(request, guard, project.id, deid=arrival.record if arrival else None)
            await tickets.fill_slot(guard.connection, ticket, 0, arrived[0].blob)
    finally:
        await form.close()
    return json_answer({"storage_file_id": ticket})


@router.delete("/storage/files/{id}", response_model=Deleted, operation_id="delete_storage_file")
async def delete_storage_file(guard: UserGuard, id: str) -> Response:
    """Forget a device's content that became no file."""
    await _forget(guard, id)
    return json_answer({"deleted": 1})


async def _require(guard: Guard, target: Container) -> None:
    """Devices bring data to any project; users need the right to upload."""
    if guard.identity.kind == "device":
        guard.decided()
        await rights.refuse_locked(guard.connection, target.project_id)
    else:
        await require_upload(guard, target)


@router.post("/files", response_model=UpsertedFile, operation_id="upsert_file")
async def upsert_file(
    request: Request, guard: ScopedGuard, client: ClientDialect, body: ObjectBody
) -> Response:
    """A content that was uploaded before as a file: new, a new version, or `ignored` when it is there."""
    wanted = NewContent.model_validate(body)
    if wanted.reference or not wanted.uuid:
        raise Invalid("'uuid' of an uploaded content is required; files by reference are not supported.")
    target = await get_container(guard.connection, wanted.parent_ref.id, lock=True)
    await _require(guard, target)
    if target.level == "group":
        raise Invalid("A group holds no files; upload to one of its projects.")
    found = await tickets.take_ticket(guard.connection, guard.identity, wanted.uuid, kind=KIND)
    arrived = await tickets.arrived_files(guard.connection, found.id)
    if not arrived:
        raise NotArrived
    old = await current_file(guard.connection, target.id, wanted.name)
    if old is not None and old.blob_sha384 == arrived[0].blob.sha384:
        result: dict[str, Any] = {**file_doc(old, client), "upsert_result": "ignored"}
    else:
        if old is not None and guard.identity.kind == "user":
            await rights.require_file(guard, old, "files_view_metadata")
        blobs: Blobs = request.app.state.blobs
        [content] = await count_members(
            blobs, [Arrived(wanted.name, arrived[0].blob, deid=found.request.get("deid"))]
        )
        made = await place_one(guard, target, content, wanted)
        result = {**file_doc(made, client), "upsert_result": "created" if old is None else "updated"}
    await tickets.close_ticket(guard.connection, found.id, result["_id"])
    return json_answer(result)
