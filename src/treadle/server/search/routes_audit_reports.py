"""Audit trail reports of projects (api.md 17)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from treadle.server.access.guard import ScopedGuard, TicketGuards
from treadle.server.search import audit_reports
from treadle.server.search.listing import page_of
from treadle.server.search.views import tickets
from treadle.server.search.views.routes_data import ticketed
from treadle.server.search.views.tickets import Call
from treadle.server.wire.answer import Deleted, disposition, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.http import public_base
from treadle.server.wire.model import Model
from treadle.server.wire.query import Listing
from treadle.server.wire.routing import Router

router = Router(prefix="/audit-trail/reports", tags=["reports"])

_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


class ReportDocument(Model):
    """An audit trail report."""

    id: str = Field(alias="_id")
    project_id: str
    subject_ids: list[str]
    label: str
    status: str
    origin: dict[str, str | None]
    created: str
    finished: str
    revision: int
    size: int | None = None
    error: str | None = None


@router.get("", response_model=list[ReportDocument], operation_id="list_audit_trail_reports")
async def reports(guard: ScopedGuard, client: ClientDialect, query: Listing) -> Response:
    """The reports of all projects whose reports you may read."""
    chosen = audit_reports.listed(guard)
    return await page_of(
        guard.connection, chosen, audit_reports.FIELDS, query, client, audit_reports.document
    )


@router.post("", response_model=ReportDocument, operation_id="add_audit_trail_report")
async def add(guard: ScopedGuard, body: ObjectBody) -> Response:
    """A report of every change in a project until now, or of those below some of its subjects."""
    return json_answer(audit_reports.document(await audit_reports.add(guard, body)))


@router.patch("/{id}", response_model=ReportDocument, operation_id="modify_audit_trail_report")
async def modify(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Give a report another label."""
    return json_answer(audit_reports.document(await audit_reports.change(guard, id, body)))


@router.delete("/{id}", response_model=Deleted, operation_id="delete_audit_trail_report")
async def remove(guard: ScopedGuard, id: str) -> Response:
    """Forget a report."""
    return json_answer({"deleted": await audit_reports.remove(guard, id)})


@router.get(
    "/{id}/csv",
    response_class=Response,
    responses=_TABLE,
    operation_id="download_audit_trail_report",
)
async def download(request: Request, guards: TicketGuards, id: str) -> Response:
    """The report as a table, with credentials or a ticket."""
    async with guards() as guard:
        call = await ticketed(request, guard, None)
        if isinstance(call, Response):
            return call
        row = await audit_reports.find(call.guard, id)
        context = {"project": {"id": row.project_id}, "audit_report": {"id": row.id}}
        await call.guard.record("view_access_log", context)
    return StreamingResponse(
        audit_reports.table(request.app.state.database, row),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition(f"{row.label}.csv")},
    )


@router.get("/{id}/download", response_model=str, operation_id="get_audit_trail_report_download_url")
async def address(request: Request, guard: ScopedGuard, id: str) -> Response:
    """An address that gives the table for an hour, without credentials."""
    await audit_reports.find(guard, id)
    path = f"/api/audit-trail/reports/{id}/csv"
    ticket = await tickets.issue(Call(guard, {}, None), path)
    return json_answer(f"{public_base(request)}{path}?ticket={ticket}")
