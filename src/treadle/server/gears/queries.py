"""Gears out of the database, for this room and those that run them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears import Document
from treadle.server.gears.errors import GearMissing
from treadle.server.gears.tables import gear, gear_series

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Gear:
    """One version of a gear, with its series' restriction."""

    id: str
    name: str
    version: str
    category: str
    manifest: Json
    exchange: Json
    invalid: bool
    warnings: list[str]
    rootfs_sha384: str | None
    rootfs_size: int | None
    origin_type: str
    origin_id: str | None
    created_at: datetime
    modified_at: datetime
    disabled_at: datetime | None
    is_restricted: bool
    user_ids: list[str]
    project_ids: list[str]

    @property
    def document(self) -> Document:
        """What the manifest says."""
        return Document(self.manifest, "versioned", self.exchange)

    @property
    def manifest_sha256(self) -> str:
        """Of the manifest in its canonical form."""
        return hashlib.sha256(orjson.dumps(self.manifest, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def contents(self) -> str | None:
        """The digest of what is run; None when only a name is known, whose contents may change."""
        digest = str(self.exchange.get("rootfs-url") or "").partition("@sha256:")[2]
        return self.rootfs_sha384 or digest or self.exchange.get("rootfs-hash")

    @property
    def info(self) -> Json:
        """`gear_info` of jobs, analyses and files."""
        return {"id": self.id, "category": self.category, "name": self.name, "version": self.version}

    @property
    def is_usable(self) -> bool:
        """New runs may start: neither an administrator nor its author has put it away."""
        return self.disabled_at is None and not self.invalid


_OF_SERIES = ("is_restricted", "user_ids", "project_ids")
_NAMES = [one.name for one in fields(Gear)]
_ENABLED: ColumnElement[bool] = gear.c.disabled_at.is_(None)
_NEWEST: Sequence[ColumnElement[Any]] = (gear.c.created_at.desc(), gear.c.id.desc())


def selected() -> Select[Any]:
    """Gears, all of them."""
    columns = [(gear_series if name in _OF_SERIES else gear).c[name] for name in _NAMES]
    return select(*columns).join_from(gear, gear_series, gear_series.c.name == gear.c.name)


def as_gear(row: Row[Any]) -> Gear:
    """The gear of a row of `selected`."""
    return Gear(**{name: row._mapping[name] for name in _NAMES})


async def gear_by_id(connection: AsyncConnection, gear_id: str) -> Gear:
    """The gear, put away or not; GearMissing when there is none."""
    found = await gears_by_ids(connection, [gear_id])
    if gear_id not in found:
        raise GearMissing
    return found[gear_id]


async def gears_by_ids(connection: AsyncConnection, gear_ids: Collection[str]) -> dict[str, Gear]:
    """Those of these gears that there are."""
    rows = await connection.execute(selected().where(gear.c.id.in_(gear_ids)))
    return {row.id: as_gear(row) for row in rows}


async def latest(connection: AsyncConnection, name: str) -> Gear:
    """The newest usable version; GearMissing when there is none."""
    chosen = selected().where(gear.c.name == name, _ENABLED, ~gear.c.invalid)
    row = (await connection.execute(chosen.order_by(*_NEWEST).limit(1))).one_or_none()
    if row is None:
        raise GearMissing(f"There is no gear '{name}'.")
    return as_gear(row)


async def by_version(connection: AsyncConnection, name: str, version: str) -> Gear:
    """One version, put away or not; GearMissing when there is none."""
    chosen = selected().where(gear.c.name == name, gear.c.version == version)
    row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise GearMissing(f"There is no version '{version}' of a gear '{name}'.")
    return as_gear(row)


async def versions(connection: AsyncConnection, name: str, *, limit: int) -> list[Gear]:
    """The enabled versions of a series, the highest first."""
    chosen = selected().where(gear.c.name == name, _ENABLED)
    order = (gear.c.version_key.desc(), *_NEWEST)
    return [as_gear(row) for row in await connection.execute(chosen.order_by(*order).limit(limit))]


def latest_ids(*, include_invalid: bool = False) -> Select[Any]:
    """Ids of the newest enabled version of every series."""
    chosen = select(gear.c.id).ext(distinct_on(gear.c.name)).where(_ENABLED).order_by(gear.c.name, *_NEWEST)
    return chosen if include_invalid else chosen.where(~gear.c.invalid)
