"""Catalogues of gears that could be installed: kept as they were last read, searched, compared with what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, insert, select, true
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears import Document, judge
from treadle.gears.manifest import field, mapping, text
from treadle.gears.versions import version_key
from treadle.server.gears.add import CATEGORIES
from treadle.server.gears.errors import NotInExchange
from treadle.server.gears.queries import Json, latest_ids
from treadle.server.gears.tables import exchange_gear, exchange_source, gear
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid

MOST = 20_000  # gears of one catalogue
_BATCH = 200
_SEARCHED = ("name", "label", "description", "author", "maintainer")


def read_entries(found: Any) -> list[Json]:
    """Rows of the gears `[{category?, gear, exchange?}]` of a catalogue; of one version a published one is kept."""
    if not isinstance(found, list) or len(found) > MOST:
        raise Invalid(f"'gears' must be a list of at most {MOST} manifests.")
    entries: dict[tuple[str, str], Json] = {}
    for one in found:
        manifest = mapping(field(one, "gear"))
        name, version = text(manifest.get("name")), text(manifest.get("version"))
        if not name or not version:
            raise Invalid("Every gear of a catalogue has a name and a version.")
        known = entries.get((name, version))
        if known is None or one.get("exchange") or not known["document"]["exchange"]:
            entries[name, version] = _entry(name, version, manifest, mapping(one))
    return list(entries.values())


def _entry(name: str, version: str, manifest: Json, one: Json) -> Json:
    exchange = one.get("exchange") if isinstance(one.get("exchange"), dict) else None
    document = Document(manifest, "versioned", exchange)
    verdict = judge(document)
    chosen = next(
        (word for word in (document.category, one.get("category")) if word in CATEGORIES), "utility"
    )
    return {
        "name": name,
        "version": version,
        "version_key": version_key(version),
        "category": chosen,
        "suite": text(field(mapping(manifest.get("custom")).get("flywheel"), "suite")),
        "text": "\n".join(text(manifest.get(key)) or "" for key in _SEARCHED).lower(),
        "document": {"category": chosen, "gear": manifest, "exchange": exchange},
        "importable": verdict.importable,
        "findings": [*verdict.errors, *verdict.warnings],
    }


async def put_source(
    connection: AsyncConnection,
    name: str,
    entries: Sequence[Json],
    *,
    address: str | None,
    commit: str | None,
) -> int:
    """The catalogue as it is now; what it no longer has goes. How many went."""
    about = {"address": address, "commit": commit, "synced_at": now()}
    known = postgresql.insert(exchange_source).values(name=name, **about)
    await connection.execute(known.on_conflict_do_update(index_elements=[exchange_source.c.name], set_=about))
    before = select(exchange_gear.c.name, exchange_gear.c.version).where(exchange_gear.c.source == name)
    had = {(row.name, row.version) for row in await connection.execute(before)}
    await connection.execute(delete(exchange_gear).where(exchange_gear.c.source == name))
    for start in range(0, len(entries), _BATCH):
        rows = [{"source": name, **one} for one in entries[start : start + _BATCH]]
        await connection.execute(insert(exchange_gear), rows)
    return len(had - {(one["name"], one["version"]) for one in entries})


async def drop_source(connection: AsyncConnection, name: str) -> int:
    """Forget a catalogue: 1, or 0 when there was none."""
    return (await connection.execute(delete(exchange_source).where(exchange_source.c.name == name))).rowcount


@dataclass(frozen=True)
class Asked:
    """Which gears of the catalogues are wanted."""

    words: tuple[str, ...] = ()
    name: str | None = None  # all versions of this one
    category: str | None = None
    suite: str | None = None
    source: str | None = None
    upgradeable: bool = False


_installed = (
    select(gear.c.name, gear.c.version, gear.c.version_key)
    .where(gear.c.id.in_(latest_ids(include_invalid=True)))
    .subquery("installed")
)


def _chosen(asked: Asked) -> Select[Any]:
    every: list[ColumnElement[bool]] = [exchange_gear.c.importable if asked.upgradeable else true()]
    for column in ("name", "category", "suite", "source"):
        if (wanted := getattr(asked, column)) is not None:
            every.append(exchange_gear.c[column] == wanted)
    every += [exchange_gear.c.text.contains(word.lower(), autoescape=True) for word in asked.words]
    newest = (exchange_gear.c.version_key.desc(), exchange_gear.c.source)
    chosen = select(exchange_gear).where(and_(*every)).order_by(exchange_gear.c.name, *newest)
    if asked.name is None:
        chosen = chosen.ext(distinct_on(exchange_gear.c.name))
    return chosen


async def listed(
    connection: AsyncConnection, asked: Asked, *, limit: int, skip: int
) -> tuple[Sequence[Row[Any]], int]:
    """A page of them by name, each with the version that is installed; and how many there are."""
    found = _chosen(asked).subquery("found")
    joined = found.outerjoin(_installed, _installed.c.name == found.c.name)
    chosen = select(found, _installed.c.version.label("installed")).select_from(joined)
    if asked.upgradeable:
        chosen = chosen.where(found.c.version_key > _installed.c.version_key)
    counted = select(func.count()).select_from(chosen.with_only_columns(found.c.name).subquery())
    total = (await connection.execute(counted)).scalar_one()
    ordered = chosen.order_by(found.c.name, found.c.version_key.desc(), found.c.source)
    return (await connection.execute(ordered.limit(limit).offset(skip))).all(), total


async def find(connection: AsyncConnection, name: str, version: str | None) -> Row[Any]:
    """The newest version, or this one; NotInExchange when no catalogue has it."""
    chosen = select(exchange_gear).where(exchange_gear.c.name == name)
    if version is not None:
        chosen = chosen.where(exchange_gear.c.version == version)
    first = (exchange_gear.c.importable.desc(), exchange_gear.c.version_key.desc(), exchange_gear.c.source)
    row = (await connection.execute(chosen.order_by(*first).limit(1))).one_or_none()
    if row is None:
        raise NotInExchange(f"No catalogue has a gear '{name}'{f' {version}' if version else ''}.")
    return row


async def sources(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """The catalogues, and how many gears each has."""
    counted = (
        select(exchange_source, func.count(exchange_gear.c.name).label("gears"))
        .outerjoin(exchange_gear, exchange_gear.c.source == exchange_source.c.name)
        .group_by(exchange_source.c.name)
        .order_by(exchange_source.c.name)
    )
    return (await connection.execute(counted)).all()
