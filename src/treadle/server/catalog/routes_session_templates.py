"""Endpoints of session templates and compliance (api.md 17, web.md 6)."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy import select

from treadle.server.access.guard import AdminGuard, Guard, ScopedGuard
from treadle.server.catalog import compliance, compliance_report, queries, rights
from treadle.server.catalog.containers import apply_changes
from treadle.server.catalog.models import Document
from treadle.server.catalog.rows import Container
from treadle.server.catalog.session_templates import clean_templates
from treadle.server.catalog.tables import container
from treadle.server.wire.answer import Deleted, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.model import Model
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(tags=["session templates"])

_MOST_ROWS = 500


class Recalculated(Model):
    """Sessions whose verdict changed."""

    sessions_changed: list[str]


class TriedOut(Document):
    """What templates would say, with one page of sessions."""

    sessions: int
    satisfied: int
    changes: int
    results: list[dict[str, object]]


async def _managed(guard: Guard, project_id: str) -> Container:
    target = await rights.find(guard, project_id, level="project")
    await rights.require(guard, target, "session_templates_manage")
    return target


# Before the paths with an id: the first match wins.
@router.post("/projects/recalc", response_model=Recalculated, operation_id="recalc_all_projects")
async def recalculate_all(guard: AdminGuard) -> Response:
    """Judge the sessions of every project with templates anew."""
    templated = select(container.c.id).where(
        container.c.level == "project",
        queries.LIVE,
        container.c.doc["templates"].astext.not_in(("[]", "null")),
    )
    changed: list[str] = []
    for project_id in (await guard.connection.execute(templated.order_by(container.c.id))).scalars().all():
        changed += await compliance.refresh(guard.connection, project_id)
    return json_answer({"sessions_changed": changed})


@router.post("/projects/{id}/recalc", response_model=Recalculated, operation_id="recalc_project")
async def recalculate(guard: ScopedGuard, id: str) -> Response:
    """Judge the project's sessions anew."""
    target = await _managed(guard, id)
    return json_answer({"sessions_changed": await compliance.refresh(guard.connection, target.id)})


@router.post("/projects/{id}/template", response_model=Modified, operation_id="set_project_template")
async def set_templates(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """These templates for the project's sessions, which are judged at once."""
    target = await _managed(guard, id)
    templates = clean_templates(body)
    await apply_changes(guard.connection, target, {"doc": container.c.doc.op("||")({"templates": templates})})
    await compliance.refresh(guard.connection, target.id)
    await guard.record("modify_container", target.context)
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.delete("/projects/{id}/template", response_model=Deleted, operation_id="remove_project_template")
async def remove_templates(guard: ScopedGuard, id: str) -> Response:
    """No templates; sessions lose their verdicts."""
    target = await _managed(guard, id)
    known = len(target.doc.get("templates") or [])
    if known:
        await apply_changes(guard.connection, target, {"doc": container.c.doc.op("||")({"templates": []})})
        await compliance.forget(guard.connection, "project", target.id)
        await guard.record("modify_container", target.context)
    return json_answer({"deleted": known})


@router.post("/x/projects/{id}/template-test", response_model=TriedOut, operation_id="test_project_template")
async def try_out(
    guard: ScopedGuard, id: str, body: ObjectBody, limit: str | None = None, after_id: str = ""
) -> Response:
    """What these templates (without a body: the project's own) say of its sessions; nothing is stored."""
    target = await rights.find(
        guard, id, "containers_view_metadata", "session_templates_view", level="project"
    )
    templates = clean_templates(body) if body else await compliance.templates_of(guard.connection, target.id)
    scope = container.c.project_id == target.id
    if not templates:
        return json_answer({"sessions": 0, "satisfied": 0, "changes": 0, "results": []})
    rows = min(read_count(limit, "limit") or 100, _MOST_ROWS)
    counts = await compliance_report.would_change(guard.connection, templates, scope)
    results = await compliance_report.checklists(
        guard.connection, templates, scope, limit=rows, after=after_id
    )
    return json_answer({**counts, "results": results})


@router.get("/x/sessions/{id}/compliance", response_model=Document, operation_id="get_session_compliance")
async def checklist(guard: ScopedGuard, id: str) -> Response:
    """What the session has and lacks, template by template."""
    target = await rights.find(
        guard, id, "containers_view_metadata", "session_templates_view", level="session"
    )
    templates = await compliance.templates_of(guard.connection, str(target.project_id))
    found = await compliance_report.checklists(
        guard.connection, templates, container.c.id == target.id, limit=1, after=""
    )
    return json_answer({**found[0], "project_has_template": bool(templates)})
