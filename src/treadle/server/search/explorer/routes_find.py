"""The box at the top of every page: what is called so, of every level at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from treadle.flyql.ast import Compare, Field, Value
from treadle.server.access.guard import ScopedGuard
from treadle.server.search import query
from treadle.server.search.explorer.models import FoundByName
from treadle.server.search.explorer.results import result_objects
from treadle.server.wire.answer import json_answer
from treadle.server.wire.routing import Router

router = Router(prefix="/x", tags=["search"])

_NAMES = {"project": "label", "subject": "label", "session": "label", "acquisition": "label", "file": "name"}
_EACH = 4


@router.get("/find", response_model=FoundByName, operation_id="find_by_name")
async def find(guard: ScopedGuard, text: Annotated[str, Query(min_length=1, max_length=200)]) -> Response:
    """The newest few objects of each level whose label or name contains the text."""
    guard.decided()  # the scope holds what the caller may read
    scope = await query.scope_of(guard)
    found = []
    for level, name in _NAMES.items():
        tree = Compare("contains", Field(level, name), Value(text.strip(), quoted=True))
        page = await query.search(guard.connection, tree, level, scope, size=_EACH, count="none")
        found += await result_objects(guard, level, page.ids)
    await guard.record("search", {"search": {"purpose": "find", "search_string": text}})
    return json_answer({"results": found})
