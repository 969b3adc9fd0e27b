"""All endpoints of the catalog; fixed paths before those with ids, since the first match wins."""

from treadle.server.catalog import (
    routes_analyses,
    routes_annotate,
    routes_bulk,
    routes_containers,
    routes_copies,
    routes_files,
    routes_modalities,
    routes_more,
    routes_of_users,
    routes_overview,
    routes_session_templates,
)
from treadle.server.wire.routing import Router

router = Router()
router.take(
    routes_overview.router,
    routes_files.router,
    routes_analyses.router,
    routes_annotate.router,
    routes_session_templates.router,
    routes_modalities.router,
    routes_copies.router,
    routes_bulk.router,
    routes_more.router,
    routes_of_users.router,
    routes_containers.router,
)
