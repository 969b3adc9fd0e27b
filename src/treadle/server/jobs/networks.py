"""Which networks the site allows gears (gears.md 12.5): a setting of the site, for all and for single gears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the site said."""

    default: Network
    gears: Mapping[str, Network]

    def to(self, gear: Gear | None) -> Network:
        """What a run of the gear gets, on an engine that gives as much."""
        return "none" if gear is None else network(gear.manifest, self.gears.get(gear.name, self.default))


async def read_allowed(connection: AsyncConnection) -> Allowed:
    """As it is now."""
    said = await connection.scalar(
        select(site_document.c.document[SETTING]).where(site_document.c.name == "settings")
    )
    said = said or {}
    return Allowed(said.get("default", "api"), said.get("gears", {}))
