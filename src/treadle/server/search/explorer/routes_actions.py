"""Whole results gathered, tagged or deleted over HTTP (search.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog.annotate import clean_tags
from treadle.server.catalog.routes_bulk import DeletedMany
from treadle.server.kit.errors import BadRequest
from treadle.server.search.explorer import actions
from treadle.server.search.explorer.request import read_search
from treadle.server.search.explorer.search import Stopwatch, prepare, record
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.model import Model
from treadle.server.wire.query import DeleteReason
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer", tags=["search"])


class Collected(Model):
    """Where a result was gathered, and how many acquisitions are new there."""

    collection: str
    added: int


@router.post("/search/collect", response_model=Collected, operation_id="collect_search")
async def collect(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Put all acquisitions of a result into a collection: `{query, collection: id or {label}}`."""
    query = body.get("query")
    if not isinstance(query, Mapping):
        raise BadRequest("'query' must be a search query.")
    watch = Stopwatch()
    found = await prepare(guard, read_search(query))
    target = await actions.find_collection(guard, body.get("collection"))
    added = await actions.collect(guard, found, target)
    await record(guard, found, hits=added, ms=watch.ms, purpose="collect")
    return json_answer({"collection": target.id, "added": added})


class Tagged(Model):
    """How many objects bear the tags now, and how many the caller may not tag."""

    tagged: int
    refused: int


@router.post("/search/tag", response_model=Tagged, operation_id="tag_search")
async def tag(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Add tags to all objects of a result that the caller may tag: `{query, tags}`."""
    query, tags = body.get("query"), body.get("tags")
    if not isinstance(query, Mapping):
        raise BadRequest("'query' must be a search query.")
    if not isinstance(tags, list) or not tags:
        raise BadRequest("'tags' is a list of texts.")
    watch = Stopwatch()
    found = await prepare(guard, read_search({**query, "all_data": False}))
    outcome = await actions.tag_found(guard, found, clean_tags(tags))
    await record(guard, found, hits=outcome.tagged, ms=watch.ms, purpose="tag")
    return json_answer({"tagged": outcome.tagged, "refused": outcome.refused})


@router.delete("/search", response_model=DeletedMany, operation_id="delete_by_search")
async def delete(guard: ScopedGuard, body: ObjectBody, delete_reason: DeleteReason = None) -> Response:
    """Delete all objects of a result that the caller may delete."""
    watch = Stopwatch()
    found = await prepare(guard, read_search({**body, "all_data": False}))
    outcome = await actions.delete_found(guard, found, reason=delete_reason)
    await record(guard, found, hits=outcome.deleted + outcome.not_found, ms=watch.ms, purpose="delete")
    return json_answer({"deleted": outcome.deleted, "not_found": outcome.not_found, "delete_scheduled": 0})
