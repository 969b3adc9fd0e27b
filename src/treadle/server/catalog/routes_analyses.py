"""Endpoints of analyses on their containers (api.md 13)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access.actions import Action
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import annotate, change, queries, relations, rights
from treadle.server.catalog.answer import answer_containers
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.listing import container_source
from treadle.server.catalog.models import AnalysisDocument, FileDocument, NoteDocument
from treadle.server.catalog.routes_annotate import require_writer
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.catalog.wire import file_doc
from treadle.server.kit.errors import NotFound
from treadle.server.wire.answer import Deleted, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import DeleteReason, Listing
from treadle.server.wire.routing import Router

router = Router(tags=["analyses"])

_PARENTS = ("project", "subject", "session", "acquisition", "collection")
_BELOW = ("subject", "session", "acquisition")


async def _of_parent(guard: Guard, parent_id: str, analysis_id: str, *actions: Action) -> Container:
    target = await rights.find(guard, analysis_id, "analyses_view_metadata", *actions, level="analysis")
    if target.parent_id != parent_id:
        raise ContainerNotFound
    return target


def _on(path: str, name: str, level: str | None) -> None:
    @router.get(
        f"{path}/analyses", response_model=list[AnalysisDocument], operation_id=f"get_{name}_analyses"
    )
    async def list_direct(
        request: Request,
        guard: ScopedGuard,
        query: Listing,
        client: ClientDialect,
        id: str,
    ) -> Response:
        parent = await rights.find(guard, id, level=level)
        scope = (container.c.parent_id == parent.id) & rights.visible(guard, "analysis")
        source = container_source("analysis", scope, with_info=query.include_all_info)
        return await answer_containers(request, guard, source, query, client)

    @router.put(
        f"{path}/analyses/{{analysis_id}}", response_model=Modified, operation_id=f"modify_{name}_analysis"
    )
    async def modify(guard: ScopedGuard, id: str, analysis_id: str, body: ObjectBody) -> Response:
        target = await _of_parent(guard, id, analysis_id)
        await change.change_container(guard, target, body, expected_revision=None)
        return json_answer({"modified": 1, "jobs_spawned": 0})

    @router.delete(
        f"{path}/analyses/{{analysis_id}}", response_model=Deleted, operation_id=f"delete_{name}_analysis"
    )
    async def delete(
        guard: ScopedGuard,
        id: str,
        analysis_id: str,
        delete_reason: DeleteReason = None,
    ) -> Response:
        target = await _of_parent(guard, id, analysis_id)
        await change.delete_container(guard, target, reason=delete_reason)
        return json_answer({"deleted": 1})

    @router.post(
        f"{path}/analyses/{{analysis_id}}/notes",
        response_model=NoteDocument,
        operation_id=f"add_{name}_analysis_note",
    )
    async def add_note(guard: ScopedGuard, id: str, analysis_id: str, body: ObjectBody) -> Response:
        target = await _of_parent(guard, id, analysis_id, "notes_manage")
        row = await annotate.add_note(guard.connection, target, body.get("text"), guard.identity.id)
        shown = await relations.notes(guard, [target.id])
        return json_answer(next(item for item in shown[target.id] if item["_id"] == row.id))

    @router.delete(
        f"{path}/analyses/{{analysis_id}}/notes/{{note_id}}",
        response_model=Deleted,
        operation_id=f"delete_{name}_analysis_note",
    )
    async def delete_note(guard: ScopedGuard, id: str, analysis_id: str, note_id: str) -> Response:
        target = await _of_parent(guard, id, analysis_id, "notes_manage")
        await require_writer(guard, target, note_id)
        await annotate.remove_note(guard.connection, target, note_id)
        return json_answer({"deleted": 1})


def _below(parent: str, child: str | None) -> None:
    segment = "all" if child is None else LEVELS[child].plural

    @router.get(
        f"/{LEVELS[parent].plural}/{{id}}/{segment}/analyses",
        response_model=list[AnalysisDocument],
        operation_id=f"get_{parent}_{segment}_analyses",
    )
    async def list_below(
        request: Request,
        guard: ScopedGuard,
        query: Listing,
        client: ClientDialect,
        id: str,
    ) -> Response:
        above = await rights.find(guard, id, level=parent)
        scope = (container.c[f"{parent}_id"] == above.id) & rights.visible(guard, "analysis")
        scope &= container.c.parent_level == child if child else container.c.parent_id.is_not(None)
        source = container_source("analysis", scope, with_info=query.include_all_info)
        return await answer_containers(request, guard, source, query, client)


for _name in _PARENTS:
    _on(f"/{LEVELS[_name].plural}/{{id}}", _name, _name)
_on("/containers/{id}", "container", None)
for _parent in ("project", "subject", "session"):
    for _child in _BELOW[_BELOW.index(_parent) + 1 if _parent in _BELOW else 0 :]:
        _below(_parent, _child)
    _below(_parent, None)


async def _inputs(guard: Guard, analysis_id: str, name: str) -> list[Any]:
    target = await rights.find(guard, analysis_id, "analyses_view_metadata", level="analysis")
    found = (await queries.inputs_of(guard.connection, [target.id])).get(target.id, [])
    named = [item for item in found if item.name == name]
    if not named:
        raise NotFound(f"The analysis has no input '{name}'.")
    return named


@router.get(
    "/analyses/{id}/input_files/{name}/info",
    response_model=list[FileDocument],
    operation_id="get_analysis_input_files",
)
async def input_files(guard: ScopedGuard, client: ClientDialect, id: str, name: str) -> Response:
    """The analysis' inputs of this name."""
    return json_answer([file_doc(item, client, group="inputs") for item in await _inputs(guard, id, name)])


@router.get(
    "/analyses/{id}/inputs/{name}/info", response_model=FileDocument, operation_id="get_analysis_input_info"
)
async def input_info(guard: ScopedGuard, client: ClientDialect, id: str, name: str) -> Response:
    """The analysis' first input of this name."""
    return json_answer(file_doc((await _inputs(guard, id, name))[0], client, group="inputs"))
