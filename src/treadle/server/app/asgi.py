"""The ASGI application: rooms' routers, their shared state, the built web app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI

from treadle import __version__
from treadle.server.access import refusals
from treadle.server.access import routes as access
from treadle.server.annotations import routes as annotation_routes
from treadle.server.app import metrics, providers, site, site_settings, static
from treadle.server.app.alerts import routes as alerts
from treadle.server.app.state import open_state
from treadle.server.batch import routes as batch
from treadle.server.catalog import routes as catalog
from treadle.server.compat import unbuilt
from treadle.server.delivery import routes as delivery
from treadle.server.delivery.live import EventHub
from treadle.server.dicomweb import routes as dicomweb
from treadle.server.dicomweb.described import stop_readers
from treadle.server.gears import routes as gears
from treadle.server.ingest import routes as ingest
from treadle.server.ingest.arrival import stop_engines
from treadle.server.jobs import routes as jobs
from treadle.server.kit.settings import Settings
from treadle.server.notebooks import routes as notebooks
from treadle.server.notifications import routes as notifications
from treadle.server.privacy import routes as privacy
from treadle.server.privacy import routes_preview, routes_profiles, routes_settings
from treadle.server.privacy.preview import stop_previews
from treadle.server.privacy.quarantine import sweep
from treadle.server.provenance import routes as provenance
from treadle.server.rules import routes as rules
from treadle.server.search import routes as search
from treadle.server.wire import http
from treadle.server.wire.described import describe
from treadle.server.wire.routing import Router, RouteTable

# Fixed paths before those with ids: the first match wins.
_ROUTERS: tuple[Router, ...] = (
    site.router,
    site_settings.router,
    providers.router,
    metrics.router,
    alerts.router,
    access.router,
    provenance.router,
    jobs.router,
    rules.router,
    batch.router,
    notebooks.router,
    notifications.router,
    ingest.router,
    delivery.router,
    annotation_routes.router,
    dicomweb.router,
    search.router,
    privacy.router,
    routes_preview.router,
    routes_profiles.router,
    routes_settings.router,
    gears.router,
    catalog.router,
    unbuilt.router,
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    state = open_state(settings)
    app.state.database, app.state.blobs = state.database, state.blobs
    app.state.events = EventHub(app.state.database)
    await asyncio.to_thread(sweep, settings.home)
    await app.state.events.start()
    try:
        yield
    finally:
        await app.state.events.stop()
        stop_engines()
        stop_previews()
        stop_readers()
        await state.close()


def create_app(settings: Settings) -> FastAPI:
    """The whole server for these settings; it opens nothing before it is started."""
    app = FastAPI(
        title="Treadle",
        version=__version__,
        description="Research imaging: capture, curate, compute, collaborate.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    http.install(app)
    refusals.install(app)
    table = RouteTable(_ROUTERS)
    app.router.routes.append(table)
    app.router.routes.extend(unbuilt.services.routes)
    static.mount(app)
    app.openapi = cache(lambda: describe(app, table))  # type: ignore[method-assign]
    return app
