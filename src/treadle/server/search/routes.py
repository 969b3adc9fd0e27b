"""Every endpoint of this room."""

from __future__ import annotations

from treadle.server.search import routes_audit_reports, routes_reports
from treadle.server.search.explorer import routes as explorer
from treadle.server.search.views import routes as views
from treadle.server.wire.routing import Router

router = Router()
# Fixed paths before those with ids: the first match wins.
router.take(routes_reports.router, routes_audit_reports.router, views.router, explorer.router)
