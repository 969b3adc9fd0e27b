"""The endpoints of this room."""

from __future__ import annotations

from treadle.server.dicomweb import (
    routes_frames,
    routes_picture,
    routes_retrieve,
    routes_search,
    routes_store,
)
from treadle.server.wire.routing import Router

router = Router()
router.take(
    routes_search.router,
    routes_retrieve.router,
    routes_frames.router,
    routes_picture.router,
    routes_store.router,
)
