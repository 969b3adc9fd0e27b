"""Which profile applies to what goes to a place: project, group, site; the first that has one (deid.md 5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.privacy.errors import DeidRequired, ProfileMissing, ProfileStale
from treadle.server.privacy.places import Place
from treadle.server.privacy.profiles import Version, is_known, newest_rows, overrules, read_version
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


async def any_profile(connection: AsyncConnection) -> bool:
    """Whether there is a profile anywhere on the site: if not, nobody needs to ask further."""
    rows = newest_rows(None).subquery()
    found = await connection.execute(select(exists().where(rows.c.text.is_not(None))))
    return bool(found.scalar_one())


async def effective(connection: AsyncConnection, places: Sequence[Place]) -> Effective:
    """What applies at the first of the places, the others being those above it."""
    said = select(site_document.c.document).where(site_document.c.name == "settings").scalar_subquery()
    rows = newest_rows(places).subquery()
    one = select(said.label("site")).subquery()
    answer = (
        await connection.execute(select(one.c.site, rows).join_from(one, rows, true(), isouter=True))
    ).all()
    found = {Place(row.level, row.target): row for row in answer if row.text is not None}
    versions = [read_version(found[place]) for place in places if place in found]
    return Effective(_winner(versions), (answer[0].site or {}).get(REQUIRED) is True)


def _winner(versions: Sequence[Version]) -> Version | None:
    """The nearest, unless one above is locked and stricter: locked later, or over what was moved below it."""
    if not versions:
        return None
    winner = versions[0]
    for above in versions[1:]:
        if overrules(above, winner):
            winner = above
    return winner


async def require_records(
    connection: AsyncConnection,
    places: Sequence[Place],
    records: Iterable[Mapping[str, Any] | None],
) -> None:
    """Go on only when each file went through a profile that is or was in use there, where one is."""
    applies = (await effective(connection, places)).to_apply()
    if applies is None:
        return
    hashes = {None if record is None else str(record.get("sha256")) for record in records}
    if None in hashes:
        raise DeidRequired
    for sha256 in hashes - {applies.sha256}:
        if not await is_known(connection, places, str(sha256)):
            raise ProfileStale(profile=applies.place.profile_id, version=applies.number)
