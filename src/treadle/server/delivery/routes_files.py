"""Downloads of single files, inputs of analyses, zip members and zip info (api.md 10.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from fastapi import Request, Response

from treadle.server.access import audit
from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard, ScopedGuard, TicketGuard
from treadle.server.access.identity import Identity
from treadle.server.catalog import files, queries, rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.levels import BY_PLURAL
from treadle.server.catalog.rows import File
from treadle.server.catalog.types import guess_mimetype
from treadle.server.catalog.wire import file_hash
from treadle.server.delivery import tickets
from treadle.server.delivery.content import OCTETS, content_answer, plain
from treadle.server.delivery.errors import HashDiffers, TicketUnknown
from treadle.server.delivery.models import ZipInfo
from treadle.server.delivery.zipped import find_member, zip_info
from treadle.server.kit.errors import Unauthenticated
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import json_answer
from treadle.server.wire.query import flag, read_count
from treadle.server.wire.routing import Router

router = Router(tags=["files"])

LEVELS = ("projects", "subjects", "sessions", "acquisitions", "collections", "containers")


async def require_reading(guard: Guard, target: File, action: Action) -> None:
    """Go on only when the caller may read this file's content in this way."""
    if target.project_id is None:  # files of a collection: whoever sees it may read them
        await rights.require_file(guard, target, "files_view_metadata")
    else:
        await rights.require_file(guard, target, action)


async def _output(guard: Guard, request: Request) -> File:
    """The file named by the address, in the version asked for."""
    parts = request.path_params
    plural = request.scope["route"].path.split("/")[-4]
    level = None if plural == "containers" else BY_PLURAL[plural].name
    parent = await get_container(guard.connection, parts["container_id"], level=level)
    await rights.require(guard, parent, "files_view_metadata")
    found = await files.current_file(guard.connection, parent.id, parts["name"])
    if found is None:
        raise FileMissing(f"There is no file '{parts['name']}' here.")
    return found


async def _input(guard: Guard, request: Request) -> File:
    """The first input of this name of an analysis, in its pinned version."""
    parts = request.path_params
    analysis = await rights.find(guard, parts["container_id"], "analyses_view_metadata", level="analysis")
    inputs = (await queries.inputs_of(guard.connection, [analysis.id])).get(analysis.id, [])
    found = next((item for item in inputs if item.name == parts["name"]), None)
    if found is None:
        raise FileMissing(f"This analysis has no input '{parts['name']}'.")
    return found


async def download_file(request: Request, guard: TicketGuard) -> Response:
    """The content of a file, or of a zip member, or its zip info, or a ticket for any of them."""
    query = request.query_params
    ticket = query.get("ticket")
    if ticket:
        return await _by_ticket(request, guard, ticket)
    if guard.identity.kind == "anonymous":
        raise Unauthenticated
    is_input = "/inputs/" in request.scope["route"].path
    target = await (_input(guard, request) if is_input else _output(guard, request))
    member, wants_info = query.get("member"), flag(request, "info")
    await require_reading(guard, target, "files_view_contents" if member or wants_info else "files_download")
    version = read_count(query.get("version"), "version")
    if version is not None:
        target = await files.get_file(guard.connection, target.file_id, version=version)
    if query.get("hash") and query["hash"] not in (target.blob_sha384, file_hash(target.blob_sha384)):
        raise HashDiffers
    if ticket is not None:
        return json_answer(await _ticket_for(request, guard, target))
    if wants_info:
        return json_answer(await zip_info(request.app.state.blobs, target))
    await _note(request, guard, target, guard.identity)
    return await _content(request, target, member, view=flag(request, "view"))


async def _ticket_for(request: Request, guard: Guard, target: File) -> dict[str, Any]:
    member = request.query_params.get("member")
    bound = {
        "path": unquote(request.scope["path"]),
        "file_id": target.file_id,
        "version": target.version,
        "member": member,
        "view": flag(request, "view"),
    }
    ticket = await tickets.issue(guard.connection, guard.identity, "file", bound)
    name = member.rpartition("/")[2] if member else target.name
    return {"ticket": ticket, "filename": name, "file_cnt": 1, "size": target.size}


async def _by_ticket(request: Request, guard: Guard, ticket: str) -> Response:
    bound = await tickets.redeem(guard.connection, ticket, "file")
    if bound.request["path"] != unquote(request.scope["path"]):
        raise TicketUnknown
    guard.decided()
    target = await files.get_file(
        guard.connection, bound.request["file_id"], version=bound.request["version"]
    )
    kind, owner = bound.origin
    identity = Identity(kind="device" if kind == "device" else "user", id=owner or "")
    await _note(request, guard, target, identity)
    view = bound.request["view"] or flag(request, "view")
    return await _content(request, target, bound.request["member"], view=view)


async def _note(request: Request, guard: Guard, target: File, identity: Identity) -> None:
    """One line of the access log per download, not per range of it."""
    guard.recorded = True
    start = request.headers.get("range", "bytes=0-").replace(" ", "")
    if request.method == "GET" and start.startswith("bytes=0-"):
        await audit.record(
            guard.connection,
            identity=identity,
            access_type="download_file",
            context=target.context,
            method=request.method,
            path=request.scope["path"],
        )


async def _content(request: Request, target: File, member: str | None, *, view: bool) -> Response:
    blobs: Blobs = request.app.state.blobs
    if member is None:
        return await content_answer(
            request,
            blobs,
            plain(target.blob_sha384, target.size),
            name=target.name,
            etag=f'"{file_hash(target.blob_sha384)}"',
            media_type=(target.mimetype or guess_mimetype(target.name)) if view else OCTETS,
            inline=view,
        )
    packed = await find_member(blobs, target, member)
    name = member.rpartition("/")[2] or target.name
    return await content_answer(
        request,
        blobs,
        packed,
        name=name,
        etag=f'"{file_hash(target.blob_sha384)}-{packed.offset}"',
        media_type=guess_mimetype(name) if view else OCTETS,
        inline=view,
    )


def _add(path: str, label: str) -> None:
    for method in ("GET", "HEAD"):
        router.add_api_route(
            path,
            download_file,
            methods=[method],
            name=label,
            operation_id=f"{method.lower()}_{label}",
            response_class=Response,
        )


for _plural in (*LEVELS, "analyses"):
    _add(f"/{_plural}/{{container_id}}/files/{{name}}", f"{_plural}_file")
for _plural in LEVELS:
    for _kind in ("files", "inputs"):
        _add(
            f"/{_plural}/{{outer_id}}/analyses/{{container_id}}/{_kind}/{{name}}",
            f"{_plural}_analysis_{_kind}",
        )
_add("/analyses/{container_id}/inputs/{name}", "analysis_input")


@router.get("/files/{file_id}/zip_info", response_model=ZipInfo)
async def read_zip_info(
    request: Request, guard: ScopedGuard, file_id: str, version: str | None = None
) -> Response:
    """What is in a zip file."""
    target = await files.get_file(guard.connection, file_id, version=read_count(version, "version"))
    await require_reading(guard, target, "files_view_contents")
    return json_answer(await zip_info(request.app.state.blobs, target))
