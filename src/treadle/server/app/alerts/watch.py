"""The worker's look at the devices: incidents opened and closed, and whoever does not know yet is told.

What was told is written down in the transaction that tells it: twice only if the process dies just between.
"""

from __future__ import annotations

import structlog

from treadle.server.access import incidents
from treadle.server.access.incidents import Incident
from treadle.server.app.alerts.channels import Channel, channels
from treadle.server.app.alerts.notices import What, notice
from treadle.server.kit.mail import NotSentError
from treadle.server.kit.settings import Settings
from treadle.server.store.db import Database

log = structlog.get_logger("treadle.alerts")


async def look(database: Database, settings: Settings) -> None:
    """One look; a channel that fails is left alone until the next."""
    async with database.transaction() as connection:
        await incidents.update_incidents(connection)
    open_channels = channels(settings.alerts)
    async with database.transaction() as connection:
        untold = await incidents.to_tell(connection, open_channels)
    for name, channel in open_channels.items():
        try:
            for incident in untold:
                await _tell(database, settings, incident, name, channel)
        except NotSentError as error:
            log.warning("alert_not_sent", channel=name, reason=str(error))


async def _tell(
    database: Database, settings: Settings, incident: Incident, name: str, channel: Channel
) -> None:
    what: What = "opened" if incident.closed_at is None else "closed"
    if what == "closed" and f"{name}:opened" not in incident.told:
        return  # over before anybody heard of it
    async with database.transaction() as connection:
        claimed = await incidents.claim(connection, incident.id, f"{name}:{what}")
        if claimed is not None:
            await channel(notice(claimed, what, settings))
            log.info("alert_sent", channel=name, device=incident.device_id, kind=incident.kind, what=what)
