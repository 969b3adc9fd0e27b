"""Versions of profiles: each save adds a row, nothing is ever changed (deid.md 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, and_, insert, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.deid.profile import ProfileError
from treadle.server.catalog.queries import lock_label
from treadle.server.kit.errors import Conflict
from treadle.server.privacy.errors import ProfileBroken, VersionNotFound
from treadle.server.privacy.places import Place
from treadle.server.privacy.tables import deid_profile

if TYPE_CHECKING:
    from treadle.deid.profile import Profile


@dataclass(frozen=True)
class Version:
    """One version of a place's profile."""

    place: Place
    number: int
    name: str
    sha256: str
    text: str = field(repr=False)
    locked: bool
    origin: tuple[str, str | None]
    created_at: datetime
    removed: bool = False

    def loaded(self) -> Profile:
        """Ready for the engine; one that is not valid stops everything (no fall-through to the next level)."""
        try:
            return _loaded(self.text)
        except ProfileError as error:
            raise ProfileBroken(
                f"The de-identification profile of {described(self.place)} is not valid"
                f" ({error.errors[0]}): uploads are blocked until a valid one is saved.",
                profile=self.place.profile_id,
            ) from None


def overrules(upper: Version, lower: Version) -> bool:
    """Whether a locked profile stands above a looser one."""
    return upper.locked and not _holds(lower.text, upper.text)


@lru_cache(maxsize=256)
def _holds(lower: str, upper: str) -> bool:
    from treadle.server.privacy.stricter import looser  # noqa: PLC0415 - brings pydicom, which few requests need

    return not looser(_loaded(lower), _loaded(upper))


@lru_cache(maxsize=64)
def _loaded(text: str) -> Profile:
    from treadle.deid.profile import Profile  # noqa: PLC0415 - brings pydicom, which few requests need

    return Profile.load(text)


def described(place: Place) -> str:
    """The place in a sentence."""
    return "the site" if place.level == "site" else f"{place.level} {place.target}"


def read_version(row: Row[Any]) -> Version:
    """A row as a version."""
    return Version(
        place=Place(row.level, row.target),
        number=row.version,
        name=row.name or "",
        sha256=row.sha256 or "",
        text=row.text or "",
        locked=row.locked,
        origin=(row.origin_type, row.origin_id),
        created_at=row.created_at,
        removed=row.text is None,
    )


def _at(places: Sequence[Place]) -> ColumnElement[bool]:
    column = deid_profile.c
    return or_(*(and_(column.level == place.level, column.target == place.target) for place in places))


def newest_rows(places: Sequence[Place] | None) -> Select[Any]:
    """The last row of each of the places (None: of all), also one that took the profile away."""
    column = deid_profile.c
    return (
        select(deid_profile)
        .ext(distinct_on(column.level, column.target))
        .where(true() if places is None else _at(places))
        .order_by(column.level, column.target, column.version.desc())
    )


async def newest(connection: AsyncConnection, places: Sequence[Place]) -> dict[Place, Version]:
    """The profile that each of the places has now; those without one are left out."""
    found = map(read_version, await connection.execute(newest_rows(places)))
    return {version.place: version for version in found if not version.removed}


async def history(
    connection: AsyncConnection, place: Place, *, before: int | None, limit: int
) -> list[Version]:
    """Versions of a place, newest first; removals are versions, too."""
    column = deid_profile.c
    chosen = select(deid_profile).where(column.level == place.level, column.target == place.target)
    if before is not None:
        chosen = chosen.where(column.version < before)
    rows = await connection.execute(chosen.order_by(column.version.desc()).limit(limit))
    return list(map(read_version, rows))


async def get_version(connection: AsyncConnection, place: Place, number: int) -> Version:
    """One version, also one that is no longer in use."""
    found = await history(connection, place, before=min(number, 2**31 - 2) + 1, limit=1)
    if not found or found[0].number != number:
        raise VersionNotFound
    return found[0]


async def add_version(
    connection: AsyncConnection,
    place: Place,
    profile: tuple[Profile, str] | None,
    *,
    locked: bool = False,
    origin: tuple[str, str | None],
    expected: int | None = None,
) -> Version | None:
    """The profile and its text from now on, or none; saving what is there already adds no version."""
    await lock_label(connection, "deid-profile", place.profile_id)
    last = await history(connection, place, before=None, limit=1)
    number = last[0].number if last else 0
    if expected is not None and expected != number:
        raise Conflict(
            f"Version {number} was saved meanwhile; look at it before you save yours.", version=number
        )
    current = last[0] if last and not last[0].removed else None
    if profile is None and current is None:
        return None
    if profile and current and (current.text, current.locked) == (profile[1], locked):
        return current
    values: dict[str, Any] = {"level": place.level, "target": place.target, "version": number + 1}
    if profile is not None:
        loaded, written = profile
        values |= {
            "name": loaded.name,
            "text": written,
            "sha256": loaded.sha256,
            "locked": locked,
        }
    await connection.execute(
        insert(deid_profile).values(**values, origin_type=origin[0], origin_id=origin[1])
    )
    return None if profile is None else (await newest(connection, [place]))[place]


async def is_known(connection: AsyncConnection, places: Sequence[Place], sha256: str) -> bool:
    """Whether a profile with this hash is or was in use at one of the places."""
    column = deid_profile.c
    found = await connection.execute(
        select(column.version).where(_at(places), column.sha256 == sha256).limit(1)
    )
    return found.first() is not None
