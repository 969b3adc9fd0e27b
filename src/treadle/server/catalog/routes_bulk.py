"""Endpoints on many containers at once: bulk moves, upsert of a hierarchy, UIDs that exist (api.md 9, 17)."""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import bulk_moves, rights, uids, upsert
from treadle.server.catalog.models import Document, Reference
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["bulk"])


class MoveConflict(Document):
    """Something that has a namesake where it would go."""

    id: str
    label: str
    subject_code: str | None = None
    conflict_with: Reference
    conflict_label: str
    move_type: list[str]


class Uids(BaseModel):
    """UIDs that exist."""

    sessions: list[str] = []
    acquisitions: list[str] = []


def _moves(level: str, plural: str) -> None:
    @router.post(
        f"/bulk/move/{plural}", response_model=list[MoveConflict], operation_id=f"bulk_move_{plural}"
    )
    async def move(guard: ScopedGuard, body: ObjectBody) -> Response:
        request = bulk_moves.read_request(level, body)
        return json_answer(await bulk_moves.move_many(guard, level, request))


_moves("session", "sessions")
_moves("subject", "subjects")
_moves("acquisition", "acquisitions")


@router.post(
    "/projects/{id}/upsert-hierarchy", response_model=Document, operation_id="upsert_project_hierarchy"
)
async def upsert_hierarchy(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Find or make a subject, session and acquisition."""
    project = await rights.find(guard, id, level="project")
    return json_answer(await upsert.upsert_hierarchy(guard, project, body))


@router.post("/uids", response_model=Uids, operation_id="check_uids_exist")
async def existing(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Which of these session and acquisition UIDs exist where you may see them."""
    return json_answer(await uids.existing(guard, body))


@router.post("/uids/projects", response_model=dict[str, Uids], operation_id="check_uids_in_projects")
async def existing_by_project(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Which of these UIDs exist in which project; projects without one are left out."""
    return json_answer(await uids.existing_by_project(guard, body))
