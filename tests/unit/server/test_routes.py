"""Authorisation cannot be forgotten: every route declares its rule, and the table of open ones is short."""

from fastapi.routing import APIRoute

from treadle.server.access.guard import Rule
from treadle.server.app.asgi import create_app
from treadle.server.kit.settings import load_settings

# Everything anybody may call without credentials; tickets are checked by their handlers.
ANONYMOUS = {
    ("GET", "/api/version"),
    ("GET", "/api/config"),
}


def _routes(routes) -> list[APIRoute]:
    found = []
    for route in routes:
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            found += _routes(getattr(route, "routes", []) or [])
    return found


def _rules(dependant) -> set[Rule]:
    own = {getattr(dependant.call, "treadle_rule", None)}
    for inner in dependant.dependencies:
        own |= _rules(inner)
    return own - {None}


def _all() -> list[APIRoute]:
    return _routes(create_app(load_settings({}, environ={})).routes)


def test_every_route_declares_exactly_one_rule() -> None:
    wrong = [f"{sorted(route.methods)} {route.path}" for route in _all() if len(_rules(route.dependant)) != 1]
    assert _all()
    assert wrong == []


def test_only_the_listed_routes_are_open_to_everybody() -> None:
    open_to_all = {
        (method, route.path)
        for route in _all()
        if _rules(route.dependant) == {Rule.ANONYMOUS}
        for method in route.methods
    }
    assert open_to_all == ANONYMOUS
