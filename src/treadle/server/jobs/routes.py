"""Every endpoint of this room."""

from __future__ import annotations

from treadle.server.jobs import routes_analyses, routes_engine, routes_logs, routes_outputs, routes_people
from treadle.server.wire.routing import Router

router = Router()
# Fixed paths before those with ids: the first match wins.
router.take(routes_engine.router)
router.take(routes_outputs.router)
router.take(routes_logs.router)
router.take(routes_people.router)
router.take(routes_analyses.router)
