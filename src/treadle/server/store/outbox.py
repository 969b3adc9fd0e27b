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
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.store.check import plain_url
from treadle.server.store.tables import outbox

CHANNEL = "treadle_facts"
MAX_NOTIFY = 7000  # PostgreSQL takes payloads below 8000 bytes

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
    rows = await connection.execute(
        insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True),
        [{"name": fact.name, "payload": fact.data} for fact in facts],
    )
    notes = [
        orjson.dumps({"id": number, "name": fact.name, "data": fact.data}).decode()
        for number, fact in zip(rows.scalars(), facts, strict=True)
    ]
    short = [note for note in notes if len(note) < MAX_NOTIFY]
    if short:
        await connection.execute(
            text("SELECT pg_notify(:channel, note) FROM unnest(CAST(:notes AS text[])) note"),
            {"channel": CHANNEL, "notes": short},
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
