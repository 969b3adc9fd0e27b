"""`/annotations` of older clients: one annotation each, in their viewer's own form, on the same store."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access.guard import ScopedGuard
from treadle.server.annotations import queries, rules, sets
from treadle.server.annotations.legacy import LEGACY, wrapped
from treadle.server.annotations.queries import Measurements
from treadle.server.annotations.sets import Content
from treadle.server.annotations.tables import annotation
from treadle.server.catalog.tables import file
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import Deleted, InsertedId, Modified, json_answer, listing, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.routing import Router

router = Router(prefix="/annotations", tags=["annotations"])

_MOST = 1000


def _document(found: Measurements) -> dict[str, Any]:
    data = found.shown.data
    is_legacy = data.get("schema") == LEGACY
    return {
        "_id": found.id,
        "file_id": found.file_id,
        "task_id": found.task_id,
        "data": data["data"] if is_legacy else data,
        "viewer_format": data["viewer_format"] if is_legacy else data.get("schema"),
        "origin": {"type": "user", "id": found.author_id},
        "parents": found.parents,
        "revision": found.revision,
        "created": stamp(found.created_at),
        "modified": stamp(found.modified_at),
    }


def _content(body: dict[str, Any]) -> Content:
    data, form = body.get("data"), body.get("viewer_format") or "legacy"
    if not isinstance(data, dict) or not isinstance(form, str) or len(form) > 64:
        raise Invalid("An annotation needs 'data', an object, and 'viewer_format', a short text.")
    return Content(data=wrapped(data, form))


@router.get("", response_model=list[dict[str, Any]])
async def list_viewer_annotations(request: Request, guard: ScopedGuard, client: ClientDialect) -> Response:
    """The annotations that the caller may see, of a file or task if one is named."""
    query = request.query_params
    where = [rules.visible(guard, exhaustive=False), annotation.c.deleted_at.is_(None)]
    if query.get("file_id"):
        where.append(file.c.file_id == query["file_id"])
    if query.get("task_id"):
        where.append(annotation.c.task_id == query["task_id"])
    found = await queries.several(
        guard.connection, guard.identity.person, where, limit=_MOST, after=query.get("after_id")
    )
    for item in found:
        guard.record_once("view_annotation", rules.context_of(item), of=f"{item.id}:{item.shown.version}")
    return listing([_document(item) for item in found], total=None, envelope=client.envelope)


@router.post("", response_model=InsertedId)
async def create_viewer_annotation(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Store an annotation on the current version of a file."""
    file_id, task_id = body.get("file_id"), body.get("task_id")
    if not isinstance(file_id, str) or not (task_id is None or isinstance(task_id, str)):
        raise Invalid("An annotation needs 'file_id'; 'task_id' is a text.")
    target = await rules.target_of(guard, file_id, None)
    made = await sets.create(
        guard.connection,
        target,
        name=str(body.get("name") or "annotation")[: sets.MAX_NAME],
        author=guard.identity.person,
        task_id=task_id,
        content=_content(body),
        draft=False,
    )
    await guard.record("modify_file", rules.context_of(made))
    return json_answer({"_id": made.id})


@router.get("/{annotation_id}", response_model=dict[str, Any])
async def get_viewer_annotation(guard: ScopedGuard, annotation_id: str) -> Response:
    """One annotation."""
    return json_answer(_document(await rules.readable(guard, annotation_id)))


@router.put("/{annotation_id}", response_model=Modified)
async def change_viewer_annotation(guard: ScopedGuard, annotation_id: str, body: ObjectBody) -> Response:
    """Change an annotation; what it was stays in its history."""
    await rules.writable(guard, annotation_id)
    made = await sets.write(
        guard.connection,
        annotation_id,
        guard.identity.person,
        content=_content(body),
        draft=False,
        expected=None,
    )
    await guard.record("modify_file", rules.context_of(made))
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.delete("/{annotation_id}", response_model=Deleted)
async def delete_viewer_annotation(guard: ScopedGuard, annotation_id: str) -> Response:
    """Delete an annotation."""
    found = await rules.deletable(guard, annotation_id)
    await guard.record("delete_annotation", rules.context_of(found))
    await sets.remove(guard.connection, found, by=guard.identity.person, reason=None)
    return json_answer({"deleted": 1})
