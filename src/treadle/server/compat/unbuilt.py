"""Areas of the clients' contract that this release does not have: a sentence instead of a riddle (api.md 22).

Every address of api.md's appendix A that nobody serves ends here, after the caller is known: 404 with what is
missing. Rooms that come later take their addresses away from here, because their routers stand before this one.
"""

from __future__ import annotations

from fastapi import APIRouter, Response

from treadle.server.access.guard import UserGuard
from treadle.server.kit.errors import NotFound
from treadle.server.wire.routing import Router

_DEEPEST = 6  # words of the longest address below an area
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_TASKS = "reader tasks, protocols and forms"

# First words of addresses -> what is missing.
AREAS = {
    "custom_filters": "saved filters",
    "customforms": _TASKS,
    "dimse": "DICOM services of single projects; the site's receiver is described on its start page",
    "forms": _TASKS,
    "jupyterlab_servers": "workspaces",
    "protocols": _TASKS,
    "responses": _TASKS,
    "site/bookmark-list": "bookmarks",
    "staffing_pools": "staffing pools",
    "tasks": _TASKS,
    "users/sync": "users of a directory service",
    "workspaces": "workspaces",
}

# Single addresses within areas that are there.
ADDRESSES = {
    "/dataexplorer/search/training": "training sets made of searches",
    "/subjects/master-code": "master subject codes",
    "/subjects/master-code/{id}": "master subject codes",
}

# Services of other products that some clients can be pointed at; no released SDK or `fw` command calls them.
SERVICES = {
    "io-proxy": "the proxy to other storages",
    "snapshot": "snapshots of projects",
    "xfer": "imports and exports as a service; upload with the SDK, `fw ingest` or the connector",
}


class NotBuilt(NotFound):
    """This release does not have what you asked for."""

    code = "not_built"


router = Router(tags=["not built"])
services = APIRouter()  # not below /api


def _refuse(where: APIRouter, path: str, what: str) -> None:
    async def refuse(_guard: UserGuard) -> Response:
        raise NotBuilt(f"This release of Treadle does not have {what}.")

    where.add_api_route(path, refuse, methods=_METHODS, include_in_schema=False)


def _refuse_below(where: APIRouter, path: str, what: str) -> None:
    for depth in range(_DEEPEST):
        _refuse(where, path + "".join(f"/{{part{number}}}" for number in range(depth)), what)


for _path, _what in ADDRESSES.items():
    _refuse(router, _path, _what)
for _area, _what in AREAS.items():
    _refuse_below(router, f"/{_area}", _what)
for _area, _what in SERVICES.items():
    _refuse_below(services, f"/{_area}", _what)
