"""Endpoints of containers: list, create, read, change, delete, for every level alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from treadle.server.access.audit import AccessType
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import change, collections, create, relations, rights
from treadle.server.catalog.answer import answer_containers
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.listing import container_source
from treadle.server.catalog.models import MODELS, ContainerDocument, list_of
from treadle.server.catalog.revision import IfMatch, read_revision
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.catalog.wire import View
from treadle.server.wire.answer import Deleted, InsertedId, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import DeleteReason, Listing, read_flag
from treadle.server.wire.routing import Router

router = Router(tags=["containers"])

Creator = Callable[[Guard, dict[str, Any]], Awaitable[Container]]


def _made(target: Container) -> Response:
    return json_answer({"_id": target.id})


def _lists(level: str) -> None:
    known = LEVELS[level]

    @router.get(
        f"/{known.plural}",
        response_model=list_of(level),
        summary=f"All {known.plural} you may see",
        operation_id=f"list_{known.plural}",
    )
    async def list_all(
        request: Request, guard: ScopedGuard, query: Listing, client: ClientDialect
    ) -> Response:
        if query.exhaustive:
            guard.require_site_admin()
        source = container_source(level, rights.visible(guard, level), with_info=query.include_all_info)
        return await answer_containers(request, guard, source, query, client)


def _read(level: str, path: str, name: str, only: str | None) -> None:
    @router.get(path, response_model=MODELS.get(level, ContainerDocument), operation_id=f"get_{name}")
    async def read_one(guard: ScopedGuard, client: ClientDialect, id: str) -> Response:
        target = await rights.find(guard, id, level=only)
        if target.level == "analysis":
            await rights.require(guard, target, "analyses_view_metadata")
        body = await relations.document(guard, target, View(client))
        kind: AccessType = "view_subject" if target.level == "subject" else "view_container"
        await guard.record(kind, target.context)
        return json_answer(body, headers={"ETag": f'"{target.revision}"'})


def _write(path: str, name: str, only: str | None) -> None:
    @router.put(path, response_model=Modified, operation_id=f"modify_{name}")
    async def modify_one(
        guard: ScopedGuard,
        id: str,
        body: ObjectBody,
        if_match: IfMatch = None,
    ) -> Response:
        target = await rights.find(guard, id, level=only)
        await change.change_container(guard, target, body, expected_revision=read_revision(if_match))
        return json_answer({"modified": 1, "jobs_spawned": 0})

    @router.delete(path, response_model=Deleted, operation_id=f"delete_{name}")
    async def delete_one(
        guard: ScopedGuard,
        id: str,
        delete_reason: DeleteReason = None,
    ) -> Response:
        target = await rights.find(guard, id, level=only)
        await change.delete_container(guard, target, reason=delete_reason)
        return json_answer({"deleted": 1})


def _create(level: str, maker: Creator) -> None:
    known = LEVELS[level]

    @router.post(f"/{known.plural}", response_model=InsertedId, operation_id=f"add_{level}")
    async def create_one(guard: ScopedGuard, body: ObjectBody) -> Response:
        made = await maker(guard, body)
        await guard.record("create_container", made.context)
        return _made(made)


def _children(parent: str, child: str) -> None:
    above, below = LEVELS[parent], LEVELS[child]

    @router.get(
        f"/{above.plural}/{{id}}/{below.plural}",
        response_model=list_of(child),
        operation_id=f"get_{parent}_{below.plural}",
    )
    async def list_children(
        request: Request,
        guard: ScopedGuard,
        query: Listing,
        client: ClientDialect,
        id: str,
        collection_id: str | None = None,
    ) -> Response:
        target = await rights.find(guard, id, level=parent)
        if parent == "collection":
            scope = collections.members(child, target.id)
        else:
            scope = container.c[f"{parent}_id"] == target.id
        if collection_id and child == "acquisition":
            scope &= collections.members(child, collection_id)
        if session := request.query_params.get("session"):
            scope &= container.c.session_id == session
        visible = rights.visible(guard, child)
        source = container_source(child, scope & visible, with_info=query.include_all_info)
        return await answer_containers(request, guard, source, query, client)


@router.post("/projects", response_model=InsertedId, operation_id="add_project")
async def add_project(guard: ScopedGuard, body: ObjectBody, inherit: str | None = None) -> Response:
    """Create a project; `inherit=false` leaves the group's permission template out."""
    made = await create.create_project(guard, body, inherit=read_flag(inherit, "inherit", default=True))
    await guard.record("create_container", made.context)
    return _made(made)


@router.get("/projects/groups", response_model=list_of("group"), operation_id="get_all_projects_groups")
async def groups_with_projects(
    request: Request, guard: ScopedGuard, query: Listing, client: ClientDialect
) -> Response:
    """Groups in which you may see a project."""
    inner = container.alias()
    with_project = container.c.id.in_(
        select(inner.c.group_id).where(
            inner.c.level == "project", inner.c.deleted_at.is_(None), guard.allowed(inner.c.project_id)
        )
    ) & rights.visible_groups(guard)
    plain = type(client)(client.version, client.features - {"pagination"})
    return await answer_containers(request, guard, container_source("group", with_project), query, plain)


_CREATORS: dict[str, Creator] = {
    "group": create.create_group,
    "subject": create.create_subject,
    "session": create.create_session,
    "acquisition": create.create_acquisition,
    "collection": collections.create_collection,
}

for _level in LEVELS:
    _lists(_level)
    if _level in _CREATORS:
        _create(_level, _CREATORS[_level])
    if _level != "analysis":  # read with the job behind it
        _read(_level, f"/{LEVELS[_level].plural}/{{id}}", _level, _level)
    _write(f"/{LEVELS[_level].plural}/{{id}}", _level, _level)
_read("", "/containers/{id}", "container", None)
_write("/containers/{id}", "container", None)

for _parent, _child in (
    ("group", "project"),
    ("project", "subject"),
    ("project", "session"),
    ("project", "acquisition"),
    ("subject", "session"),
    ("subject", "acquisition"),
    ("session", "acquisition"),
    ("collection", "session"),
    ("collection", "acquisition"),
):
    _children(_parent, _child)
