"""Every endpoint of this room."""

from __future__ import annotations

from treadle.server.search import (
    routes_audit_reports,
    routes_executions,
    routes_reports,
    routes_view_data,
    routes_views,
)
from treadle.server.search.explorer import routes as explorer
from treadle.server.wire.routing import Router

router = Router()
# Fixed paths before those with ids: the first match wins.
router.take(routes_reports.router)
router.take(routes_audit_reports.router)
router.take(routes_view_data.router)
router.take(routes_executions.router)
router.take(routes_views.router)
router.take(explorer.router)
