"""All endpoints of the door in."""

from __future__ import annotations

from treadle.server.ingest import routes_connector, routes_misrouted, routes_placed, routes_upload
from treadle.server.wire.routing import Router

router = Router()
for _part in (routes_connector.router, routes_misrouted.router, routes_placed.router, routes_upload.router):
    router.take(_part)
