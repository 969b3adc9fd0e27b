"""Saving a profile: checked as a whole, against what is locked above, and with the right to exempt (deid.md 5.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle.deid.profile import ProfileError
from treadle.server.access.guard import Guard
from treadle.server.catalog.rows import Container
from treadle.server.kit.errors import Invalid
from treadle.server.privacy.errors import ExemptionForbidden, ProfileInvalid, ProfileLoosens
from treadle.server.privacy.places import place_of, places_of
from treadle.server.privacy.profiles import Version, add_version, described, newest
from treadle.server.privacy.resolve import ALLOW_EXEMPT, switches

if TYPE_CHECKING:
    from treadle.deid.profile import Profile

_SHOWN = 5


def read_text(said: Any) -> str | None:
    """A profile as a client sends it: text, or an object; None takes it away."""
    if said is None or (isinstance(said, str) and not said.strip()):
        return None
    if isinstance(said, str):
        return said
    if isinstance(said, Mapping):
        return json.dumps(said, indent=2, ensure_ascii=False) if said else None
    raise Invalid("A profile is a text (YAML or JSON), an object, or null.")


def check(text: str) -> Profile:
    """The profile, or every issue at once."""
    from treadle.deid.profile import Profile  # noqa: PLC0415 - brings pydicom, which few requests need

    try:
        return Profile.load(text)
    except ProfileError as error:
        raise ProfileInvalid(error) from None


async def save(
    guard: Guard,
    target: Container | None,
    text: str | None,
    *,
    locked: bool | None = None,
    expected: int | None = None,
) -> Version | None:
    """A new version for the place of `target` (None: the site); `locked` None leaves the lock as it is."""
    place = place_of(target)
    above = places_of(target)[1:]
    known = await newest(guard.connection, [place, *above])
    current = known.get(place)
    lock = (current.locked if current else False) if locked is None else locked
    if lock and place.level == "project":
        raise Invalid("A project's profile has nothing below it to lock.")
    profile = None
    if text is not None:
        profile = check(text)
        await _permit(guard, profile, [known[item] for item in above if item in known])
    made = await add_version(
        guard.connection,
        place,
        None if profile is None or text is None else (profile, text),
        locked=lock,
        origin=guard.identity.origin,
        expected=expected,
    )
    number = made.number if made else None
    context = {"site": {"id": "site"}} if target is None else target.context
    about = {"id": place.profile_id, "version": number, "exempt": bool(profile and profile.unchanged)}
    await guard.record("modify_container", {**context, "deid_profile": about})
    return made


async def _permit(guard: Guard, profile: Profile, above: list[Version]) -> None:
    from treadle.server.privacy.stricter import looser  # noqa: PLC0415 - brings pydicom, which few requests need

    if profile.unchanged and not (await switches(guard.connection))[ALLOW_EXEMPT]:
        raise ExemptionForbidden
    for version in above:
        if not version.locked:
            continue
        found = looser(profile, version.loaded())
        if found:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise ProfileLoosens(
                f"The profile of {described(version.place)} is locked; this one is looser:"
                f" {'; '.join(found[:_SHOWN])}{more}.",
                detail=list(found),
            )
