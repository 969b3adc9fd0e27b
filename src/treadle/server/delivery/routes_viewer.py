"""Endpoints of the viewer: a file's content to look at; its DICOM instances, listed and one by one."""

from __future__ import annotations

from fastapi import Request, Response

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import files
from treadle.server.catalog.rows import File
from treadle.server.catalog.types import guess_mimetype
from treadle.server.catalog.wire import file_hash
from treadle.server.delivery.content import OCTETS, content_answer, joined_answer, plain
from treadle.server.delivery.instances import find_instance, find_instances, instances_of
from treadle.server.delivery.models import Instances
from treadle.server.delivery.routes_files import require_reading
from treadle.server.kit.errors import BadRequest
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import json_answer
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/x/files", tags=["web"])

_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"
_JOINED = 64


@router.get("/{file_id}/instances", response_model=Instances)
async def list_file_instances(guard: ScopedGuard, file_id: str, version: str | None = None) -> Response:
    """The DICOM instances of a file in viewing order."""
    target = await looked_at(guard, file_id, read_count(version, "version"))
    found = await instances_of(guard.connection, target)
    return json_answer({"instances": [item.shown() for item in found], "version": target.version})


@router.get("/{file_id}/bundle", response_class=Response)
async def read_bundle(
    request: Request, guard: ScopedGuard, file_id: str, instances: str, version: str | None = None
) -> Response:
    """Several DICOM instances (UIDs with commas between), one after the other; the list says how long each is.

    A request costs the server about 10 ms of a processor, an instance in it 1 ms: series are read in bundles.
    """
    number = read_count(version, "version")
    target = await looked_at(guard, file_id, number)
    wanted = [uid for uid in instances.split(",") if uid]
    if not 0 < len(wanted) <= _JOINED:
        raise BadRequest(f"'instances' must name 1 to {_JOINED} instances.")
    found = await find_instances(guard.connection, target, wanted)
    return await joined_answer(
        request.app.state.blobs,
        [item.place(target.blob_sha384) for item in found],
        media_type=OCTETS,
        cache=_FOR_EVER if number is not None else "no-store",
    )


async def read_instance(
    request: Request, guard: ScopedGuard, file_id: str, sop_uid: str, version: str | None = None
) -> Response:
    """One DICOM instance as a file (Part 10), read out of the stored series."""
    number = read_count(version, "version")
    target = await files.get_file(guard.connection, file_id, version=number)
    if target.origin_type == "device" and guard.identity.origin == ("device", target.origin_id):
        guard.decided()  # a connector completes a grown series with what it sent before
    else:
        await require_reading(guard, target, "files_view_contents")
    guard.record_once("view_file", target.context, of=f"{target.file_id}:{target.version}")
    item = await find_instance(guard.connection, target, sop_uid)
    blobs: Blobs = request.app.state.blobs
    return await content_answer(
        request,
        blobs,
        item.place(target.blob_sha384),
        name=f"{sop_uid}.dcm",
        etag=f'"{target.blob_sha384}-{sop_uid}"',
        media_type="application/dicom",
        inline=True,
        cache=cache_of(number),
    )


async def read_content(
    request: Request, guard: ScopedGuard, file_id: str, version: str | None = None
) -> Response:
    """A file's content to look at, whole or by ranges; saving a copy needs the right to download."""
    number = read_count(version, "version")
    target = await looked_at(guard, file_id, number)
    return await content_answer(
        request,
        request.app.state.blobs,
        plain(target.blob_sha384, target.size),
        name=target.name,
        etag=f'"{file_hash(target.blob_sha384)}"',
        media_type=target.mimetype or guess_mimetype(target.name),
        inline=True,
        cache=cache_of(number),
    )


async def looked_at(guard: ScopedGuard, file_id: str, version: int | None) -> File:
    """The file version, which the caller may read; that they do is recorded."""
    target = await files.get_file(guard.connection, file_id, version=version)
    await require_reading(guard, target, "files_view_contents")
    guard.record_once("view_file", target.context, of=f"{target.file_id}:{target.version}")
    return target


def cache_of(version: int | None) -> str:
    """How long a browser may keep an answer about this version, or about the newest one."""
    return _ASK_AGAIN if version is None else _FOR_EVER


for _method in ("GET", "HEAD"):
    router.add_api_route(
        "/{file_id}/content",
        read_content,
        methods=[_method],
        operation_id=f"{_method.lower()}_file_content",
        response_class=Response,
    )
    router.add_api_route(
        "/{file_id}/instances/{sop_uid}",
        read_instance,
        methods=[_method],
        operation_id=f"{_method.lower()}_instance",
        response_class=Response,
    )
