"""Authorisation cannot be forgotten: every route declares its rule, and the table of open ones is short."""

from fastapi.routing import APIRoute

from treadle.server.access.guard import Rule
from treadle.server.app.asgi import create_app
from treadle.server.kit.settings import load_settings
from treadle.server.wire.routing import PREFIX, RouteTable

# Everything anybody may call without credentials.
ANONYMOUS = {
    ("GET", "/version"),
    ("GET", "/config"),
    ("GET", "/config.js"),
    ("GET", "/x/login"),
    ("POST", "/x/login"),
    ("GET", "/x/login/oidc"),
    ("GET", "/x/login/oidc/callback"),
    ("POST", "/dataexplorer/search/parse"),
}
# Where a ticket may stand for credentials: bytes of files and archives, tables of data views and reports, and the
# parts of ticketed uploads.
TICKETS = ("/files/{name}", "/inputs/{name}", "/download", "/upload/fs-file", "/data", "/reports/{id}/csv")


def _rules(dependant) -> set[Rule]:
    own = {getattr(dependant.call, "treadle_rule", None)}
    for inner in dependant.dependencies:
        own |= _rules(inner)
    return own - {None}


def _all() -> list[APIRoute]:
    app = create_app(load_settings({}, environ={}))
    return next(route.routes for route in app.router.routes if isinstance(route, RouteTable))


def test_every_route_declares_exactly_one_rule() -> None:
    wrong = [f"{sorted(route.methods)} {route.path}" for route in _all() if len(_rules(route.dependant)) != 1]
    assert _all()
    assert wrong == []


def _under(rule: Rule) -> set[tuple[str, str]]:
    return {
        (method, route.path.removeprefix(PREFIX))
        for route in _all()
        if _rules(route.dependant) == {rule}
        for method in route.methods
    }


def test_only_the_listed_routes_are_open_to_everybody() -> None:
    assert _under(Rule.ANONYMOUS) == ANONYMOUS


def test_tickets_open_nothing_but_bytes() -> None:
    assert _under(Rule.TICKET)
    assert [path for _, path in _under(Rule.TICKET) if not path.endswith(TICKETS)] == []
