"""All endpoints of the door in."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.server.ingest import (
    routes_connector,
    routes_misrouted,
    routes_packfile,
    routes_placed,
    routes_storage,
    routes_upload,
)

router = APIRouter()
for _part in (
    routes_connector,
    routes_misrouted,
    routes_packfile,
    routes_placed,
    routes_storage,
    routes_upload,
):
    router.include_router(_part.router)
