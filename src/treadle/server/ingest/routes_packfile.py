"""Endpoints of packfiles: start, send files, end (api.md 10.5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import delete, func, select

from treadle.server.access.guard import AdminGuard, Guard, Guards, ScopedGuard, StreamGuards
from treadle.server.catalog.containers import get_container
from treadle.server.ingest import tickets
from treadle.server.ingest.arrival import arrival_at, receive
from treadle.server.ingest.errors import NoFile, NotArrived, TicketUnknown
from treadle.server.ingest.models import CleanedDocument, PackMember, PackToken
from treadle.server.ingest.packfile import KIND, PackPlace, find_acquisition, find_project, pack, read_place
from treadle.server.ingest.routes_upload import keep_all
from treadle.server.ingest.tables import upload, upload_part
from treadle.server.ingest.uploads import Arrived, place_one
from treadle.server.ingest.wire import FileMetadata
from treadle.server.kit.clock import now
from treadle.server.kit.errors import TreadleError
from treadle.server.privacy.errors import ProfileStale
from treadle.server.store.blobs import Blobs
from treadle.server.store.blobs_rows import keep
from treadle.server.wire.answer import dumps, json_answer
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(tags=["files"])

_OLD = timedelta(hours=1)


@router.post(
    "/projects/{id}/packfile-start", response_model=PackToken, operation_id="start_project_packfile_upload"
)
async def start(request: Request, guard: ScopedGuard, id: str) -> Response:
    """A token for a new packfile."""
    project = await find_project(guard, id)
    arrival = await arrival_at(request, guard, project)
    hours = request.app.state.settings.uploads.ticket_hours
    token = await tickets.open_empty(
        guard.connection,
        guard.identity,
        kind=KIND,
        request={"project": project.id, "deid": arrival and arrival.record},
        valid_for=timedelta(hours=hours),
    )
    return json_answer({"token": token})


@router.post(
    "/projects/{id}/packfile", response_model=list[PackMember], operation_id="project_packfile_upload"
)
async def send(request: Request, guards: StreamGuards, id: str, token: str) -> Response:
    """More files of the packfile; a name that was sent before is replaced."""
    async with guards() as guard:
        found = await _require(guard, id, token)
        arrival = await arrival_at(request, guard, await find_project(guard, id))
    if found.request.get("deid") != (arrival and arrival.record):
        raise ProfileStale("What applies here changed since this packfile was begun; start it again.")
    blobs: Blobs = request.app.state.blobs
    form = await receive(request, arrival)
    try:
        async with guards() as guard:
            await _require(guard, id, token)
            arrived = await keep_all(guard, blobs, form)
            await tickets.add_parts(guard.connection, token, arrived)
    finally:
        await form.close()
    return json_answer([{"name": item.name, "size": item.blob.size} for item in arrived])


async def _require(guard: Guard, project_id: str, token: str) -> tickets.Ticket:
    project = await find_project(guard, project_id)
    found = await tickets.take_ticket(guard.connection, guard.identity, token, kind=KIND)
    if found.request["project"] != project.id:
        raise TicketUnknown
    return found


@router.get(
    "/projects/{id}/packfile-end",
    operation_id="end_project_packfile_upload",
    response_class=StreamingResponse,
)
async def end(
    request: Request,
    guards: StreamGuards,
    id: str,
    token: str,
    metadata: str,
    file_count: str | None = None,
) -> Response:
    """The files as one zip on its acquisition; the answer is a stream of events, the last one `result`."""
    place = read_place(metadata)
    expected = read_count(file_count, "file_count")
    async with guards() as guard:
        found = await _require(guard, id, token)
        members = await tickets.arrived_files(guard.connection, token) if found.result is None else []
    if members is None:
        raise NoFile("No file was sent with this token.")
    if found.result is None and expected is not None and expected != len(members):
        raise NotArrived(f"{expected} files were announced and {len(members)} arrived; send the others.")
    blobs: Blobs = request.app.state.blobs
    return StreamingResponse(
        _events(guards, blobs, id, token, place, members), media_type="text/event-stream"
    )


async def _events(
    guards: Guards, blobs: Blobs, id: str, token: str, place: PackPlace, members: list[Arrived]
) -> AsyncIterator[bytes]:
    yield _event("progress", {"files": len(members)})
    try:
        yield _event("result", await _finish(guards, blobs, id, token, place, members))
    except TreadleError as error:  # the status line is gone: the client learns it from the last event
        yield _event("error", {"message": error.message, "status_code": error.status})


async def _finish(
    guards: Guards, blobs: Blobs, id: str, token: str, place: PackPlace, members: list[Arrived]
) -> dict[str, Any]:
    receipt = await pack(blobs, members) if members else None
    try:
        async with guards() as guard:
            found = await _require(guard, id, token)
            if found.result is not None:
                return dict(found.result)
            if receipt is None:
                raise NotArrived
            project = await get_container(guard.connection, id, level="project")
            acquisition = await find_acquisition(guard, project, place)
            ref = await keep(guard.connection, blobs, receipt)
            about = FileMetadata(
                type=place.packfile.type, zip_member_count=len(members), deid=place.packfile.deid
            )
            content = Arrived(place.file_name, ref, deid=found.request.get("deid"))
            made = await place_one(guard, acquisition, content, about)
            result = {
                "acquisition_id": acquisition.id,
                "session_id": acquisition.session_id,
                "filename": made.name,
            }
            await tickets.close_ticket(guard.connection, token, result)
            return result
    finally:
        if receipt is not None:
            await receipt.close()


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), dumps(data))


@router.post("/clean-packfiles", response_model=CleanedDocument, operation_id="clean_packfiles")
async def clean(guard: AdminGuard) -> Response:
    """Forget packfiles that nobody ended within an hour."""
    old = select(upload.c.id).where(
        upload.c.kind == KIND, upload.c.result.is_(None), upload.c.created_at < now() - _OLD
    )
    files = await guard.connection.execute(
        select(func.count()).select_from(upload_part).where(upload_part.c.upload_id.in_(old))
    )
    count = files.scalar_one()
    gone = await guard.connection.execute(delete(upload).where(upload.c.id.in_(old)))
    return json_answer({"removed": {"tokens": gone.rowcount, "files": count}})
