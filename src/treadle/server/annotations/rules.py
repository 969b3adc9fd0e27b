"""Who may do what with measurement sets (roles.md): one's own, and others'."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_

from treadle.server.access.guard import Guard
from treadle.server.annotations import queries
from treadle.server.annotations.errors import AnnotationMissing
from treadle.server.annotations.queries import Measurements
from treadle.server.annotations.tables import annotation
from treadle.server.catalog import files, rights
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.rows import File
from treadle.server.catalog.tables import file


async def target_of(guard: Guard, file_id: str, version: int | None) -> File:
    """The file that the caller may measure."""
    target = await files.get_file(guard.connection, file_id, version=version)
    await rights.require_file(guard, target, "files_view_contents", "annotations_manage")
    return target


async def readable(
    guard: Guard, annotation_id: str, *, version: int | None = None, deleted: bool = False
) -> Measurements:
    """The set, when the caller may see it: their own, or others' with the right to."""
    found, _ = await _seen(guard, annotation_id, version=version, deleted=deleted)
    guard.record_once("view_annotation", context_of(found), of=f"{found.id}:{found.shown.version}")
    return found


async def writable(guard: Guard, annotation_id: str) -> tuple[Measurements, File]:
    """The set and its file, when the caller may change it."""
    found, target = await _seen(guard, annotation_id)
    own = found.author_id == guard.identity.person
    await rights.require_file(guard, target, "annotations_manage" if own else "annotations_edit_others")
    return found, target


async def deletable(guard: Guard, annotation_id: str) -> Measurements:
    """The set, when the caller may delete it."""
    found, target = await _seen(guard, annotation_id)
    own = found.author_id == guard.identity.person
    await rights.require_file(guard, target, "annotations_manage" if own else "annotations_delete_others")
    return found


async def _seen(
    guard: Guard, annotation_id: str, *, version: int | None = None, deleted: bool = False
) -> tuple[Measurements, File]:
    guard.decided()
    found = await queries.find(guard.connection, annotation_id, guard.identity.person, version=version)
    if found is None or (found.deleted_at is not None and not deleted):
        raise AnnotationMissing
    target = await files.get_file(guard.connection, found.file_id, version=found.file_version)
    try:
        if found.author_id == guard.identity.person:
            await rights.require_file(guard, target, "files_view_metadata")
        else:
            await rights.require_file(guard, target, "files_view_metadata", "annotations_view_others")
    except FileMissing:
        raise AnnotationMissing from None
    return found, target


def visible(guard: Guard, *, exhaustive: bool) -> ColumnElement[bool]:
    """SQL condition on sets joined with their files: those the caller may see."""
    project = file.c.project_id
    shown = file.c.analysis_id.is_(None) | guard.allowed(
        project, "analyses_view_metadata", exhaustive=exhaustive
    )
    seen = guard.allowed(project, "containers_view_metadata", exhaustive=exhaustive)
    named = guard.allowed(project, "files_view_metadata", exhaustive=exhaustive)
    others = guard.allowed(project, "annotations_view_others", exhaustive=exhaustive)
    return shown & seen & named & or_(annotation.c.author_id == guard.identity.person, others)


def context_of(found: Measurements) -> dict[str, Any]:
    """The access log's view of a set."""
    above: dict[str, Any] = {level: {"id": value} for level, value in found.parents.items()}
    return {
        **above,
        "file": {"id": found.file_id, "version": found.file_version},
        "annotation": {"id": found.id, "version": found.shown.version},
    }
