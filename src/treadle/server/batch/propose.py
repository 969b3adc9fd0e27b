"""What a batch would start: every container below the targets, judged (gears.md 10). Nothing is changed by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from treadle.gears.config import ConfigError, complete
from treadle.gears.manifest import Json
from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.batch.body import MOST_JOBS, Ask
from treadle.server.batch.errors import NoneAllowed, NothingFound, TooManyJobs
from treadle.server.batch.match import fit, inputs_of
from treadle.server.catalog import collections, rights
from treadle.server.catalog.queries import CONTAINER_LIST, FILE_LIST, LIVE, LIVE_FILE
from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import container, file
from treadle.server.gears.queries import Gear, gear_by_id
from treadle.server.gears.restriction import may_use
from treadle.server.jobs.checks import rights_for
from treadle.server.jobs.errors import BadConfig, GearUnusable
from treadle.server.store.db import among

_PAGE = 1000  # containers judged at a time
_READING: tuple[Action, ...] = ("files_view_metadata", "files_view_contents")


@dataclass
class Found:
    """The containers by verdict; matching ones with the file of each input."""

    matched: list[tuple[Container, Mapping[str, File]]] = field(default_factory=list)
    ambiguous: list[Container] = field(default_factory=list)
    not_matched: list[Container] = field(default_factory=list)
    improper: list[str] = field(default_factory=list)


async def judge(guard: Guard, ask: Ask) -> tuple[Gear, Found]:
    """The gear, and what it could be run on."""
    gear = await gear_by_id(guard.connection, ask.gear_id)
    if not gear.is_usable:
        raise GearUnusable(f"The gear '{gear.name}' {gear.version} is switched off and cannot be run.")
    try:
        complete(gear.manifest, dict(ask.config))
    except ConfigError as error:
        raise BadConfig(error.key, error.reason) from None
    wanted = inputs_of(gear.manifest, ask.policy)
    units = await _units(guard, ask, _unit_level(ask, with_files=bool(wanted)))
    allowed = await _allowed(guard, gear, units, reading=bool(wanted))
    found = Found(improper=[one.id for one in units if one.project_id not in allowed])
    proper = [one for one in units if one.project_id in allowed]
    for start in range(0, len(proper), _PAGE):
        page = proper[start : start + _PAGE]
        with_info = any("info" in one for one in wanted.values())
        beside = await _files(guard, page, with_info=with_info) if wanted else {}
        for one in page:
            _sort(found, one, wanted, beside.get(one.id, ()), ask.policy)
    return gear, found


def requests_of(gear: Gear, found: Found) -> list[dict[str, Any]]:
    """What each match asks for beside what all share; analyses go to the session, as by hand."""
    return [
        {
            "inputs": {
                name: {"file_id": item.file_id, "version": item.version} for name, item in files.items()
            },
            "destination": _destination(gear, one),
        }
        for one, files in found.matched
    ]


def _destination(gear: Gear, one: Container) -> dict[str, str | None]:
    if gear.category == "analysis" and one.level == "acquisition":
        return {"type": "session", "id": one.session_id}
    return {"type": one.level, "id": one.id}


def _unit_level(ask: Ask, *, with_files: bool) -> str:
    """The level of the containers that get a job each."""
    if with_files:
        return ask.unit
    return ask.level if ask.level in ("project", "subject") else "session"


async def _units(guard: Guard, ask: Ask, level: str) -> list[Container]:
    """The live containers of this level at or below the targets that the caller sees, or above an acquisition."""
    for one in ask.collection_ids:
        await rights.find(guard, one, level="collection")
    rows = await guard.connection.execute(
        select(*CONTAINER_LIST)
        .where(container.c.level == level, LIVE, rights.visible(guard, level), _below(ask, level))
        .order_by(container.c.id)
        .limit(MOST_JOBS + 1)
    )
    units = [as_container(row) for row in rows]
    if not units:
        raise NothingFound
    if len(units) > MOST_JOBS:
        raise TooManyJobs(f"There are more than {MOST_JOBS} {level}s below these targets; choose fewer.")
    return units


def _below(ask: Ask, level: str) -> ColumnElement[bool]:
    if ask.level == "collection":
        scope = or_(*(collections.members(level, one) for one in ask.target_ids))
    elif ask.level == "acquisition" and level == "session":
        inner = container.alias()
        scope = container.c.id.in_(select(inner.c.session_id).where(among(inner.c.id, ask.target_ids)))
    else:
        scope = among(container.c[f"{ask.level}_id"], ask.target_ids)
    if ask.collection_id is not None and level in ("session", "acquisition"):
        scope &= collections.members(level, ask.collection_id)
    return scope


async def _allowed(guard: Guard, gear: Gear, units: Sequence[Container], *, reading: bool) -> set[str | None]:
    """The projects in which the caller may run the gear on what they find there."""
    projects = {str(one.project_id) for one in units}
    needed = {*rights_for(analysis=gear.category == "analysis"), *(_READING if reading else ())}
    held = await guard.actions_in(sorted(projects))
    rows = await guard.connection.execute(
        select(container.c.id).where(
            among(container.c.id, projects), container.c.doc["locked"]["reason"].astext.is_not(None)
        )
    )
    locked = set(rows.scalars())
    allowed: set[str | None] = {
        one
        for one in projects - locked
        if (guard.identity.is_site_admin or needed <= held[one]) and may_use(gear, guard.identity, one)
    }
    if not allowed:
        raise NoneAllowed
    return allowed


async def _files(guard: Guard, units: Sequence[Container], *, with_info: bool) -> dict[str, list[File]]:
    """The files of the acquisitions, or of all acquisitions of the sessions, by unit."""
    columns = (file,) if with_info else FILE_LIST
    key = file.c[f"{units[0].level}_id"]
    rows = await guard.connection.execute(
        select(*columns)
        .where(among(key, [one.id for one in units]), file.c.parent_level == "acquisition", LIVE_FILE)
        .order_by(file.c.id)
    )
    found: dict[str, list[File]] = {}
    for item in map(as_file, rows):
        found.setdefault(item.parents[units[0].level], []).append(item)
    return found


def _sort(
    found: Found,
    one: Container,
    wanted: Mapping[str, Json],
    files: Sequence[File],
    policy: str,
) -> None:
    if not wanted:
        found.matched.append((one, {}))
        return
    result = fit(wanted, files, policy)
    if result.verdict == "matched":
        found.matched.append((one, result.files))
    else:
        (found.ambiguous if result.verdict == "ambiguous" else found.not_matched).append(one)
