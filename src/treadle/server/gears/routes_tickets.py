"""Uploading a gear: announce it, push its image to a registry or its folder here, save it (gears.md 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Row

from treadle.server.access.guard import UserGuard, UserGuards
from treadle.server.delivery.content import content_answer, plain
from treadle.server.gears import tickets
from treadle.server.gears.add import Submission, add_gear, read_submission, refuse_known
from treadle.server.gears.errors import GearWithoutFolder, NotATar
from treadle.server.gears.models import GearDocument, GearTicket, GearTicketDocument, PushedFolder
from treadle.server.gears.queries import gear_by_id
from treadle.server.gears.wire import gear_doc
from treadle.server.ingest.routes_upload import receive_body
from treadle.server.kit.errors import Invalid
from treadle.server.store.blobs import BlobRef, Blobs
from treadle.server.store.blobs_rows import keep
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["gears"])
_MAGIC, _MAGIC_AT, _SMALLEST_TAR = b"ustar", 257, 1024
_GIT_COMMIT = {"git-commit": "local"}


@router.post("/gears/prepare-add", response_model=GearTicket, operation_id="prepare_add_gear")
async def prepare(guard: UserGuard, body: ObjectBody) -> Response:
    """Announce a new gear, `{category, gear}`: its manifest is checked; the ticket is good for 24 hours."""
    guard.require_developer()
    submission = read_submission(body, guard.identity, published=False)
    await refuse_known(guard.connection, submission)
    return json_answer({"ticket": await tickets.open_ticket(guard, submission)})


@router.put("/gears/ticket/{id}/rootfs", response_model=PushedFolder, operation_id="push_gear_folder")
async def push(request: Request, id: str, guards: UserGuards) -> Response:
    """Push the gear's folder: the body is a tar of it, `manifest.json` at the top."""
    async with guards() as guard:
        guard.require_developer()
        await tickets.find(guard, id)
    blobs: Blobs = request.app.state.blobs
    receipt = await receive_body(request, blobs)
    try:
        await _require_tar(blobs, receipt.ref)
        async with guards() as guard:
            guard.require_developer()
            await tickets.find(guard, id, lock=True)
            rootfs = await keep(guard.connection, blobs, receipt)
            await tickets.attach(guard.connection, id, rootfs)
    finally:
        await receipt.close()
    return json_answer({"rootfs-hash": f"sha384:{rootfs.sha384}", "size": rootfs.size})


async def _require_tar(blobs: Blobs, content: BlobRef) -> None:
    is_long = content.size >= _SMALLEST_TAR
    if not is_long or await blobs.read(content.sha384, _MAGIC_AT, _MAGIC_AT + len(_MAGIC)) != _MAGIC:
        raise NotATar


@router.post("/gears/save", response_model=GearDocument, operation_id="save_gear")
async def save(guard: UserGuard, body: ObjectBody) -> Response:
    """Make the announced gear: `{ticket, repo, pointer}` of its image, or just the ticket when a folder was pushed."""
    guard.require_developer()
    ticket = await tickets.find(guard, body.get("ticket"), lock=True)
    gear_id = await add_gear(guard.connection, _pushed(ticket, body), guard.identity)
    await tickets.forget(guard.connection, ticket.id)
    return json_answer(gear_doc(await gear_by_id(guard.connection, gear_id)))


def _pushed(ticket: Row[Any], body: dict[str, Any]) -> Submission:
    submission = Submission(ticket.manifest, {**_GIT_COMMIT, **ticket.exchange}, ticket.category)
    rootfs = tickets.folder_of(ticket)
    if rootfs is None:
        where = tickets.image_address(body.get("repo"), body.get("pointer"))
        return replace(submission, exchange={**submission.exchange, **where})
    if body.get("repo") or body.get("pointer") not in (None, "", f"sha384:{rootfs.sha384}"):
        raise Invalid("A folder was pushed with this ticket; announce the image by itself.")
    return replace(submission, rootfs=rootfs)


@router.get("/gears/my-tickets", response_model=list[str], operation_id="get_my_gear_tickets")
async def mine(guard: UserGuard) -> Response:
    """Ids of the caller's tickets."""
    return json_answer(await tickets.own(guard))


@router.get("/gears/ticket/{id}", response_model=GearTicketDocument, operation_id="get_gear_ticket")
async def read(guard: UserGuard, id: str) -> Response:
    """What was announced with a ticket."""
    ticket = await tickets.find(guard, id)
    return json_answer(
        {
            "_id": ticket.id,
            "geardoc": {
                "category": ticket.category,
                "gear": ticket.manifest,
                "exchange": ticket.exchange or None,
            },
            "origin": {"type": "user", "id": ticket.user_id},
            "timestamp": stamp(ticket.created_at),
        }
    )


@router.get("/gears/{id}/rootfs", operation_id="get_gear_folder")
async def folder(request: Request, guard: UserGuard, id: str) -> Response:
    """The folder of a gear as a tar: what engines unpack, once for each hash."""
    gear = await gear_by_id(guard.connection, id)
    if gear.rootfs_sha384 is None or gear.rootfs_size is None:
        raise GearWithoutFolder
    return await content_answer(
        request,
        request.app.state.blobs,
        plain(gear.rootfs_sha384, gear.rootfs_size),
        name=f"{gear.name}-{gear.version}.tar",
        etag=f'"{gear.rootfs_sha384}"',
        media_type="application/x-tar",
        cache="private, immutable",
    )
