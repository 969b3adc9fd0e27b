"""Endpoints of the mis-routed worklist and the routing preview."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import Field

from treadle.dicom.routing import RoutingConfig, parse_routing
from treadle.server.access.guard import ScopedGuard
from treadle.server.ingest import misrouted
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody, Wire
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/connector", tags=["connector"])

_PAGE, _LARGEST_PAGE = 100, 1000


@router.get("/misrouted")
async def list_misrouted(
    guard: ScopedGuard, limit: str | None = None, after_id: str | None = None
) -> Response:
    """Parked sessions the caller may sort, oldest first."""
    size = min(read_count(limit, "limit") or _PAGE, _LARGEST_PAGE)
    rows = await misrouted.list_parked(guard, limit=size, after_id=after_id)
    return json_answer([misrouted.parked_doc(row) for row in rows])


class MoveRequest(Wire):
    """Where a parked session belongs."""

    project: str = Field(min_length=1)
    subject: str | None = Field(default=None, max_length=255)
    session: str | None = Field(default=None, max_length=255)


@router.post("/misrouted/{session_id}/move")
async def move_misrouted(session_id: str, guard: ScopedGuard, body: ObjectBody) -> Response:
    """Move a parked session to a project; subject and label as given, else as they are."""
    asked = MoveRequest.model_validate(body)
    moved = await misrouted.move_parked(
        guard,
        session_id,
        project_id=asked.project,
        subject=(asked.subject or "").strip() or None,
        label=(asked.session or "").strip() or None,
    )
    return json_answer({"modified": 1, "jobs_spawned": 0, "session": moved.id, "parents": moved.parents})


class PreviewRequest(Wire):
    """A routing string to be tried."""

    string: str = Field(default="", max_length=10_000)
    config: dict[str, Any] = Field(default_factory=dict)


@router.post("/routing/preview")
async def preview_routing(guard: ScopedGuard, body: ObjectBody) -> Response:
    """What a routing string would do: its parts, the target and similar names."""
    asked = PreviewRequest.model_validate(body)
    try:
        config = RoutingConfig.from_flat(asked.config)
        route = parse_routing(asked.string, config)
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"config: {error}") from None
    destination, suggestions = await misrouted.preview(guard, route, create_projects=config.create_projects)
    target = destination.target
    return json_answer(
        {
            "routing": {
                "form": route.form,
                "group": route.group,
                "project": route.project,
                "subject": route.subject,
                "session": route.session,
                "status": route.status,
                "flags": route.flags,
            },
            "target": {
                "group": target.group,
                "project": target.project,
                "creates_project": target.creates_project,
                "reason": target.reason,
            },
            "suggestions": suggestions,
        }
    )
