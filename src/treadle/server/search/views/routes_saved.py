"""Saved views and the names of columns (api.md 15)."""

from __future__ import annotations

from fastapi import Response

from treadle.server.access.guard import ScopedGuard, UserGuard
from treadle.server.search.models import ViewColumn, ViewDocument
from treadle.server.search.views import saved
from treadle.server.search.views.columns import ALIASES
from treadle.server.search.views.plan import make_plan
from treadle.server.search.views.spec import ViewSpec, read_view
from treadle.server.wire.answer import Deleted, InsertedId, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["views"])


def _checked(body: ObjectBody) -> ViewSpec:
    """The view of a body, sure to have a plan."""
    spec = read_view(body)
    make_plan(spec)
    return spec


@router.get("/views/columns", response_model=list[ViewColumn], operation_id="data_view_columns")
async def columns(_guard: UserGuard) -> Response:
    """The names that columns of a view may have, and the groups of them."""
    return json_answer([alias.document for alias in ALIASES.values()])


@router.post("/containers/{id}/views", response_model=InsertedId, operation_id="add_view")
async def add(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Save a view: for everybody who sees the container, or for a user alone."""
    parent = await saved.find_parent(guard.connection, id)
    await saved.require(guard, parent, manage=True)
    return json_answer({"_id": await saved.add(guard, parent, _checked(body))})


@router.get("/containers/{id}/views", response_model=list[ViewDocument], operation_id="get_views")
async def listed(guard: ScopedGuard, id: str) -> Response:
    """The views saved with a container, or of a user."""
    parent = await saved.find_parent(guard.connection, id)
    await saved.require(guard, parent, manage=False)
    return json_answer(await saved.listed(guard.connection, parent))


@router.get("/views/{id}", response_model=ViewDocument, operation_id="get_view")
async def read(guard: ScopedGuard, id: str) -> Response:
    """A saved view."""
    return json_answer(saved.document(await saved.find(guard, id)))


@router.put("/views/{id}", response_model=Modified, operation_id="modify_view")
async def modify(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Change the given parts of a saved view."""
    row = await saved.find(guard, id, manage=True)
    await saved.change(guard.connection, id, _checked({**row.spec, **body}))
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.delete("/views/{id}", response_model=Deleted, operation_id="delete_view")
async def remove(guard: ScopedGuard, id: str) -> Response:
    """Forget a saved view; results of it stay."""
    await saved.find(guard, id, manage=True)
    return json_answer({"deleted": await saved.remove(guard.connection, id)})
