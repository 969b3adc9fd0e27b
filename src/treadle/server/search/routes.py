"""Every endpoint of this room."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.server.search import routes_executions, routes_view_data, routes_views

router = APIRouter(tags=["views"])
# Fixed paths before those with ids: the first match wins.
router.include_router(routes_view_data.router)
router.include_router(routes_executions.router)
router.include_router(routes_views.router)
