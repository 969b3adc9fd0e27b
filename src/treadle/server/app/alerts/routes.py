"""A message on demand, to see whether alerts would arrive."""

from __future__ import annotations

from fastapi import Request, Response

from treadle.server.access.guard import AdminGuard
from treadle.server.app.alerts.channels import channels
from treadle.server.app.alerts.notices import trial
from treadle.server.app.models import Told
from treadle.server.kit.errors import Conflict
from treadle.server.kit.mail import NotSentError
from treadle.server.kit.settings import Settings
from treadle.server.wire.answer import json_answer
from treadle.server.wire.routing import Router

router = Router(tags=["site"])


@router.post("/x/alerts/test", response_model=dict[str, Told])
async def send_test(request: Request, _guard: AdminGuard) -> Response:
    """Send a test through every channel; says of each whether it took it."""
    settings: Settings = request.app.state.settings
    found = channels(settings.alerts)
    if not found:
        raise Conflict("No alerts are set up; see `alerts` in the settings.")
    told: dict[str, str | None] = {}
    for name, channel in found.items():
        try:
            await channel(trial(settings))
            told[name] = None
        except NotSentError as error:
            told[name] = str(error)
    return json_answer({name: {"sent": error is None, "error": error} for name, error in told.items()})
