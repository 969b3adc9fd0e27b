"""One search over several sites: asked at once, merged in one order, paged with one cursor (search.md 10)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

import orjson

from treadle.flyql.ast import Element, Having, Is, terms
from treadle.flyql.entities import NATIVE_DATES
from treadle.flyql.literals import Clock
from treadle.flyql.printer import to_text
from treadle.server.kit.clock import now
from treadle.server.search.errors import BadCursor
from treadle.server.search.explorer.fixed import fixed
from treadle.server.search.explorer.peer import Reply, ask
from treadle.server.search.explorer.request import SearchQuery
from treadle.server.search.explorer.search import Search
from treadle.server.search.explorer.sites import Peer

_ASKED = ""  # in a cursor: from the beginning


@dataclass(frozen=True)
class Places:
    """Where the next page goes on, by site; a site that is done or has failed is not asked again."""

    places: Mapping[str, str]
    ended: Mapping[str, dict[str, Any]]  # how those sites answered

    @classmethod
    def read(cls, cursor: str | None) -> Places:
        """The places of a cursor."""
        if not cursor:
            return cls({}, {})
        try:
            places, ended = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (ValueError, binascii.Error):
            raise BadCursor from None
        good = (
            isinstance(places, dict)
            and isinstance(ended, dict)
            and all(isinstance(one, str) for one in places.values())
            and all(isinstance(one, dict) for one in ended.values())
        )
        if not good:
            raise BadCursor
        return cls(places, ended)

    def text(self) -> str | None:
        """The opaque text of them; None when no site has more."""
        if not self.places:
            return None
        return base64.urlsafe_b64encode(orjson.dumps([self.places, self.ended])).decode().rstrip("=")


def plain(found: Search) -> bool:
    """Whether sites without our extensions understand the search."""
    asked = found.asked
    extended = found.tree is not None and any(
        isinstance(term, Element | Having | Is) for term in terms(found.tree)
    )
    return not (extended or asked.sort or asked.cursor)


def body_for(found: Search) -> dict[str, Any]:
    """What is asked of each site: relative dates are read here, once."""
    asked = found.asked
    tree = None if found.tree is None else fixed(found.tree, Clock(now(), asked.timezone))
    order = "desc" if asked.sort is not None and asked.sort.descending else "asc"
    return {
        "return_type": asked.return_type,
        "structured_query": "" if tree is None else to_text(tree),
        "search_string": asked.search_string,
        "all_data": asked.all_data,
        "sort": None if asked.sort is None else {"field": asked.sort.field, "order": order},
        "size": asked.size,
        "count": asked.count,
        "timezone": asked.timezone,
        "facet_fields": list(asked.facet_fields),
        "columns": list(asked.columns),
        "places": True,
    }


async def ask_all(peers: Sequence[Peer], found: Search, places: Places, *, facets: bool) -> dict[str, Reply]:
    """What each of the sites answers, those that are not done."""
    body = body_for(found)
    open_ = [peer for peer in peers if peer.id not in places.ended]
    if not plain(found):
        unable = {peer.id: Reply(status="unsupported") for peer in open_ if peer.kind == "flywheel"}
    else:
        unable = {}
    asked = [peer for peer in open_ if peer.id not in unable]
    replies = await asyncio.gather(
        *(ask(peer, {**body, "cursor": places.places.get(peer.id) or None}, facets=facets) for peer in asked)
    )
    return unable | {peer.id: reply for peer, reply in zip(asked, replies, strict=True)}


def merged(
    replies: Mapping[str, Reply], labels: Mapping[str, str], asked: SearchQuery, before: Places
) -> dict[str, Any]:
    """One page of all, with how each site answered and where the next page goes on."""
    by_time = asked.sort is None or asked.sort.field.rpartition(".")[2] in NATIVE_DATES
    descending = asked.sort is None or asked.sort.descending
    ranked = [
        (tuple(map(_time, hit.keys)) if by_time else hit.keys, labels[site], site, hit)
        for site, reply in replies.items()
        for hit in reply.results
    ]

    def order(one: Any, other: Any) -> int:
        return _compare(one[0], other[0], descending) or _sign((one[1], one[3].id), (other[1], other[3].id))

    ranked.sort(key=cmp_to_key(order))
    page = ranked[: asked.size]
    shown = {site: [hit for _, _, of, hit in page if of == site] for site in replies}
    places, ended = {}, dict(before.ended)
    for site, reply in replies.items():
        left = len(reply.results) - len(shown[site])
        if reply.status == "ok" and (left or reply.more) and (not shown[site] or shown[site][-1].place):
            places[site] = shown[site][-1].place if shown[site] else before.places.get(site, _ASKED)
        else:
            ended[site] = reply.document
    answers = {**before.ended, **{site: reply.document for site, reply in replies.items()}}
    totals = [one.get("total") for one in answers.values()]
    exact = all(one.get("total_relation") == "eq" for one in answers.values())
    return {
        "results": [
            {"_id": hit.id, "_source": hit.source, "site": site}
            | ({} if hit.values is None else {"values": hit.values})
            for _, _, site, hit in page
        ],
        "total": sum(one for one in totals if one is not None),
        "total_relation": "eq" if exact else "gte",
        "cursor": Places(places, ended).text(),
        "sites": {site: {"label": labels.get(site), **one} for site, one in answers.items()},
    }


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _compare(one: Sequence[Any], other: Sequence[Any], descending: bool) -> int:
    """Nothing comes last in either direction; numbers before texts where sites disagree."""
    for left, right in zip(one, other, strict=False):
        if left is None or right is None:
            found = (left is None) - (right is None)
        else:
            found = _sign(_typed(left), _typed(right)) * (-1 if descending else 1)
        if found:
            return found
    return 0


def _typed(value: Any) -> tuple[int, Any]:
    return (1, value) if isinstance(value, str) else (0, value)


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)
