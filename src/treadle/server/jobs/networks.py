"""Which networks the site allows gears (gears.md 12.5): a setting of the site, for all and for single gears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.network import LEVELS, Network, network
from treadle.server.gears.queries import Gear
from treadle.server.kit.errors import Invalid
from treadle.server.store.tables import site_document

SETTING = "gear_network"


def check_settings(body: Mapping[str, Any]) -> None:
    """Refuses what means nothing."""
    said = body.get(SETTING)
    if said is None:
        return
    gears = said.get("gears", {}) if isinstance(said, dict) else None
    if not isinstance(gears, dict) or any(
        level not in LEVELS for level in (said.get("default", "api"), *gears.values())
    ):
        levels = ", ".join(LEVELS)
        raise Invalid(
            f"'{SETTING}' has a 'default' and 'gears', an object by the gears' names; each is one of: {levels}."
        )


async def networks(connection: AsyncConnection, gears: Mapping[str, Gear]) -> dict[str, Network]:
    """By the gears' ids: what runs of them get, on an engine that gives as much."""
    row = await connection.execute(
        select(site_document.c.document[SETTING]).where(site_document.c.name == "settings")
    )
    said = row.scalar_one_or_none() or {}
    default, single = said.get("default", "api"), said.get("gears", {})
    return {id: network(gear.manifest, single.get(gear.name, default)) for id, gear in gears.items()}
