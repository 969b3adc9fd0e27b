"""What anybody may know of this site: version, features, health (api.md 3)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import text

from treadle import __version__
from treadle.server.access.guard import AdminGuard, AnonymousGuard
from treadle.server.app.models import ConfigDocument, HealthDocument, VersionDocument
from treadle.server.kit.settings import Settings
from treadle.server.privacy.resolve import any_profile
from treadle.server.wire.answer import dumps, json_answer
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.routing import Router

router = Router(tags=["site"])

# The release whose REST contract we speak; the clients compare it.
CONTRACT = "23.0.0"


@router.get("/version", response_model=VersionDocument, operation_id="get_version")
async def version(guard: AnonymousGuard) -> Response:
    """The releases; 200 once the server is ready."""
    await guard.connection.execute(text("SELECT 1"))
    return json_answer(
        {
            "_id": "version",
            "database": 1,
            "release": CONTRACT,
            "flywheel_release": CONTRACT,
            "cli_version": "18.5.1",
            "treadle_release": __version__,
        }
    )


def _site(settings: Settings) -> dict[str, Any]:
    return {
        "id": "local",
        "name": settings.site_name,
        "api_url": f"{settings.url}/api",
        "redirect_url": settings.url,
        "pagination_limit": None,
        "dimse_host": settings.dicom.reachable.host,
        "dimse_port": settings.dicom.port,
    }


def _config(settings: Settings, *, profiles: bool) -> dict[str, Any]:
    return {
        "site": _site(settings),
        "signed_url": settings.uploads.signed_urls,
        "features": {
            "signed_url": settings.uploads.signed_urls,
            "multipart_signed_url": False,
            "multiproject": False,
            "task_manager_data_views": False,
            "deid_profile": profiles,
            "deid_log": False,
            "collections": True,
            "copy_by_reference": True,
            "job_ask": True,
            "job_prioritization": True,
            "job_tickets": True,
            "gear_access": True,
            "audit_trail": settings.audit.reason_required,
            "reader_tasks": False,
            "project_locking": True,
            "ldap_sync": False,
        },
        "auth": {},
        "uploads": {
            "max_file_bytes": settings.uploads.max_file_bytes,
            "part_bytes": settings.uploads.part_bytes,
        },
    }


@router.get("/config", response_model=ConfigDocument, operation_id="get_config")
async def config(request: Request, guard: AnonymousGuard, _client: ClientDialect) -> Response:
    """What this site offers to clients."""
    profiles = await any_profile(guard.connection)
    return json_answer(_config(request.app.state.settings, profiles=profiles))


class Script(Response):
    """A script that browsers run."""

    media_type = "application/javascript"


@router.get("/config.js", operation_id="get_config_js", response_class=Script)
async def config_js(request: Request, guard: AnonymousGuard) -> Response:
    """The configuration as a script, as clients up to 22 read it."""
    profiles = await any_profile(guard.connection)
    script = b"config = " + dumps(_config(request.app.state.settings, profiles=profiles)) + b";"
    return Script(script)


@router.get("/x/health", response_model=HealthDocument, operation_id="get_health")
async def health(request: Request, guard: AdminGuard) -> Response:
    """State of the database and the queue of facts, for monitoring."""
    waiting = await guard.connection.execute(text("SELECT count(*) FROM outbox WHERE handled_at IS NULL"))
    settings: Settings = request.app.state.settings
    return json_answer(
        {"database": "ok", "facts_waiting": waiting.scalar_one(), "blobs": settings.blobs.split(":")[0]}
    )
