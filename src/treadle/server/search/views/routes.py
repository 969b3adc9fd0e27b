"""The endpoints of this room."""

from __future__ import annotations

from treadle.server.search.views import routes_data, routes_executions, routes_saved
from treadle.server.wire.routing import Router

router = Router()
# Fixed paths before those with ids: the first match wins.
router.take(routes_data.router, routes_executions.router, routes_saved.router)
