"""Searches over HTTP: pages, facets and all ids of a result (search.md 4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.guard import ScopedGuard, StreamGuards
from treadle.server.kit.errors import BadRequest
from treadle.server.search.explorer.columns import read_columns, rows_of
from treadle.server.search.explorer.everywhere import search_everywhere
from treadle.server.search.explorer.export import flat
from treadle.server.search.explorer.facets import facets_of
from treadle.server.search.explorer.models import Facets, Nodes, SearchPage, SearchResult
from treadle.server.search.explorer.others import pages_of
from treadle.server.search.explorer.request import SearchQuery, read_search
from treadle.server.search.explorer.results import result_objects
from treadle.server.search.explorer.search import Search, Stopwatch, prepare, record
from treadle.server.search.query import Page
from treadle.server.search.views.evaluate import started
from treadle.server.search.views.routes_data import attachment
from treadle.server.store.db import Database
from treadle.server.wire.answer import dumps, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer", tags=["search"])


@router.post("/search", response_model=SearchPage | list[SearchResult], operation_id="search")
async def search(request: Request, guards: StreamGuards, body: ObjectBody) -> Response:
    """Find objects of one type; with `simple` a bare list of them."""
    asked = read_search(body, size=request.query_params.get("size"))
    simple, facets, as_csv = flag(request, "simple"), flag(request, "facets"), flag(request, "csv")
    if asked.sites:
        if simple or as_csv:
            raise BadRequest("A search over several sites is answered in the long form only: simple=false.")
        return json_answer(await search_everywhere(guards, asked, request.app.state.settings, facets=facets))
    watch = Stopwatch()
    async with guards() as guard:
        found = await prepare(guard, asked)
        pages = await pages_of(guard, found)
        page = pages.own
        objects = await result_objects(guard, asked.return_type, page.ids)
        columns = read_columns(asked.return_type, list(asked.columns)) if asked.columns else []
        values = await rows_of(guard.connection, asked.return_type, page.ids, columns) if columns else []
        spread = await facets_of(guard, found) if facets and not simple else None
        await record(guard, found, hits=page.total, ms=watch.ms)
    if as_csv:
        return attachment(flat([*objects, *pages.restricted]), "csv", f"{asked.return_type}s.csv")
    if simple:
        return json_answer([*objects, *pages.restricted])
    return json_answer(pages.completed(_page(asked, page, objects, values, spread)))


def _page(
    asked: SearchQuery, page: Page, objects: list[dict[str, Any]], values: list[list[Any]], facets: Any
) -> dict[str, Any]:
    hits = [{"_id": one[asked.return_type]["_id"], "_source": one} for one in objects]
    if values:
        hits = [{**hit, "values": own} for hit, own in zip(hits, values, strict=True)]
    if asked.places:
        places = dict(zip(page.ids, page.places, strict=True))
        hits = [{**hit, "place": places[hit["_id"]]} for hit in hits]
    answer = {
        "results": hits,
        "total": page.total,
        "total_relation": page.relation,
        "cursor": page.cursor,
    }
    return answer if facets is None else {**answer, "facets": facets}


@router.post("/facets", response_model=Facets, operation_id="search_facets")
async def facets(guard: ScopedGuard, body: ObjectBody) -> Response:
    """How the result is spread over the values of some fields."""
    watch = Stopwatch()
    found = await prepare(guard, read_search(body, return_type="session"))
    counted = await facets_of(guard, found)
    await record(guard, found, hits=None, ms=watch.ms, purpose="facets")
    return json_answer({"facets": counted})


@router.post("/search/nodes", response_model=Nodes, operation_id="search_nodes")
async def nodes(request: Request, guards: StreamGuards, body: ObjectBody) -> Response:
    """All objects of the result by their ids, for calls that take many; there is no upper limit."""
    asked = replace(read_search(body), count="none")
    async with guards() as guard:
        found = await prepare(guard, asked)
        await record(guard, found, hits=None, ms=0, purpose="nodes")
    blocks = _nodes(request.app.state.database, found)
    return StreamingResponse(await started(blocks), media_type="application/json")


async def _nodes(database: Database, found: Search) -> AsyncIterator[bytes]:
    level, separator = found.asked.return_type, b""
    yield b'{"nodes":['
    async with database.snapshot() as connection:
        async for ids in found.batches(connection):
            yield separator + b",".join(dumps({"level": level, "_id": one}) for one in ids)
            separator = b","
    yield b"]}"
