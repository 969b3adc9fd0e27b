"""What a connector must do to a series before it sends it: profile and secret of where it is bound for."""

from __future__ import annotations

from fastapi import Request, Response
from pydantic import Field

from treadle.server.access.guard import ScopedGuard
from treadle.server.ingest.parking import find_destination
from treadle.server.ingest.routes_connector import require_device
from treadle.server.ingest.series import read_route
from treadle.server.ingest.wire_connector import Routing
from treadle.server.privacy.models import TargetDeidDocument
from treadle.server.privacy.places import way_up
from treadle.server.privacy.resolve import effective
from treadle.server.privacy.secrets import owner_of, owner_of_label, secret_of
from treadle.server.privacy.site_key import site_key
from treadle.server.privacy.wire import effective_doc, secret_doc
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody, Wire
from treadle.server.wire.routing import Router

router = Router(prefix="/connector", tags=["connector"])


class DeidRequest(Wire):
    """`POST /connector/deid`."""

    device: str | None = Field(default=None, max_length=255)
    routing: Routing = Field(default_factory=Routing)
    create_projects: bool = False
    epoch: int | None = Field(default=None, ge=1)


@router.post("/deid", response_model=TargetDeidDocument, operation_id="get_connector_deid")
async def of_target(request: Request, guard: ScopedGuard, body: ObjectBody) -> Response:
    """Profile, version and secret for what this routing leads to; changes nothing but that the secret exists now.

    A project that does not exist yet gets the secret answered here when it comes to be.
    """
    require_device(guard)
    asked = DeidRequest.model_validate(body)
    found = await find_destination(
        guard.connection,
        read_route(asked.routing.model_dump()),
        create_projects=asked.create_projects,
        device=asked.device,
    )
    target, project = found.target, found.project
    label = f"{target.group}/{target.project}"
    owner = (
        owner_of(found.group, project)
        if project is not None
        else owner_of_label(found.group, target.group, target.project)
    )
    applies = await effective(
        guard.connection, way_up(project=project.id if project else None, group=target.group)
    )
    secret = await secret_of(
        guard.connection, site_key(request.app.state.settings), owner, epoch=asked.epoch, label=label
    )
    await guard.record(
        "other_access",
        {
            "group": {"id": target.group},
            "project": {"id": project.id if project else None, "label": target.project},
            "deid_secret": {"epoch": secret.epoch},
        },
    )
    return json_answer(
        {
            **effective_doc(applies),
            "secret": secret_doc(secret),
            "target": {
                "group": target.group,
                "project": target.project,
                "project_id": project.id if project else None,
                "creates_project": target.creates_project,
                "reason": target.reason,
            },
        }
    )
