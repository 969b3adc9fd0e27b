"""Endpoint of what a device has brought."""

from __future__ import annotations

from fastapi import Response

from treadle.server.access.devices import get_device
from treadle.server.access.guard import AdminGuard
from treadle.server.ingest.models import ReceivedDocument
from treadle.server.ingest.received import Sieve, count_received, list_received
from treadle.server.wire.answer import listing
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import read_count, read_flag
from treadle.server.wire.routing import Router

router = Router(prefix="/devices", tags=["devices"])

_PAGE, _LARGEST_PAGE = 50, 500


@router.get(
    "/{device_id}/received", response_model=list[ReceivedDocument], summary="What a device has brought"
)
async def list_what_came(
    device_id: str,
    guard: AdminGuard,
    client: ClientDialect,
    limit: str | None = None,
    before: str | None = None,
    search: str | None = None,
    parked: str | None = None,
) -> Response:
    """Series, the newest first; the next page begins with `before` the last `_id`.

    `search` looks into file names, session labels, scanners and what was asked for, and finds Study and Series
    Instance UIDs; `parked` is true for those that wait to be sorted, false for the others.
    """
    await get_device(guard.connection, device_id)
    wanted = read_flag(parked, "parked") if parked else None
    sieve = Sieve(search=(search or "").strip(), parked=wanted)
    most = min(read_count(limit, "limit") or _PAGE, _LARGEST_PAGE)
    rows = await list_received(guard, device_id, sieve, limit=most, before=before)
    total = await count_received(guard, device_id, sieve) if client.envelope else None
    return listing(rows, total=total, envelope=client.envelope)
