"""Endpoints of info, tags and notes, for every level alike (api.md 7, 12)."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from treadle.server.access.actions import Action
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import annotate, relations, rights
from treadle.server.catalog.containers import apply_changes
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.models import NoteDocument
from treadle.server.catalog.revision import IfMatch, read_revision, require_revision
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.catalog.wire import note_doc
from treadle.server.store.info import updated_info
from treadle.server.wire.answer import Deleted, Modified, json_answer
from treadle.server.wire.body import ListBody, ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["metadata"])

_MODIFIED = {"modified": 1, "jobs_spawned": 0}


async def _find(guard: Guard, container_id: str, level: str | None, action: Action) -> Container:
    return await rights.find(guard, container_id, "containers_view_metadata", action, level=level)


def _info(path: str, name: str, level: str | None) -> None:
    @router.patch(f"{path}/info", response_model=Modified, operation_id=f"modify_{name}_info")
    @router.post(f"{path}/info", response_model=Modified, operation_id=f"modify_{name}_info_by_post")
    async def modify_info(
        guard: ScopedGuard, id: str, body: ObjectBody, if_match: IfMatch = None
    ) -> Response:
        target = await rights.find(guard, id, level=level)
        action: Action = (
            "analyses_modify_metadata" if target.level == "analysis" else "containers_modify_metadata"
        )
        await rights.require(guard, target, action)
        await require_revision(guard.connection, container, target.id, read_revision(if_match))
        await apply_changes(guard.connection, target, {"info": updated_info(container.c.info, body)})
        await guard.record("modify_container", target.context)
        return json_answer(_MODIFIED)

    @router.get(f"{path}/info", response_model=dict[str, Any], operation_id=f"get_{name}_info")
    async def read_info(guard: ScopedGuard, id: str) -> Response:
        target = await rights.find(guard, id, level=level)
        return json_answer(target.info)


def _tags(path: str, name: str, level: str | None) -> None:
    @router.get(f"{path}/tags", response_model=list[str], operation_id=f"get_{name}_tags")
    async def read_tags(guard: ScopedGuard, id: str) -> Response:
        return json_answer((await _find(guard, id, level, "tags_view")).tags)

    @router.post(f"{path}/tags", response_model=Modified, operation_id=f"add_{name}_tag")
    async def add_tag(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
        target = await _find(guard, id, level, "tags_manage")
        await annotate.add_tag(guard.connection, target, body.get("value"))
        return json_answer(_MODIFIED)

    @router.patch(f"{path}/tags", response_model=Modified, operation_id=f"add_{name}_tags")
    async def add_tags(guard: ScopedGuard, id: str, body: ListBody) -> Response:
        target = await _find(guard, id, level, "tags_manage")
        await annotate.add_tags(guard.connection, target, body)
        return json_answer(_MODIFIED)

    @router.delete(f"{path}/tags", response_model=Modified, operation_id=f"delete_{name}_tags")
    async def delete_tags(guard: ScopedGuard, id: str, body: ListBody) -> Response:
        target = await _find(guard, id, level, "tags_manage")
        await annotate.remove_tags(guard.connection, target, body)
        return json_answer(_MODIFIED)

    @router.get(f"{path}/tags/{{tag}}", response_model=str, operation_id=f"get_{name}_tag")
    async def read_tag(guard: ScopedGuard, id: str, tag: str) -> Response:
        target = await _find(guard, id, level, "tags_view")
        if tag not in target.tags:
            raise ContainerNotFound(f"There is no tag '{tag}'.")
        return json_answer(tag)

    @router.put(f"{path}/tags/{{tag}}", response_model=str, operation_id=f"rename_{name}_tag")
    async def rename_tag(guard: ScopedGuard, id: str, tag: str, body: ObjectBody) -> Response:
        target = await _find(guard, id, level, "tags_manage")
        return json_answer(await annotate.rename_tag(guard.connection, target, tag, body.get("value")))

    @router.delete(f"{path}/tags/{{tag}}", response_model=Deleted, operation_id=f"delete_{name}_tag")
    async def delete_tag(guard: ScopedGuard, id: str, tag: str) -> Response:
        target = await _find(guard, id, level, "tags_manage")
        await annotate.remove_tags(guard.connection, target, [tag], must_exist=True)
        return json_answer({"deleted": 1})


def _notes(path: str, name: str, level: str | None) -> None:
    @router.post(f"{path}/notes", response_model=NoteDocument, operation_id=f"add_{name}_note")
    async def add_note(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
        target = await _find(guard, id, level, "notes_manage")
        row = await annotate.add_note(guard.connection, target, body.get("text"), guard.identity.id)
        shown = await relations.notes(guard, [target.id])
        return json_answer(next(item for item in shown[target.id] if item["_id"] == row.id))

    @router.get(f"{path}/notes/{{note_id}}", response_model=NoteDocument, operation_id=f"get_{name}_note")
    async def read_note(guard: ScopedGuard, id: str, note_id: str) -> Response:
        target = await _find(guard, id, level, "notes_view")
        return json_answer(note_doc(await annotate.get_note(guard.connection, target, note_id), {}))

    @router.put(f"{path}/notes/{{note_id}}", response_model=int, operation_id=f"modify_{name}_note")
    async def change_note(guard: ScopedGuard, id: str, note_id: str, body: ObjectBody) -> Response:
        target = await _find(guard, id, level, "notes_manage")
        await require_writer(guard, target, note_id)
        await annotate.change_note(guard.connection, target, note_id, body.get("text"))
        return json_answer(1)

    @router.delete(f"{path}/notes/{{note_id}}", response_model=Deleted, operation_id=f"delete_{name}_note")
    async def delete_note(guard: ScopedGuard, id: str, note_id: str) -> Response:
        target = await _find(guard, id, level, "notes_manage")
        await require_writer(guard, target, note_id)
        await annotate.remove_note(guard.connection, target, note_id)
        return json_answer({"deleted": 1})


async def require_writer(guard: Guard, target: Container, note_id: str) -> None:
    """Others' notes are for the project's administrators."""
    row = await annotate.get_note(guard.connection, target, note_id)
    await rights.require_writer(guard, target, row.user_id)


for _name, _level in LEVELS.items():
    _path = f"/{_level.plural}/{{id}}"
    _tags(_path, _name, _name)
    _info(_path, _name, _name)
    if _name != "group":
        _notes(_path, _name, _name)
_tags("/containers/{id}", "container", None)
_info("/containers/{id}", "container", None)
_notes("/containers/{id}", "container", None)
