"""Endpoints on many things at once: edits, moves, deletes, upsert of a hierarchy, UIDs that exist (api.md 9, 17)."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import Field

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import bulk_deletes, bulk_edits, bulk_moves, rights, uids, upsert
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.models import Document, Reference
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.body import ListBody, ObjectBody
from treadle.server.wire.model import Model
from treadle.server.wire.query import DeleteReason
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


class Uids(Model):
    """UIDs that exist."""

    sessions: list[str] = Field(default=[])
    acquisitions: list[str] = Field(default=[])


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


class EditExample(Document):
    """One of the things that change: the fields and tags in question, before and after."""

    id: str
    label: str
    before: dict[str, Any]
    after: dict[str, Any]


class Edited(Model):
    """What came of a change of many, or what would: counts, the first examples, and the stamp of what was seen."""

    changed: int
    unchanged: int
    refused: int
    locked: int
    not_found: int
    overwritten: dict[str, int]
    examples: list[EditExample]
    stamp: str


def _edits(level: str, plural: str) -> None:
    @router.post(f"/x/bulk/edit/{plural}", response_model=Edited, operation_id=f"bulk_edit_{plural}")
    async def edit(guard: ScopedGuard, body: ObjectBody) -> Response:
        """Set and delete fields, add and remove tags: `{ids, change, preview, stamp}`."""
        return json_answer(await bulk_edits.edit_many(guard, bulk_edits.read_request(level, body)))


_edits("subject", "subjects")
_edits("session", "sessions")
_edits("acquisition", "acquisitions")
_edits("file", "files")


class DeletedMany(Deleted):
    """Answer of a delete call with many ids."""

    not_found: int = 0
    delete_scheduled: int = 0


def _deleted(outcome: bulk_deletes.Outcome) -> Response:
    return json_answer({"deleted": outcome.deleted, "not_found": outcome.not_found, "delete_scheduled": 0})


def _deletes(level: str) -> None:
    plural = LEVELS[level].plural

    @router.delete(f"/{plural}", response_model=DeletedMany, operation_id=f"delete_{plural}")
    async def delete_several(
        guard: ScopedGuard, body: ListBody, delete_reason: DeleteReason = None
    ) -> Response:
        return _deleted(await bulk_deletes.delete_containers(guard, level, body, reason=delete_reason))


for _level in LEVELS:
    _deletes(_level)


@router.delete("/files", response_model=DeletedMany, operation_id="delete_files_by_ids")
async def delete_files(guard: ScopedGuard, body: ListBody, delete_reason: DeleteReason = None) -> Response:
    """All of these files, or none when one may not be deleted."""
    return _deleted(await bulk_deletes.delete_files(guard, body, reason=delete_reason))


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
