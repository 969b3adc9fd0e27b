"""All endpoints of the door in."""

from __future__ import annotations

from treadle.server.ingest import (
    routes_connector,
    routes_deid,
    routes_misrouted,
    routes_packfile,
    routes_placed,
    routes_received,
    routes_resumable,
    routes_storage,
    routes_upload,
)
from treadle.server.wire.routing import Router

router = Router()
for _part in (
    routes_connector,
    routes_deid,
    routes_misrouted,
    routes_packfile,
    routes_placed,
    routes_received,
    routes_resumable,
    routes_storage,
    routes_upload,
):
    router.take(_part.router)
