"""Which profile applies to what goes to a place: project, group, site; the first that has one (deid.md 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.privacy.errors import ProfileMissing
from treadle.server.privacy.places import Place
from treadle.server.privacy.profiles import Version, newest
from treadle.server.store.tables import site_document

ALLOW_EXEMPT = "allow_deid_exempt"
REQUIRED = "deid_required"
SWITCHES = (ALLOW_EXEMPT, REQUIRED)


@dataclass(frozen=True)
class Effective:
    """The version that applies, if any, and whether the site demands one."""

    version: Version | None
    required: bool

    @property
    def exempt(self) -> bool:
        """Whether files of the place go as they are, by decision."""
        return self.version is not None and self.version.loaded().unchanged

    def to_apply(self) -> Version | None:
        """What files must have gone through; None when they may come as they are."""
        if self.version is None and self.required:
            raise ProfileMissing
        return None if self.exempt else self.version


async def switches(connection: AsyncConnection) -> dict[str, bool]:
    """The site's switches about de-identification, off until somebody turns them on."""
    row = await connection.execute(select(site_document.c.document).where(site_document.c.name == "settings"))
    said: dict[str, Any] = row.scalar_one_or_none() or {}
    return {name: said.get(name) is True for name in SWITCHES}


async def effective(connection: AsyncConnection, places: Sequence[Place]) -> Effective:
    """What applies at the first of the places, the others being those above it."""
    found = await newest(connection, places)
    nearest = next((found[place] for place in places if place in found), None)
    return Effective(nearest, (await switches(connection))[REQUIRED])
