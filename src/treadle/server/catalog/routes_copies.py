"""Endpoints of copies (api.md 9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import Response

from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import copies, relations, rights
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.models import MODELS
from treadle.server.catalog.rows import Container
from treadle.server.catalog.wire import View
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.model import Model
from treadle.server.wire.routing import Router

router = Router(tags=["copies"])

Copier = Callable[[Guard, Container, Mapping[str, Any]], Awaitable[Container]]


class ProjectCopy(Model):
    """The new project; its `copy_status` tells when it is complete."""

    task_id: str
    snapshot_id: str | None = None
    project_id: str


@router.post("/projects/{id}/copy", response_model=ProjectCopy, operation_id="project_copy")
async def copy_project(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Copy the project by reference: `{group_id, project_label, filter}`."""
    made = await copies.copy_project(guard, await rights.find(guard, id, level="project"), body)
    return json_answer({"task_id": made.id, "snapshot_id": None, "project_id": made.id})


def _copies(level: str, copier: Copier) -> None:
    path = f"/{LEVELS[level].plural}/{{id}}/copy"

    @router.post(path, response_model=MODELS[level], operation_id=f"{level}_copy")
    async def copy(guard: ScopedGuard, client: ClientDialect, id: str, body: ObjectBody) -> Response:
        made = await copier(guard, await rights.find(guard, id, level=level), body)
        return json_answer(await relations.document(guard, made, View(client)))


_copies("subject", copies.copy_subject)
_copies("session", copies.copy_session)
_copies("acquisition", copies.copy_acquisition)
