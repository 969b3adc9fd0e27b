"""What a gear fits: suggestions for its inputs, and the context values a run would get (gears.md 3, 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Response

from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import rights
from treadle.server.catalog.levels import LEVELS, level_of_plural
from treadle.server.catalog.rows import Container
from treadle.server.gears import suggest
from treadle.server.gears.context import SITE, Contexts, Held, context_names
from treadle.server.gears.models import ContextValue, Suggestions
from treadle.server.gears.queries import gear_by_id
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import json_answer
from treadle.server.wire.query import Listing
from treadle.server.wire.routing import Router

router = Router(tags=["gears"])
_PARTS = ("children", "files")
_PAGE = 100


async def _find(guard: Guard, word: str, container_id: str) -> Container:
    """The container; addresses name its level in singular or plural, or `containers`."""
    level = None if word == "containers" else word if word in LEVELS else level_of_plural(word).name
    return await rights.find(guard, container_id, level=level)


@router.get(
    "/gears/{id}/suggest/{container_name}/{container_id}",
    response_model=Suggestions,
    operation_id="get_gear_suggest",
)
async def suggestions(
    guard: ScopedGuard,
    query: Listing,
    id: str,
    container_name: str,
    container_id: str,
    include: Annotated[list[str] | None, Query(description="only children, or only files")] = None,
    collection: Annotated[str | None, Query(description="only what is in this collection")] = None,
) -> Response:
    """The files of a container with the inputs they fit, and what is above and below to go on looking."""
    target = await _find(guard, container_name, container_id)
    gear = await gear_by_id(guard.connection, id)
    wanted = {word for part in include or _PARTS for word in part.split(",")}
    if not wanted <= set(_PARTS):
        raise Invalid(f"'include' names {' or '.join(_PARTS)}.")
    if collection:
        await rights.find(guard, collection, level="collection")
    page = replace(query, limit=min(query.limit or _PAGE, _PAGE))
    body: dict[str, Any] = {
        "_id": target.id,
        "cont_type": target.level,
        "label": target.label,
        "parents": await suggest.parents(guard, target),
    }
    if "children" in wanted:
        body["children"] = await suggest.children(guard, target, page, collection_id=collection)
    if "files" in wanted:
        await rights.require(guard, target, "files_view_metadata")
        body["files"] = await suggest.files(guard, gear, target, page)
    return json_answer(body)


@router.get(
    "/gears/{id}/context/{container_name}/{container_id}",
    response_model=dict[str, ContextValue],
    operation_id="get_gear_context",
)
async def context(guard: ScopedGuard, id: str, container_name: str, container_id: str) -> Response:
    """The context values that a run with this destination would get, and where they are set."""
    target = await _find(guard, container_name, container_id)
    gear = await gear_by_id(guard.connection, id)
    contexts = await Contexts.load(guard.connection, [target])
    return json_answer({name: _value(contexts.find(name, target)) for name in context_names(gear.manifest)})


def _value(held: Held | None) -> dict[str, Any]:
    if held is None:
        return {"found": False}
    level = None if held.level == SITE else held.level  # clients know no such level
    return {"found": True, "value": held.value, "container_type": level, "id": held.id, "label": held.label}
