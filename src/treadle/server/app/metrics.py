"""Prometheus metrics of the site: `GET /api/x/metrics` with the key of a site administrator.

Everything is read from the database at the scrape, so any API process gives the same answer.
"""

from __future__ import annotations

from typing import Any

from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Info, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle import __version__
from treadle.server.access.devices import list_devices, status_of
from treadle.server.access.guard import AdminGuard
from treadle.server.access.tables import device_incident
from treadle.server.catalog.tables import container
from treadle.server.ingest.misrouted import waiting
from treadle.server.ingest.tables import upload
from treadle.server.kit.clock import now
from treadle.server.store.tables import outbox
from treadle.server.wire.routing import Router

router = Router(tags=["site"])

_STATUSES = ("ok", "missing", "error", "unknown")
_KINDS = ("silent", "errors", "held")


class Exposition(Response):
    """Prometheus' text format."""

    media_type = "text/plain"


@router.get("/x/metrics", response_class=Exposition)
async def metrics(guard: AdminGuard) -> Response:
    """Devices, what waits to be sorted, work waiting in the background, the size of the database."""
    registry = CollectorRegistry()
    Info("treadle_build", "The running release.", registry=registry).info({"version": __version__})
    await _devices(guard.connection, registry)
    await _waiting(guard.connection, registry)
    await _work(guard.connection, registry)
    return Exposition(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _devices(connection: AsyncConnection, registry: CollectorRegistry) -> None:
    status = Gauge("treadle_devices", "Devices by status.", ["status"], registry=registry)
    seen = Gauge(
        "treadle_device_silence_seconds",
        "Seconds since a device was heard of.",
        ["device", "label"],
        registry=registry,
    )
    at = now()
    for name in _STATUSES:
        status.labels(name).set(0)
    for device in await list_devices(connection):
        status.labels(status_of(device, at)).inc()
        if device.last_seen_at is not None:
            seen.labels(device.id, device.label).set((at - device.last_seen_at).total_seconds())
    incidents = Gauge("treadle_device_incidents", "Open incidents by kind.", ["kind"], registry=registry)
    counted = dict.fromkeys(_KINDS, 0) | await _counts(
        connection, device_incident.c.kind, device_incident.c.closed_at.is_(None)
    )
    for kind, number in counted.items():
        incidents.labels(kind).set(number)


async def _waiting(connection: AsyncConnection, registry: CollectorRegistry) -> None:
    gauge = Gauge(
        "treadle_misrouted_sessions",
        "Sessions waiting to be sorted, by reason.",
        ["reason"],
        registry=registry,
    )
    reason = container.c.placement["reason"].astext
    for name, number in (await _counts(connection, reason, waiting())).items():
        gauge.labels("subject_conflict" if name == "ok" else name).set(number)


async def _counts(connection: AsyncConnection, column: Any, condition: Any) -> dict[str, int]:
    rows = await connection.execute(select(column, func.count()).where(condition).group_by(column))
    return {str(name): int(number) for name, number in rows}


async def _work(connection: AsyncConnection, registry: CollectorRegistry) -> None:
    facts = (
        await connection.execute(
            select(func.count(), func.min(outbox.c.due_at)).where(outbox.c.handled_at.is_(None))
        )
    ).one()
    uploads = await connection.execute(
        select(func.count()).where(upload.c.result.is_(None), upload.c.expires_at > now())
    )
    size = await connection.execute(text("SELECT pg_database_size(current_database())"))
    overdue = 0.0 if facts[1] is None else max(0.0, (now() - facts[1]).total_seconds())
    for name, words, value in (
        ("facts_waiting", "Facts the worker has not handled.", facts[0]),
        ("facts_overdue_seconds", "How long the oldest of them has been due.", overdue),
        ("uploads_open", "Uploads under way.", uploads.scalar_one()),
        ("database_bytes", "Size of the database.", size.scalar_one()),
    ):
        Gauge(f"treadle_{name}", words, registry=registry).set(value)
