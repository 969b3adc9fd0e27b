"""All endpoints of the door in."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.server.ingest import routes_connector, routes_misrouted, routes_placed, routes_upload

router = APIRouter()
for _part in (routes_connector.router, routes_misrouted.router, routes_placed.router, routes_upload.router):
    router.include_router(_part)
