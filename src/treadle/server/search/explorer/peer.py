"""Talking to another site: who a key belongs to, and a page of its results within a deadline (search.md 10)."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import orjson

from treadle.server.search.explorer.errors import SearchSiteRefuses, SearchSiteSilent
from treadle.server.search.explorer.search import Stopwatch
from treadle.server.search.explorer.sites import Peer

DEADLINE_S = 5.0
_LARGEST = 64 << 20
_DENIED = (401, 403)

Status = Literal["ok", "timeout", "unauthorized", "error", "unsupported"]


@dataclass(frozen=True)
class Hit:
    """One result of a site, and where it stands in its order; without a place nothing behind it can be asked for."""

    id: str
    source: dict[str, Any]
    place: str
    keys: tuple[str | int | float | None, ...]
    values: list[Any] | None = None  # of the columns asked for, where the site tells them


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a site answered to a search, or why it did not."""

    status: Status
    results: tuple[Hit, ...] = ()
    total: int | None = None
    relation: Literal["eq", "gte"] = "gte"
    facets: dict[str, Any] | None = None
    more: bool = False  # whether there are results after these
    ms: int = 0

    @property
    def document(self) -> dict[str, Any]:
        """As the caller reads it."""
        known = self.status == "ok"
        return {
            "status": self.status,
            "total": self.total,
            "total_relation": self.relation if known else None,
            "ms": self.ms,
        }


def keys_of(place: str) -> tuple[str | int | float | None, ...]:
    """The sort values of a place in a site's results: the cursor behind it, without the id."""
    *keys, _ = orjson.loads(base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)))
    if not all(key is None or isinstance(key, str | int | float) for key in keys):
        raise ValueError("the place has no keys")
    return tuple(keys)


async def account_of(peer: Peer) -> str:
    """Whose key it is."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            status, answer = await _call(peer, "GET", "/users/self")
    except (TimeoutError, httpx.HTTPError, ValueError) as error:
        raise SearchSiteSilent(f"{peer.label} ({peer.url}) cannot be reached: {_why(error)}.") from error
    if status in _DENIED:
        raise SearchSiteRefuses
    if status != httpx.codes.OK or not isinstance(answer, dict) or not isinstance(answer.get("_id"), str):
        raise SearchSiteSilent(f"{peer.url} does not answer as a site does ({status}).")
    return str(answer["_id"])


def _why(error: BaseException) -> str:
    return str(error) or type(error).__name__


async def ask(peer: Peer, body: Mapping[str, Any], *, facets: bool = False) -> Reply:
    """A page of results; whatever goes wrong is a status."""
    if peer.key is None:
        return Reply(status="unauthorized")
    watch = Stopwatch()
    simple = peer.kind == "flywheel"
    query = {"simple": str(simple).lower(), "size": str(body["size"]), "facets": str(facets).lower()}
    try:
        async with asyncio.timeout(DEADLINE_S):
            status, answer = await _call(peer, "POST", "/dataexplorer/search", params=query, json=dict(body))
        if status in _DENIED:
            return Reply(status="unauthorized", ms=watch.ms)
        if status != httpx.codes.OK:
            return Reply(status="error", ms=watch.ms)
        return _simple(answer, watch.ms) if simple else _reply(answer, watch.ms)
    except TimeoutError:
        return Reply(status="timeout", ms=watch.ms)
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
        return Reply(status="error", ms=watch.ms)


def _reply(answer: Any, ms: int) -> Reply:
    results = tuple(
        Hit(
            str(one["_id"]),
            dict(one["_source"]),
            str(one["place"]),
            keys_of(str(one["place"])),
            list(one["values"]) if "values" in one else None,
        )
        for one in answer["results"]
    )
    total, facets = answer["total"], answer.get("facets")
    return Reply(
        status="ok",
        results=results,
        total=None if total is None else int(total),
        relation="eq" if answer["total_relation"] == "eq" else "gte",
        more=answer["cursor"] is not None,
        facets=facets if isinstance(facets, dict) else None,
        ms=ms,
    )


def _simple(answer: Any, ms: int) -> Reply:
    """One page of a site that knows no cursors: what is behind it cannot be had."""
    results = []
    for one in answer:
        own = one[one["return_type"]]
        results.append(Hit(str(own.get("_id") or own.get("name")), dict(one), "", (own.get("created"),)))
    return Reply(status="ok", results=tuple(results), total=len(results), relation="gte", ms=ms)


async def _call(peer: Peer, method: str, path: str, **options: Any) -> tuple[int, Any]:
    """Status and JSON of an answer, which must not be of any size."""
    headers = {"Authorization": f"scitran-user {peer.key}", "User-Agent": "Treadle"}
    async with (
        httpx.AsyncClient(base_url=f"{peer.url}/api", headers=headers, timeout=DEADLINE_S) as client,
        client.stream(method, path, **options) as answer,
    ):
        content = bytearray()
        async for block in answer.aiter_bytes():
            content += block
            if len(content) > _LARGEST:
                raise ValueError("the answer is too large")
    return answer.status_code, orjson.loads(content) if content.strip() else None
