"""Audit trail reports: every change in a project, or below some of its subjects, up to a moment (api.md 17).

A report is that moment and nothing else. Its lines are read from the change log, which only grows, so a report is
complete as soon as it is asked for and says the same whenever it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from treadle.server.access.accesslog import cell, written
from treadle.server.access.actions import Action
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import queries
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.tables import change_log, container, file
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Conflict, Invalid
from treadle.server.kit.ids import new_id
from treadle.server.search.errors import AuditReportMissing
from treadle.server.search.tables import audit_report
from treadle.server.store.db import Database
from treadle.server.store.filtering import Field
from treadle.server.wire.answer import dumps, stamp

FIELDS: Mapping[str, Field] = {
    "_id": Field(audit_report.c.id, "text"),
    "id": Field(audit_report.c.id, "text"),
    "project_id": Field(audit_report.c.project_id, "text"),
    "subject_ids": Field(audit_report.c.subject_ids, "text_list"),
    "label": Field(audit_report.c.label, "text"),
    "status": Field(literal("complete"), "text"),
    "origin.id": Field(audit_report.c.origin_id, "text"),
    "created": Field(audit_report.c.created_at, "time"),
    "finished": Field(audit_report.c.created_at, "time"),
    "revision": Field(audit_report.c.revision, "integer"),
}
_HEAD = (
    *("timestamp", "origin.type", "origin.id", "change", "container_type", "container_id", "label"),
    *("file_version", "revision", "reason", "values"),
)
_PAGE = 1000
_LABEL = 255


def document(row: Row[Any]) -> dict[str, Any]:
    """A report as the clients read it."""
    return {
        "_id": row.id,
        "project_id": row.project_id,
        "subject_ids": row.subject_ids,
        "label": row.label,
        "status": "complete",
        "origin": {"type": row.origin_type, "id": row.origin_id},
        "created": stamp(row.created_at),
        "finished": stamp(row.created_at),
        "revision": row.revision,
        "size": None,
        "error": None,
    }


def listed(guard: Guard) -> Select[Any]:
    """The reports the caller may read."""
    return select(audit_report).where(guard.allowed(audit_report.c.project_id, "audit_trail_reports_view"))


async def find(guard: Guard, report_id: str, action: Action = "audit_trail_reports_view") -> Row[Any]:
    """The report, when the caller may do this with it."""
    guard.decided()  # of a report that is not there nothing can leak
    query = select(audit_report).where(audit_report.c.id == report_id)
    row = (await guard.connection.execute(query)).one_or_none()
    if row is None:
        raise AuditReportMissing
    try:
        await guard.require(action, project_id=row.project_id)
    except ContainerNotFound:
        raise AuditReportMissing from None
    return row


async def add(guard: Guard, said: Mapping[str, Any]) -> Row[Any]:
    """A new report of a project."""
    project = await get_container(guard.connection, str(said.get("project_id") or ""), level="project")
    await guard.require("audit_trail_reports_manage", project_id=project.id)
    subject_ids = await _subjects(guard, project.id, said.get("subject_ids"))
    at = now()
    kind, number = guard.identity.origin
    values = {
        "id": new_id(),
        "project_id": project.id,
        "subject_ids": subject_ids,
        "label": clean_label(said.get("label") or f"{project.label[:200]} {at:%Y-%m-%d %H:%M}"),
        "origin_type": kind,
        "origin_id": number,
        "created_at": at,
    }
    made = await guard.connection.execute(insert(audit_report).values(values).returning(audit_report))
    row: Row[Any] = made.one()
    return row


async def _subjects(guard: Guard, project_id: str, wanted: Any) -> list[str]:
    if wanted is None:
        return []
    if not isinstance(wanted, list) or not all(isinstance(item, str) for item in wanted):
        raise Invalid("'subject_ids' must be a list of ids.")
    found = await queries.containers_by_ids(guard.connection, wanted)
    for subject_id in wanted:
        subject = found.get(subject_id)
        if subject is None or subject.level != "subject" or subject.project_id != project_id:
            raise ContainerNotFound(f"The project has no subject '{subject_id}'.")
    return list(dict.fromkeys(wanted))


def clean_label(value: Any) -> str:
    """A report's label."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LABEL:
        raise Invalid(f"'label' must be a text of 1 to {_LABEL} characters.")
    return value.strip()


async def change(guard: Guard, report_id: str, said: Mapping[str, Any]) -> Row[Any]:
    """The report with another label; there is nothing left to cancel."""
    row = await find(guard, report_id, "audit_trail_reports_manage")
    if said.get("status") not in (None, "complete"):
        raise Conflict("This report is complete; delete it if it is not wanted.")
    if "label" not in said:
        return row
    changed = (
        update(audit_report)
        .where(audit_report.c.id == row.id)
        .values(label=clean_label(said["label"]), revision=audit_report.c.revision + 1)
    )
    renamed: Row[Any] = (await guard.connection.execute(changed.returning(audit_report))).one()
    return renamed


async def remove(guard: Guard, report_id: str) -> int:
    """Forget the report; the change log stays."""
    row = await find(guard, report_id, "audit_trail_reports_manage")
    gone = await guard.connection.execute(delete(audit_report).where(audit_report.c.id == row.id))
    return int(gone.rowcount)


def _about(row: Row[Any]) -> ColumnElement[bool]:
    """Lines about what is (or was, until it is purged) in the project, or below the chosen subjects."""

    def inside(table: Any) -> ColumnElement[bool]:
        if row.subject_ids:
            return table.c.subject_id == literal(row.subject_ids, ARRAY(Text)).any_()  # type: ignore[no-any-return]
        return table.c.project_id == row.project_id  # type: ignore[no-any-return]

    return or_(
        change_log.c.target_id.in_(select(container.c.id).where(inside(container))),
        change_log.c.target_id.in_(select(file.c.file_id).where(inside(file))),
    )


async def table(database: Database, row: Row[Any]) -> AsyncIterator[bytes]:
    """The report as CSV, oldest line first, a page per short transaction."""
    yield written([_HEAD])
    last = ""
    while True:
        async with database.transaction() as connection:
            lines = (
                await connection.execute(
                    select(change_log)
                    .where(_about(row), change_log.c.created_at <= row.created_at, change_log.c.id > last)
                    .order_by(change_log.c.id)
                    .limit(_PAGE)
                )
            ).all()
            labels = await _labels(connection, lines)
        if lines:
            yield written([_cells(line, labels.get(line.target_id)) for line in lines])
            last = lines[-1].id
        if len(lines) < _PAGE:
            return


async def _labels(connection: Any, lines: Sequence[Row[Any]]) -> dict[str, str]:
    wanted = {line.target_id for line in lines}
    named = select(container.c.id, container.c.label).where(container.c.id.in_(wanted))
    files = select(file.c.file_id, file.c.name).where(file.c.file_id.in_(wanted), file.c.is_current)
    return {key: label for query in (named, files) for key, label in await connection.execute(query)}


def _cells(line: Row[Any], label: str | None) -> list[str]:
    about = (line.origin_type, line.origin_id, line.method, line.target_type, line.target_id, label)
    more = (line.version, line.revision, line.reason, dumps(line.patch).decode())
    return [line.created_at.isoformat(), *map(cell, (*about, *more))]
