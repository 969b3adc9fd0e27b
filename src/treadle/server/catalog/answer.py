"""Lists as answers: one page as JSON, or everything as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.access.tables import app_user, device
from treadle.server.catalog import listing, relations
from treadle.server.catalog.listing import Source
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.wire import View, file_doc
from treadle.server.store.db import Database
from treadle.server.wire.answer import dumps
from treadle.server.wire.answer import listing as list_answer
from treadle.server.wire.dialect import Client
from treadle.server.wire.query import ListQuery, flag

_SLIM = ("_id", "container_type", "label", "parents", "permissions", "timestamp", "created", "modified")


def list_view(client: Client, query: ListQuery) -> View:
    """How list rows are shown: without info, with files unless the client asked otherwise."""
    lean = client.features & {"slim_containers", "exclude_files"} and "join_files" not in client.features
    return View(client, info=query.include_all_info, files=not lean)


class _Rows:
    """Turns batches of rows into documents."""

    def __init__(self, client: Client, query: ListQuery, *, stats: bool) -> None:
        self._client, self._query, self._stats = client, query, stats
        self._view = list_view(client, query)

    async def documents(self, guard: Guard, rows: list[Any]) -> list[dict[str, Any]]:
        """The documents of one batch."""
        files = [row for row in rows if isinstance(row, File)]
        if files:
            return [file_doc(row, self._client, info=self._query.include_all_info) for row in files]
        found = await relations.documents(guard, rows, self._view, stats=self._stats)
        if self._query.join_origin:
            await _join_origins(guard, found)
        if "slim_containers" in self._client.features:
            return [{name: doc.get(name) for name in _SLIM} for doc in found]
        return found


async def answer_containers(
    request: Request, guard: Guard, source: Source[Container], query: ListQuery, client: Client
) -> Response:
    """A list of containers as this client wants it."""
    rows = _Rows(client, query, stats=flag(request, "stats"))
    return await _answer(request, guard, source, query, rows, envelope=client.envelope)


async def answer_files(
    request: Request, guard: Guard, source: Source[File], query: ListQuery, client: Client
) -> Response:
    """A list of files: always with the envelope (api.md 6.1)."""
    return await _answer(request, guard, source, query, _Rows(client, query, stats=False), envelope=True)


async def _answer(
    request: Request,
    guard: Guard,
    source: Source[Any],
    query: ListQuery,
    rows: _Rows,
    *,
    envelope: bool,
) -> Response:
    first = query if query.limit is not None else replace(query, limit=listing.BATCH + 1)
    found = await listing.fetch(guard.connection, source, first)
    total = await listing.count(guard.connection, source, query) if envelope else None
    if len(found) <= listing.BATCH:
        return list_answer(await rows.documents(guard, found), total=total, envelope=envelope)
    return StreamingResponse(
        _stream(request.app.state.database, guard, source, query, rows, total),
        media_type="application/json",
    )


async def _stream(
    database: Database,
    guard: Guard,
    source: Source[Any],
    query: ListQuery,
    rows: _Rows,
    total: int | None,
) -> AsyncIterator[bytes]:
    """A long list in its own transaction, a batch in memory at a time."""
    async with database.transaction() as connection, database.transaction() as beside:
        held = replace(guard, connection=beside)
        yield b'{"results":[' if total is not None else b"["
        separator, sent = b"", 0
        async for batch in listing.batches(connection, source, query):
            documents = await rows.documents(held, batch)
            sent += len(documents)
            yield separator + b",".join(map(dumps, documents))
            separator = b","
        yield b"]" if total is None else b'],"count":%d,"total":%d}' % (sent, total)


async def _join_origins(guard: Guard, documents: list[dict[str, Any]]) -> None:
    """Names of the users and devices behind the files, as `join-origin`."""
    origins = [item["origin"] for doc in documents for item in doc.get("files", ())]
    users = {item["id"] for item in origins if item["type"] == "user"}
    devices = {item["id"] for item in origins if item["type"] == "device"}
    joined: dict[str, dict[str, Any]] = {"user": {}, "device": {}, "job": {}}
    if users:
        people = select(app_user.c.id, app_user.c.firstname, app_user.c.lastname)
        for row in await guard.connection.execute(people.where(app_user.c.id.in_(users))):
            joined["user"][row.id] = {"firstname": row.firstname, "lastname": row.lastname}
    if devices:
        known = select(device.c.id, device.c.label, device.c.type).where(device.c.id.in_(devices))
        for row in await guard.connection.execute(known):
            joined["device"][row.id] = {"name": row.label, "method": row.type}
    for doc in documents:
        doc["join-origin"] = joined
