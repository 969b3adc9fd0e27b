"""Every endpoint of the data explorer."""

from __future__ import annotations

from treadle.server.search.explorer import (
    routes_actions,
    routes_export,
    routes_fields,
    routes_find,
    routes_language,
    routes_saved,
    routes_search,
    routes_sites,
)
from treadle.server.wire.routing import Router

router = Router()
router.take(routes_search.router, routes_language.router, routes_export.router, routes_actions.router)
router.take(routes_fields.router, routes_saved.router, routes_sites.router, routes_find.router)
