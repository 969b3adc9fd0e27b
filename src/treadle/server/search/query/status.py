"""Whether all that was stored can be found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_SOME = 100_000


@dataclass(frozen=True)
class Status:
    """`waiting` objects are still to be indexed (counted to 100,000); `last_seen` is the database's time."""

    state: Literal["up-to-date", "indexing"]
    waiting: int
    last_seen: datetime


async def status(connection: AsyncConnection) -> Status:
    """What waits for the worker."""
    row = (
        await connection.execute(
            text("SELECT (SELECT count(*) FROM (SELECT FROM search_dirty LIMIT :some) q), now()"),
            {"some": _SOME},
        )
    ).one()
    return Status("indexing" if row[0] else "up-to-date", row[0], row[1])
