"""How a request finds its endpoint: by the words of its path, not by asking hundreds of routes in turn.

Measured with 330 routes: FastAPI's included routers take 1 to 5 ms per request and 2 s for the first one (they
build every route a second time); this table takes 0.02 ms. FastAPI also takes 2 ms to read a signature, which made
1.5 s of every start with 830 endpoints, so an endpoint becomes a route when the first request asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import cached_property, partial
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

PREFIX = "/api"
_ROUTE = "treadle.route"
_PARAMETER = "{}"

# How many segments, and the first one below /api.
_Key = tuple[int, str]


class _Segment(Convertor[str]):
    """A path segment, matched percent-encoded and handed over decoded."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value, errors="replace")

    def to_string(self, value: str) -> str:
        return value


# Labels and tags may hold `/`: we match the undecoded path, so plain `{name}` must decode.
register_url_convertor("str", _Segment())


class Endpoint:
    """What a room declares at a path; a route as soon as it is needed."""

    def __init__(self, path: str, build: Callable[[], APIRoute]) -> None:
        if ":path}" in path:
            raise TypeError(f"{path}: parameters hold one segment each")
        self.path = path
        self._words = path.split("/")
        self._build = build

    @cached_property
    def route(self) -> APIRoute:
        """The endpoint as FastAPI serves it."""
        return self._build()

    def may_match(self, words: Sequence[str]) -> bool:
        """Whether as many words are the same; the route itself knows what its parameters take."""
        return all(own == word or "{" in own for own, word in zip(self._words, words, strict=True))


class Router(APIRouter):
    """A room's endpoints, below `/api`."""

    def __init__(self, *, prefix: str = "", tags: Sequence[str | Enum] | None = None) -> None:
        super().__init__(prefix=PREFIX + prefix, tags=list(tags or []))
        self.endpoints: list[Endpoint] = []

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Declare an endpoint; `get`, `post` and so on come here too."""
        self.endpoints.append(Endpoint(self.prefix + path, partial(self._build, path, endpoint, options)))

    def _build(self, path: str, endpoint: Callable[..., Any], options: dict[str, Any]) -> APIRoute:
        super().add_api_route(path, endpoint, **options)
        route = self.routes[-1]
        assert isinstance(route, APIRoute)  # noqa: S101
        return route

    def take(self, *routers: Router) -> None:
        """Add the endpoints of these routers as they are, in this order."""
        for router in routers:
            self.endpoints.extend(router.endpoints)


class RouteTable(BaseRoute):
    """All endpoints. Of those that match, the first one added wins, as in any router."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self._endpoints = [endpoint for router in routers for endpoint in router.endpoints]
        self._by_key: dict[_Key, list[Endpoint]] = defaultdict(list)
        words = {_key(endpoint.path) for endpoint in self._endpoints}
        for endpoint in self._endpoints:
            count, word = _key(endpoint.path)
            keys = {key for key in words if key[0] == count} if word == _PARAMETER else {(count, word)}
            for key in keys:
                self._by_key[key].append(endpoint)

    @property
    def routes(self) -> list[APIRoute]:
        """Every endpoint as a route, for those who describe all of them."""
        return [endpoint.route for endpoint in self._endpoints]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The endpoint, left in the scope for `handle`; PARTIAL when only the method is wrong."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            return Match.NONE, {}
        count, word = _key(scope["path"])
        candidates = self._by_key.get((count, word)) or self._by_key.get((count, _PARAMETER)) or ()
        words = scope["path"].split("/")
        partial_match: tuple[APIRoute, Scope] | None = None
        for endpoint in candidates:
            if not endpoint.may_match(words):
                continue
            match, child = endpoint.route.matches(scope)
            if match is Match.FULL:
                return match, {**child, _ROUTE: endpoint.route}
            if match is Match.PARTIAL and partial_match is None:
                partial_match = endpoint.route, child
        if partial_match is not None:
            return Match.PARTIAL, {**partial_match[1], _ROUTE: partial_match[0]}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request by the endpoint found."""
        route: APIRoute = scope[_ROUTE]
        await route.handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Not offered: addresses are part of the contract and written out."""
        raise NotImplementedError


def _key(path: str) -> _Key:
    segments = path.split("/")
    word = segments[2] if len(segments) > 2 else ""
    return len(segments), _PARAMETER if word.startswith("{") else word
