"""The endpoints of this room; fixed words before ids."""

from __future__ import annotations

from treadle.server.annotations import routes_export, routes_overlays, routes_sets, routes_viewer
from treadle.server.wire.routing import Router

router = Router()
router.take(routes_sets.router, routes_export.router, routes_viewer.router, routes_overlays.router)
