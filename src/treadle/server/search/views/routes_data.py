"""Views run: at once, queued, or into a file (api.md 15)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.guard import Guard, ScopedGuard, TicketGuards
from treadle.server.catalog.models import PlacedFile
from treadle.server.kit.errors import Unauthenticated
from treadle.server.search.errors import ViewInvalid
from treadle.server.search.models import ExecutionDocument
from treadle.server.search.views import executions, saved, tickets
from treadle.server.search.views.evaluate import Evaluation, describe, is_small, prepare, started, stream
from treadle.server.search.views.formats import Format, format_of_name, media_type, read_format
from treadle.server.search.views.save import file_name, find_target, save, saved_doc
from treadle.server.search.views.spec import ViewSpec, read_view
from treadle.server.search.views.sql import Asked
from treadle.server.search.views.tickets import Call
from treadle.server.wire.answer import disposition, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(tags=["views"])


def asked_of(query: Mapping[str, str]) -> Asked:
    """Filter, order and part of the rows that a call wants."""
    return Asked(
        filter=query.get("filter") or None,
        sort=query.get("sort") or None,
        skip=read_count(query.get("skip"), "skip") or 0,
        limit=read_count(query.get("limit"), "limit") or None,
    )


async def ticketed(request: Request, guard: Guard, body: Any) -> Call | Response:
    """The call, which a ticket may stand for; an empty `ticket=` asks for one."""
    query, path = dict(request.query_params), unquote(request.scope["path"])
    ticket = query.pop("ticket", None)
    if ticket:
        return await tickets.redeem(guard, ticket, path)
    if guard.identity.kind == "anonymous":
        raise Unauthenticated
    call = Call(guard, query, body)
    if ticket is not None:
        guard.decided()
        return json_answer({"ticket": await tickets.issue(call, path)})
    return call


def attachment(blocks: Any, kind: Format, name: str) -> Response:
    """The result as an answer that browsers save under this name."""
    headers = {"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(blocks, media_type=media_type(kind), headers=headers)


@dataclass(frozen=True)
class _Order:
    """What is to be answered, decided in a short transaction: none is held while rows flow to a slow client."""

    found: Evaluation
    kind: Format
    name: str

    async def answer(self, request: Request) -> Response:
        """The data as they are read."""
        state = request.app.state
        blocks = stream(state.database.transaction, state.blobs, self.found, self.kind)
        return attachment(await started(blocks), self.kind, self.name)


async def _ordered(call: Call, spec: ViewSpec, view_id: str | None = None) -> _Order:
    kind = read_format(call.query.get("format"))
    found = await prepare(call.guard, spec, call.query.get("containerId"), asked_of(call.query))
    await call.guard.record("view_container", describe(found, view_id))
    return _Order(found, kind, file_name(call.query.get("filename"), spec.label, kind))


@router.post("/views/data", response_model=dict[str, Any] | list[Any], operation_id="evaluate_view_adhoc")
async def evaluate(request: Request, guards: TicketGuards, body: ObjectBody) -> Response:
    """The data of a view that is not saved."""
    async with guards() as guard:
        call = await ticketed(request, guard, body)
        if isinstance(call, Response):
            return call
        order = await _ordered(call, read_view(call.body))
    return await order.answer(request)


@router.get("/views/{id}/data", response_model=dict[str, Any] | list[Any], operation_id="evaluate_view")
async def evaluate_saved(request: Request, guards: TicketGuards, id: str) -> Response:
    """The data of a saved view."""
    async with guards() as guard:
        call = await ticketed(request, guard, None)
        if isinstance(call, Response):
            return call
        order = await _ordered(call, read_view((await saved.find(call.guard, id)).spec), id)
    return await order.answer(request)


async def _queue(request: Request, guard: Guard, spec: ViewSpec, view_id: str | None) -> Response:
    query = request.query_params
    found = await prepare(guard, spec, query.get("containerId"), asked_of(query))
    await guard.record("view_container", describe(found, view_id))
    row = await executions.queue(guard, found, view_id=view_id)
    if await is_small(guard.connection, found):
        row = await executions.carry_out(guard.connection, request.app.state.blobs, row.id, found)
    return json_answer(executions.document(row))


@router.post("/views/queue", response_model=ExecutionDocument, operation_id="queue_adhoc")
async def queue(request: Request, guard: ScopedGuard, body: ObjectBody) -> Response:
    """Run a view that is not saved in the background; a small one is done when this answers."""
    return await _queue(request, guard, read_view(body), None)


@router.post("/views/{id}/queue", response_model=ExecutionDocument, operation_id="queue_saved")
async def queue_saved(request: Request, guard: ScopedGuard, id: str) -> Response:
    """Run a saved view in the background; a small one is done when this answers."""
    return await _queue(request, guard, read_view((await saved.find(guard, id)).spec), id)


@router.post("/views/save", response_model=PlacedFile, operation_id="save_view_data_to_container")
async def save_data(
    request: Request, guard: ScopedGuard, client: ClientDialect, body: ObjectBody
) -> Response:
    """The data of a view as a file of a container."""
    query, view_id = request.query_params, body.get("viewId")
    wanted = body.get("filename")
    if wanted is not None and not isinstance(wanted, str):
        raise ViewInvalid("filename: must be a text.")
    if not isinstance(body.get("containerId"), str):
        raise ViewInvalid("containerId: say in the body which container the file is for.")
    if isinstance(view_id, str):
        spec = read_view((await saved.find(guard, view_id)).spec)
    else:
        spec, view_id = read_view(body.get("view") or {}, ("view",)), None
    kind = read_format(query["format"]) if query.get("format") else format_of_name(wanted or "") or "json"
    source = query.get("containerId") or body["containerId"]
    found = await prepare(guard, spec, source, asked_of(query))
    target = await find_target(guard, body["containerId"])
    await guard.record("view_container", describe(found, view_id))
    state = request.app.state
    content = stream(lambda: nullcontext(guard.connection), state.blobs, found, kind)
    made = await save(guard, state.blobs, target, file_name(wanted, spec.label, kind), content)
    return json_answer(saved_doc(made, client))
