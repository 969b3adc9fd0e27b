"""Downloads of many files: ticket, tar or zip stream, target list, summary (api.md 10.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Table, select

from treadle.server.access.guard import Guard, ScopedGuard, TicketGuard
from treadle.server.access.identity import again
from treadle.server.catalog import relations
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container, file
from treadle.server.catalog.wire import View, file_doc
from treadle.server.delivery import tickets
from treadle.server.delivery.archive import MEDIA_TYPES, stream_tar, stream_zip
from treadle.server.delivery.errors import NothingToDownload, TicketUnknown
from treadle.server.delivery.layout import Entry, batched, lay_out, lay_out_with_folders, safe_name
from treadle.server.delivery.models import DownloadTicket, TypeCount
from treadle.server.delivery.selection import Options, Selection, select_files
from treadle.server.kit.errors import Invalid, Unauthenticated
from treadle.server.store.blobs import Blobs
from treadle.server.store.db import Database
from treadle.server.wire.answer import disposition, dumps, json_answer, stamp
from treadle.server.wire.body import ObjectBody, read_json
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(prefix="/download", tags=["download"])

AnyBody = Annotated[Any, Depends(read_json)]


def _options(request: Request, prefix: str) -> Options:
    text = request.query_params.get("prefix", prefix)
    parts = [safe_name(part) for part in text.split("/") if part.strip()]
    return Options("/".join(parts), flag(request, "analyses"), flag(request, "metadata"))


@router.post("", response_model=DownloadTicket)
async def prepare_download(request: Request, guard: ScopedGuard, body: ObjectBody) -> Response:
    """A ticket for a selection; what the caller may not download is left out and named in `skipped`."""
    wanted, options = Selection.model_validate(body), _options(request, "flywheel")
    guard.decided()
    found = await select_files(guard, wanted, options)
    everything = [*found.files, *(item for items in found.inputs.values() for item in items)]
    if not everything:
        raise NothingToDownload
    asked = {
        "selection": wanted.model_dump(mode="json", by_alias=True),
        "options": {"prefix": options.prefix, "analyses": options.analyses, "metadata": options.metadata},
        "by": guard.identity.claim,
    }
    return json_answer(
        {
            "ticket": await tickets.issue(guard.connection, guard.identity, "archive", asked),
            "filename": f"{options.prefix.rpartition('/')[2] or 'download'}.tar",
            "file_cnt": len(everything),
            "size": sum(item.size for item in everything),
            "skipped": found.skipped,
        }
    )


@router.get("", response_class=StreamingResponse)
async def fetch_download(
    request: Request, guard: TicketGuard, ticket: str = "", format: str = "tar"
) -> Response:
    """The archive of a ticket, as a tar or zip stream; the ticket is the credential."""
    if format not in ("tar", "zip"):
        raise Invalid("'format' must be tar or zip.")
    bound = await tickets.redeem(guard.connection, ticket, "archive")
    guard.decided()
    owner = await _as_owner(guard, bound)
    options = Options(**bound.request["options"])
    found = await select_files(owner, Selection.model_validate(bound.request["selection"]), options)
    entries = await lay_out(owner, found, options)
    if not entries:
        raise NothingToDownload
    await owner.record_all("download_file", [entry.file.context for entry in entries])
    guard.recorded = True
    blobs: Blobs = request.app.state.blobs
    name = f"{options.prefix.rpartition('/')[2] or 'download'}.{format}"
    stream = stream_zip(blobs, entries) if format == "zip" else stream_tar(blobs, entries)
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "no-store"}
    return StreamingResponse(
        stream, media_type=MEDIA_TYPES["zip" if format == "zip" else "tar"], headers=headers
    )


async def _as_owner(guard: Guard, bound: tickets.Ticket) -> Guard:
    """The guard of whoever asked for the ticket: rights and keys withdrawn meanwhile count."""
    try:
        identity = await again(guard.connection, bound.request["by"])
    except Unauthenticated:
        raise TicketUnknown from None
    return Guard(identity=identity, connection=guard.connection, method=guard.method, path=guard.path)


@router.post("/targets", response_class=StreamingResponse)
async def list_targets(
    request: Request, guard: ScopedGuard, client: ClientDialect, body: ObjectBody
) -> Response:
    """Every file of a selection with the path it would have, one JSON object per line."""
    wanted, options = Selection.model_validate(body), _options(request, "")
    # `fw ingest project` copies out of this list and wants the levels named in the paths, and described.
    options = replace(options, delimited=options.metadata and client.command == "ingest")
    guard.decided()
    found = await select_files(guard, wanted, options)
    entries, folders = await lay_out_with_folders(guard, found, options)
    about: dict[str, Any] = {}
    if options.delimited:
        view = View(client, files=False)
        documents = await relations.documents(guard, [item for _, item in folders], view)
        about = {document["_id"]: document for document in documents}

    database: Database = request.app.state.database

    async def lines() -> AsyncIterator[bytes]:
        for several in batched(folders if options.delimited else []):
            infos = await _infos(database, container, [item.id for _, item in several])
            for folder, item in several:
                yield dumps(_described(folder, item, about[item.id] | {"info": infos[item.id]})) + b"\n"
        for batch in batched(entries):
            infos = {}
            if options.metadata:
                infos = await _infos(database, file, [entry.file.id for entry in batch])
            for entry in batch:
                yield dumps(_target(entry)) + b"\n"
                if options.metadata:
                    whole = file_doc(entry.file, client) | {"info": infos[entry.file.id]}
                    yield dumps(_sidecar(entry, whole)) + b"\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


async def _infos(database: Database, table: Table, ids: list[str]) -> dict[str, Any]:
    """Custom metadata, which lists leave out: of a batch at a time, in a short transaction of its own."""
    found: dict[str, Any] = {number: {} for number in ids}
    async with database.transaction() as connection:
        rows = await connection.execute(select(table.c.id, table.c.info).where(table.c.id.in_(ids)))
    return found | {row.id: row.info for row in rows}


def _target(entry: Entry) -> dict[str, Any]:
    return {
        "download_type": "full",
        "dst_path": f"/{entry.path}",
        "size": entry.size,
        "modified": stamp(entry.modified_at),
        "container_id": entry.file.parent_id,
        "filename": entry.file.name,
        "filetype": entry.file.type,
    }


def _described(folder: str, item: Container, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "download_type": "metadata_sidecar",
        "dst_path": f"/{folder}/{folder.rpartition('/')[2]}.flywheel.json",
        "size": len(dumps(metadata)),
        "modified": stamp(item.modified_at),
        "container_id": item.id,
        "metadata": metadata,
    }


def _sidecar(entry: Entry, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "download_type": "metadata_sidecar",
        "dst_path": f"/{entry.path}.flywheel.json",
        "size": len(dumps(metadata)),
        "modified": stamp(entry.modified_at),
        "container_id": entry.file.parent_id,
        "metadata": metadata,
    }


@router.post("/summary", response_model=dict[str, TypeCount])
async def summarise(request: Request, guard: ScopedGuard, body: AnyBody) -> Response:
    """How many files of each type a selection has, and their size."""
    wanted = Selection.model_validate({"nodes": body} if isinstance(body, list) else body)
    guard.decided()
    found = await select_files(guard, wanted, _options(request, ""))
    counts: dict[str, list[int]] = defaultdict(list)
    for item in found.files:
        counts[item.type or "null"].append(item.size)
    return json_answer(
        {
            kind: {"_id": kind, "count": len(sizes), "mb_total": round(sum(sizes) / 1e6, 3)}
            for kind, sizes in counts.items()
        }
    )
