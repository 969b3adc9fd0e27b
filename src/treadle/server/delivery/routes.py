"""All endpoints of the door out."""

from __future__ import annotations

from treadle.server.delivery import routes_archive, routes_events, routes_files, routes_viewer
from treadle.server.wire.routing import Router

router = Router()
for _part in (routes_archive.router, routes_events.router, routes_viewer.router, routes_files.router):
    router.take(_part)
