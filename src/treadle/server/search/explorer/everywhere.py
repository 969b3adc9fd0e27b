"""A search over this and other sites: no connection is held while they are waited for (search.md 10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from treadle.server.access.guard import Guard, Guards
from treadle.server.kit.settings import Settings
from treadle.server.privacy.site_key import site_key
from treadle.server.search.errors import TooSlow
from treadle.server.search.explorer import sites
from treadle.server.search.explorer.columns import read_columns, rows_of
from treadle.server.search.explorer.facets import added, facets_of
from treadle.server.search.explorer.federated import Places, ask_all, merged
from treadle.server.search.explorer.peer import Hit, Reply, keys_of
from treadle.server.search.explorer.request import SearchQuery
from treadle.server.search.explorer.results import result_objects
from treadle.server.search.explorer.search import Search, Stopwatch, prepare, record


async def search_everywhere(
    guards: Guards, asked: SearchQuery, settings: Settings, *, facets: bool
) -> dict[str, Any]:
    """One page of all chosen sites, with how each answered; one that fails is left out and named."""
    places, watch = Places.read(asked.cursor), Stopwatch()
    async with guards() as guard:
        found = await prepare(guard, replace(asked, cursor=None))
        peers = await sites.peers(guard, asked.sites, site_key(settings))
        replies = {}
        if {sites.HOME, sites.EVERYWHERE} & set(asked.sites) and sites.HOME not in places.ended:
            replies[sites.HOME] = await _at_home(guard, found, places.places.get(sites.HOME), facets=facets)
        await record(guard, found, hits=None, ms=watch.ms, purpose="several sites")
    replies |= await ask_all(peers, found, places, facets=facets)
    labels = {sites.HOME: settings.site_name, **{peer.id: peer.label for peer in peers}}
    answer = merged(replies, labels, asked, places)
    spread = [one.facets for one in replies.values() if one.facets is not None]
    return {**answer, "facets": added(spread)} if spread else answer


async def _at_home(guard: Guard, found: Search, place: str | None, *, facets: bool) -> Reply:
    watch, asked = Stopwatch(), replace(found.asked, cursor=place or None)
    try:
        page = await replace(found, asked=asked).page(guard.connection)
        spread = await facets_of(guard, found) if facets else None
    except TooSlow:
        return Reply(status="timeout", ms=watch.ms)
    objects = await result_objects(guard, asked.return_type, page.ids)
    at = dict(zip(page.ids, page.places, strict=True))
    hits = [(one[asked.return_type]["_id"], one) for one in objects]
    ids = [key for key, _ in hits]
    columns = read_columns(asked.return_type, list(asked.columns)) if asked.columns else []
    values = await rows_of(guard.connection, asked.return_type, ids, columns) if columns else []
    own = dict(zip(ids, values, strict=True)) if columns else {}
    return Reply(
        status="ok",
        results=tuple(Hit(key, one, at[key], keys_of(at[key]), own.get(key)) for key, one in hits),
        total=page.total,
        relation=page.relation,
        more=page.cursor is not None,
        facets=spread,
        ms=watch.ms,
    )
