"""What can be searched: type-ahead, fields and their values over HTTP (search.md 4.3, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import Request, Response

from treadle.flyql.ast import Field, Value
from treadle.flyql.caret import Caret, at_caret
from treadle.flyql.entities import ENTITIES
from treadle.flyql.errors import FlyqlError
from treadle.flyql.parser import parse_field
from treadle.flyql.printer import field_text, value_text
from treadle.flyql.words import is_bare
from treadle.server.access.guard import ScopedGuard, UserGuard
from treadle.server.kit.errors import BadRequest, NotFound
from treadle.server.search import query
from treadle.server.search.explorer.facets import aggregate
from treadle.server.search.explorer.models import Buckets, SearchField, SearchStatus, Suggestions
from treadle.server.search.explorer.routes_language import query_text
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.query import read_flag
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer", tags=["search"])

_MOST = 15
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "IN", "LIKE", "CONTAINS", "=~", "!~", "EXISTS", "IS", "HAS")
_WORDS = {"connective": ("AND", "OR"), "truth": ("TRUE", "FALSE", "NULL"), "entity": ENTITIES}


@router.post("/search/suggest", response_model=Suggestions, operation_id="get_search_query_suggestions")
async def suggest(guard: ScopedGuard, body: ObjectBody) -> Response:
    """How a query may go on: fields and values that occur where the caller may read."""
    text = query_text(body)
    caret = at_caret(text)
    extended = read_flag(str(body.get("extended") or ""), "extended")
    guard.decided()
    guard.record_once("other_access", {}, of="suggestions")
    found: list[dict[str, Any]] = []
    if caret.classic or (extended and caret.kind in ("field", "value") and caret.stands_free(text)):
        scope = await query.scope_of(guard)
        found = await (_fields if caret.kind == "field" else _values)(guard, caret, scope)
    elif extended:
        found = _words(caret)
    return json_answer({"from": caret.start if found or caret.classic else 0, "suggestions": found})


async def _fields(guard: ScopedGuard, caret: Caret, scope: query.Scope) -> list[dict[str, Any]]:
    """Fields; inside `field HAS (` those below that field, by their names there."""
    inside = f"{caret.within}." if caret.within else ""
    hits = await query.suggest_fields(guard.connection, f"{inside}{caret.prefix}", scope, limit=_MOST)
    found = []
    for hit in hits:
        if hit.name.startswith(inside):
            name = hit.name.removeprefix(inside)
            entity, _, path = hit.name.partition(".")
            field = Field("", name) if inside else Field(entity, path)
            document = {"type": hit.type, "facet": hit.facet, "count": hit.count}
            found.append({"display": name, "value": field_text(field), **document})
    return found


async def _values(guard: ScopedGuard, caret: Caret, scope: query.Scope) -> list[dict[str, Any]]:
    field = f"{caret.within}.{caret.field}" if caret.within else caret.field
    try:
        parse_field(field)
    except FlyqlError:
        return []
    hits = await query.suggest_values(guard.connection, field, caret.prefix, scope, limit=_MOST)
    return [
        {
            "display": hit.value,
            "value": value_text(Value(hit.value, quoted=not is_bare(hit.value))),
            "type": hit.type,
            "facet": False,
            "count": hit.count,
        }
        for hit in hits
    ]


def _words(caret: Caret) -> list[dict[str, Any]]:
    """Words of the language that may stand there."""
    words = _OPERATORS if caret.kind == "operator" else _WORDS.get(caret.kind, ())
    typed = caret.prefix.lower()
    return [
        {"display": word, "value": word, "type": caret.kind, "facet": False, "count": None}
        for word in words
        if word.lower().startswith(typed)
    ][:_MOST]


@router.get("/search/status", response_model=SearchStatus, operation_id="get_search_status")
async def status(guard: UserGuard) -> Response:
    """Whether all there is can be found already."""
    found = await query.status(guard.connection)
    return json_answer({"status": found.state, "last_seen": stamp(found.last_seen), "waiting": found.waiting})


def _documents(hits: Iterable[query.FieldHit]) -> list[dict[str, Any]]:
    return [{"name": hit.name, "type": hit.type, "facet": hit.facet} for hit in hits]


@router.get("/mapped_fields", response_model=dict[str, Any], operation_id="get_mapped_fields")
async def mapped_fields(request: Request, guard: ScopedGuard) -> Response:
    """What lies directly below a path; without one, what can be searched for."""
    guard.decided()
    path = (request.query_params.get("path") or "").strip().strip(".")
    hits = await query.children(guard.connection, path, await query.scope_of(guard))
    return json_answer({hit.name: {"type": hit.type, "facet": hit.facet, "count": hit.count} for hit in hits})


@router.post("/search/fields", response_model=list[SearchField], operation_id="get_search_fields")
async def fields(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Fields whose names hold a text."""
    text = body.get("field") or ""
    if not isinstance(text, str):
        raise BadRequest("'field' must be a text.")
    guard.decided()
    guard.record_once("other_access", {}, of="suggestions")
    hits = await query.suggest_fields(guard.connection, text, await query.scope_of(guard), limit=_MOST)
    return json_answer(_documents(hits))


@router.post("/search/fields/aggregate", response_model=Buckets, operation_id="aggregate_search_field")
async def aggregated(guard: ScopedGuard, body: ObjectBody) -> Response:
    """The values of one field over all that the caller may read."""
    name, words = body.get("field_name"), body.get("search_string") or ""
    if not isinstance(name, str) or not name.strip():
        raise BadRequest("'field_name' says which field is meant.")
    if not isinstance(words, str):
        raise BadRequest("'search_string' must be a text.")
    guard.decided()
    found = await aggregate(guard, name.strip(), words)
    if found is None:
        raise NotFound(f"There is no field '{name[:100]}'.")
    return json_answer(found)
