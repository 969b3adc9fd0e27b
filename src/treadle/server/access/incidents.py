"""Incidents of devices: from the first to the last sign of a trouble, one at a time of each kind.

Kinds: `silent` (no heartbeat for longer than promised), `errors` (what the device reports), `held` (data it cannot
deliver: reported errors that begin with "held:").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, Select, any_, func, insert, literal, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.devices import Device, list_devices
from treadle.server.access.tables import device, device_incident
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_id
from treadle.server.wire.answer import stamp

Kind = Literal["silent", "errors", "held"]

_HELD = "held:"
_SHOWN = 10  # lines of a device's errors that a notice repeats
_STALE = timedelta(days=1)  # nobody is told of what ended longer ago


@dataclass(frozen=True)
class Incident:
    """One trouble of one device."""

    id: str
    device_id: str
    kind: Kind
    detail: str
    opened_at: datetime
    closed_at: datetime | None
    told: list[str]
    label: str
    type: str


def troubles_of(found: Device, at: datetime) -> dict[Kind, str]:
    """What is wrong with a device now, in words."""
    if found.disabled:
        return {}
    held = [line for line in found.errors if line.startswith(_HELD)]
    errors = [line for line in found.errors if not line.startswith(_HELD)]
    troubles: dict[Kind, str] = {}
    if errors:
        troubles["errors"] = _lines(errors)
    if held:
        troubles["held"] = _lines([line.removeprefix(_HELD).strip() for line in held])
    if found.last_seen_at is not None and found.interval_s is not None:
        silence = at - found.last_seen_at
        if silence > timedelta(seconds=found.interval_s):
            troubles["silent"] = (
                f"Last heard of at {stamp(found.last_seen_at)}; "
                f"it promised a sign of life every {found.interval_s} seconds."
            )
    return troubles


def _lines(lines: Sequence[str]) -> str:
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return "\n".join([*lines[:_SHOWN], *more])


async def update_incidents(connection: AsyncConnection) -> None:
    """Open what began since the last look, close what is over, keep the words of the rest current."""
    await connection.execute(select(func.pg_advisory_xact_lock(literal(17))))  # one worker at a time
    at = now()
    troubles = {
        (found.id, kind): detail
        for found in await list_devices(connection)
        for kind, detail in troubles_of(found, at).items()
    }
    rows = await connection.execute(select(device_incident).where(device_incident.c.closed_at.is_(None)))
    open_now = {(row.device_id, row.kind): row for row in rows}
    gone = [row.id for key, row in open_now.items() if key not in troubles]
    if gone:
        await connection.execute(
            update(device_incident).where(device_incident.c.id.in_(gone)).values(closed_at=at)
        )
    new = [
        {"id": new_id(), "device_id": key[0], "kind": key[1], "detail": detail, "opened_at": at}
        for key, detail in troubles.items()
        if key not in open_now
    ]
    if new:
        await connection.execute(insert(device_incident), new)
    for key, row in open_now.items():
        if key in troubles and key[1] != "silent" and troubles[key] != row.detail:
            await connection.execute(
                update(device_incident).where(device_incident.c.id == row.id).values(detail=troubles[key])
            )


def _rows() -> Select[Any]:
    joined = device_incident.join(device, device.c.id == device_incident.c.device_id)
    return select(device_incident, device.c.label, device.c.type).select_from(joined)


def _incident(row: Row[Any]) -> Incident:
    return Incident(**row._mapping)


async def of_device(connection: AsyncConnection, device_id: str, *, limit: int) -> list[Incident]:
    """The latest incidents of a device."""
    query = _rows().where(device_incident.c.device_id == device_id)
    rows = await connection.execute(
        query.order_by(device_incident.c.opened_at.desc(), device_incident.c.id.desc()).limit(limit)
    )
    return [_incident(row) for row in rows]


async def to_tell(connection: AsyncConnection, channels: Iterable[str]) -> list[Incident]:
    """Incidents that somebody has not been told of: that they began, or that they ended."""
    untold = []
    for channel in channels:
        knows = [
            literal(f"{channel}:{what}") == any_(device_incident.c.told) for what in ("opened", "closed")
        ]
        is_over = device_incident.c.closed_at.is_not(None)
        untold += [~is_over & not_(knows[0]), is_over & knows[0] & not_(knows[1])]
    if not untold:
        return []
    recent = or_(device_incident.c.closed_at.is_(None), device_incident.c.closed_at > now() - _STALE)
    rows = await connection.execute(
        _rows().where(or_(*untold), recent, device.c.deleted_at.is_(None)).order_by(device_incident.c.id)
    )
    return [_incident(row) for row in rows]


async def claim(connection: AsyncConnection, incident_id: str, mark: str) -> Incident | None:
    """The incident, to be told until the transaction ends; None when another worker tells it or has told it."""
    query = (
        _rows()
        .where(device_incident.c.id == incident_id, not_(literal(mark) == any_(device_incident.c.told)))
        .with_for_update(skip_locked=True, of=device_incident)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    await connection.execute(
        update(device_incident)
        .where(device_incident.c.id == incident_id)
        .values(told=func.array_append(device_incident.c.told, mark))
    )
    return _incident(row)


def incident_doc(incident: Incident) -> dict[str, Any]:
    """One incident; `told` names the channels that said so."""
    return {
        "_id": incident.id,
        "device": incident.device_id,
        "kind": incident.kind,
        "detail": incident.detail,
        "opened": stamp(incident.opened_at),
        "closed": stamp(incident.closed_at),
        "told": sorted({mark.partition(":")[0] for mark in incident.told}),
    }
