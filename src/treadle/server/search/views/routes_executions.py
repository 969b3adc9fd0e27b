"""Executions of views: their state and their data (api.md 15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select, true

from treadle.server.access.guard import ScopedGuard, TicketGuards
from treadle.server.catalog.models import PlacedFile
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.search.listing import page_of
from treadle.server.search.models import ExecutionDocument
from treadle.server.search.tables import data_view_execution as execution
from treadle.server.search.views import executions as stored
from treadle.server.search.views.evaluate import started
from treadle.server.search.views.formats import read_format, render
from treadle.server.search.views.routes_data import attachment, ticketed
from treadle.server.search.views.save import file_name, find_target, save, saved_doc
from treadle.server.store.filtering import Field
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing
from treadle.server.wire.routing import Router

router = Router(prefix="/data_view_executions", tags=["views"])

_FIELDS: Mapping[str, Field] = {
    "_id": Field(execution.c.id, "text"),
    "id": Field(execution.c.id, "text"),
    "state": Field(execution.c.state, "text"),
    "user_id": Field(execution.c.user_id, "text"),
    "project_id": Field(execution.c.project_id, "text"),
    "data_view_id": Field(execution.c.view_id, "text"),
    "data_view_label": Field(execution.c.view_label, "text"),
    "created": Field(execution.c.created_at, "time"),
    "modified": Field(execution.c.modified_at, "time"),
    "timestamp_ran": Field(execution.c.started_at, "time"),
    "expires_on": Field(execution.c.expires_at, "time"),
}


@router.get("", response_model=list[ExecutionDocument], operation_id="get_all_data_view_executions")
async def executions(guard: ScopedGuard, client: ClientDialect, query: Listing) -> Response:
    """The caller's executions; with `exhaustive` everybody's, for site administrators."""
    if query.exhaustive:
        guard.require_site_admin()
    guard.decided()
    chosen = select(execution).where(
        execution.c.expires_at > now(),
        true() if query.exhaustive else stored.own(guard),
    )
    return await page_of(guard.connection, chosen, _FIELDS, query, client, stored.document)


@router.get("/{id}", response_model=ExecutionDocument, operation_id="get_data_view_execution")
async def read(guard: ScopedGuard, id: str) -> Response:
    """The state of an execution."""
    return json_answer(stored.document(await stored.find(guard, id)))


@router.get(
    "/{id}/data", response_model=dict[str, Any] | list[Any], operation_id="get_data_view_execution_data"
)
async def data(request: Request, guards: TicketGuards, id: str) -> Response:
    """The data of a completed execution."""
    async with guards() as guard:
        call = await ticketed(request, guard, None)
        if isinstance(call, Response):
            return call
        kind = read_format(call.query.get("file_format") or call.query.get("format"))
        row = await stored.find(call.guard, id)
        found = await stored.result(call.guard, request.app.state.blobs, row)
        await call.guard.record("view_container", _context(row))
    name = file_name(call.query.get("file_name"), row.view_label, kind)
    return attachment(await started(render(kind, found.layout, found.rows)), kind, name)


def _context(row: Any) -> dict[str, Any]:
    return {
        row.container_level: {"id": row.container_id},
        "data_view": {"execution": row.id, **({"id": row.view_id} if row.view_id else {})},
    }


@router.post("/{id}/save", response_model=PlacedFile, operation_id="save_data_view_execution")
async def save_data(request: Request, guard: ScopedGuard, client: ClientDialect, id: str) -> Response:
    """The data of an execution as a file of the project it ran in."""
    kind = read_format(request.query_params.get("file_format"))
    row = await stored.find(guard, id)
    if row.project_id is None:
        raise Invalid("This view did not run inside a project; save its data with /views/save.")
    blobs = request.app.state.blobs
    found = await stored.result(guard, blobs, row)
    target = await find_target(guard, row.project_id)
    wanted = request.query_params.get("file_name")
    name = file_name(wanted, row.view_label, kind)
    made = await save(guard, blobs, target, name, render(kind, found.layout, found.rows))
    return json_answer(saved_doc(made, client))


@router.post("/{id}/delete", response_model=Deleted, operation_id="delete_view_execution")
async def remove(guard: ScopedGuard, id: str) -> Response:
    """Forget an execution and its data."""
    await stored.find(guard, id)
    return json_answer({"deleted": await stored.remove(guard.connection, id)})
