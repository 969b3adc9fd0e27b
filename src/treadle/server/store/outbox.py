"""Facts: what happened, told to many listeners after commit, at least once.

Every fact is a row (so that the worker cannot miss it) and a NOTIFY (so that browsers see it at once).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.store.check import plain_url
from treadle.server.store.db import driver_of

CHANNEL = "treadle_facts"
MAX_NOTIFY = 7000  # PostgreSQL takes payloads below 8000 bytes

# Whatever changes anything tells of it, so this goes past SQLAlchemy and is one statement.
_EMIT = b"""
WITH told AS (
    INSERT INTO outbox (name, payload)
    SELECT name, data FROM json_to_recordset(%(facts)s::json) AS fact(name text, data jsonb)
    RETURNING id, name, payload
)
SELECT pg_notify(%(channel)s, note)
FROM (SELECT json_build_object('id', id, 'name', name, 'data', payload)::text FROM told) AS spoken(note)
WHERE octet_length(note) < %(most)s
"""

FactName = Literal[
    "file.created",  # a file or a new version of one became visible
    "file.modified",
    "file.deleted",
    "container.created",
    "container.modified",  # also moved
    "container.deleted",
    "container.restored",
    "job.created",
    "job.changed",
    "copy.requested",  # a container waits to be filled with a copy
]


@dataclass(frozen=True)
class Fact:
    """One thing that happened; `data` holds ids only, never patient data."""

    name: FactName
    data: dict[str, Any]


async def emit(connection: AsyncConnection, fact: Fact) -> None:
    """Record the fact; listeners hear of it when (and only when) the transaction commits."""
    await emit_all(connection, [fact])


async def emit_all(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Record several facts at once, in this order."""
    told = orjson.dumps([{"name": fact.name, "data": fact.data} for fact in facts]).decode()
    await driver_of(connection).execute(
        _EMIT, {"facts": told, "channel": CHANNEL, "most": MAX_NOTIFY}, prepare=True
    )


@asynccontextmanager
async def listening(database_url: str) -> AsyncIterator[AsyncIterator[str]]:
    """What `emit` tells from now on, as JSON texts; psycopg.Error when the connection is lost."""
    connection = await psycopg.AsyncConnection.connect(
        plain_url(database_url), autocommit=True, application_name="treadle events", connect_timeout=10
    )
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}".encode())
        yield (note.payload async for note in connection.notifies())
