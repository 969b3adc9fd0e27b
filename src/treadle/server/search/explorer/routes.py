"""Every endpoint of the data explorer."""

from __future__ import annotations

from treadle.server.search.explorer import routes_language, routes_saved
from treadle.server.wire.routing import Router

router = Router()
router.take(routes_language.router, routes_saved.router)
