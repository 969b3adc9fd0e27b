"""All endpoints of the door out."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.server.delivery import routes_archive, routes_events, routes_files, routes_viewer

router = APIRouter()
for _part in (routes_archive.router, routes_events.router, routes_viewer.router, routes_files.router):
    router.include_router(_part)
