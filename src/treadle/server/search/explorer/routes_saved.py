"""Saved queries over HTTP (search.md 7)."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response
from sqlalchemy import select

from treadle.server.access.guard import ScopedGuard
from treadle.server.search.explorer import saved
from treadle.server.search.explorer.models import SavedQueryDocument
from treadle.server.search.explorer.tables import saved_query
from treadle.server.search.listing import page_of
from treadle.server.store.filtering import Field
from treadle.server.wire.answer import Deleted, InsertedId, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer/queries", tags=["search"])

_FIELDS: Mapping[str, Field] = {
    "_id": Field(saved_query.c.id, "text"),
    "id": Field(saved_query.c.id, "text"),
    "label": Field(saved_query.c.label, "text"),
    "description": Field(saved_query.c.description, "text"),
    "parent.type": Field(saved_query.c.parent_type, "text"),
    "parent.id": Field(saved_query.c.parent_id, "text"),
    "search.return_type": Field(saved_query.c.search["return_type"].astext, "text"),
    "created": Field(saved_query.c.created_at, "time"),
    "modified": Field(saved_query.c.modified_at, "time"),
}


@router.post("", response_model=InsertedId, operation_id="save_search")
async def add(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Save a query: for yourself, for all who see a group or project, or for everybody."""
    parent, values = saved.read_new(body)
    await saved.require(guard, parent, manage=True)
    return json_answer({"_id": await saved.add(guard, parent, values)})


@router.get("", response_model=list[SavedQueryDocument], operation_id="get_all_saved_searches")
async def listed(guard: ScopedGuard, client: ClientDialect, query: Listing) -> Response:
    """All saved queries that the caller may see."""
    chosen = select(saved_query).where(saved.visible(guard))
    return await page_of(guard.connection, chosen, _FIELDS, query, client, saved.document)


@router.get("/{id}", response_model=SavedQueryDocument, operation_id="get_saved_search")
async def read(guard: ScopedGuard, id: str) -> Response:
    """One saved query."""
    return json_answer(saved.document(await saved.find(guard, id)))


@router.put("/{id}", response_model=SavedQueryDocument, operation_id="replace_search")
async def replace(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """Another label, description or search."""
    row = await saved.find(guard, id, manage=True)
    return json_answer(saved.document(await saved.change(guard.connection, id, saved.read_change(body, row))))


@router.delete("/{id}", response_model=Deleted, operation_id="delete_save_search")
async def remove(guard: ScopedGuard, id: str) -> Response:
    """Forget a saved query."""
    await saved.find(guard, id, manage=True)
    return json_answer({"deleted": await saved.remove(guard.connection, id)})
