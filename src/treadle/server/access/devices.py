"""Devices: programs that send data (connectors, uploaders) or run jobs (engines)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.keys import delete_keys
from treadle.server.access.tables import device
from treadle.server.kit.clock import now
from treadle.server.kit.errors import NotFound
from treadle.server.kit.ids import new_id

Status = Literal["ok", "missing", "error", "unknown"]


@dataclass(frozen=True)
class Device:
    """A program with a key of its own."""

    id: str
    label: str
    name: str | None
    type: str
    version: str | None
    interval_s: int | None
    errors: list[str]
    info: dict[str, Any]
    disabled: bool
    last_seen_at: datetime | None
    created_at: datetime
    modified_at: datetime
    deleted_at: datetime | None


def as_device(row: Row[Any]) -> Device:
    """The device of a row of the table."""
    return Device(**row._mapping)


def status_of(found: Device, at: datetime) -> Status:
    """How the device is, from its last heartbeat; its interval is the longest silence it promised."""
    if found.errors:
        return "error"
    if found.last_seen_at is None or found.interval_s is None:
        return "unknown"
    return "ok" if at - found.last_seen_at <= timedelta(seconds=found.interval_s) else "missing"


async def get_device(connection: AsyncConnection, device_id: str) -> Device:
    """The device, or NotFound."""
    chosen = select(device).where(device.c.id == device_id, device.c.deleted_at.is_(None))
    row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound("There is no such device.")
    return as_device(row)


async def list_devices(connection: AsyncConnection) -> list[Device]:
    """All devices, oldest first."""
    rows = await connection.execute(select(device).where(device.c.deleted_at.is_(None)).order_by(device.c.id))
    return [as_device(row) for row in rows]


async def create_device(connection: AsyncConnection, *, label: str, type: str) -> Device:
    """A new device, still without a key."""
    row = await connection.execute(
        insert(device).values(id=new_id(), label=label, type=type).returning(*device.c)
    )
    return as_device(row.one())


async def change_device(connection: AsyncConnection, device_id: str, fields: Mapping[str, Any]) -> Device:
    """The device with these columns instead."""
    row = await connection.execute(
        update(device)
        .where(device.c.id == device_id, device.c.deleted_at.is_(None))
        .values(**fields, modified_at=now())
        .returning(*device.c)
    )
    found = row.one_or_none()
    if found is None:
        raise NotFound("There is no such device.")
    return as_device(found)


async def heartbeat(connection: AsyncConnection, device_id: str, fields: Mapping[str, Any]) -> Device:
    """The device, seen just now, with what it says of itself."""
    return await change_device(connection, device_id, {**fields, "last_seen_at": now()})


async def delete_device(connection: AsyncConnection, device_id: str) -> Device:
    """Hide the device and make its keys worthless."""
    gone = await change_device(connection, device_id, {"deleted_at": now()})
    await delete_keys(connection, "device_id", device_id)
    return gone
