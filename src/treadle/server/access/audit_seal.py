"""Sealing the access log: a worker chains finished stretches of it, so that later changes show.

Writers never wait for each other or for the seal. A record gets its number after its transaction has an id;
so when every transaction older than a moment has ended, no record numbered before that moment can still appear,
and the numbers up to there are sealed in order, gaps of rolled back work included.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import BigInteger, Row, Text, cast, extract, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.tables import access_log, access_log_seal
from treadle.server.store.db import Database

log = structlog.get_logger("treadle.audit")

SEGMENT = 1000  # records
GENESIS = bytes(32)
_ENTRY = 8 + 32  # number, SHA-256
_LOCK = 0x7365_616C
_PATIENCE_S = 0.2

_c = access_log.c
# Everything a record says, as one JSON array; jsonb has one text for one value.
RECORD_DIGEST = func.sha256(
    func.convert_to(
        cast(
            func.jsonb_build_array(
                _c.number,
                cast(extract("epoch", _c.at) * 1_000_000, BigInteger),
                _c.id,
                _c.access_type,
                _c.context,
                _c.origin_type,
                _c.origin_id,
                _c.request_method,
                _c.request_path,
                _c.request_id,
                _c.address,
                _c.client,
                _c.reason,
            ),
            Text,
        ),
        "UTF8",
    )
)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of the log: all records from `first` to `last`, and the digest that chains it."""

    segment: int
    first: int
    last: int
    entries: bytes
    previous: bytes

    @property
    def digest(self) -> bytes:
        """What the next segment repeats."""
        numbers = b"".join(value.to_bytes(8, "big") for value in (self.segment, self.first, self.last))
        return hashlib.sha256(self.previous + numbers + self.entries).digest()


def pack(rows: Sequence[Row[Any, Any]]) -> bytes:
    """Number and hash of each record, in order."""
    return b"".join(row.number.to_bytes(8, "big") + bytes(row.digest) for row in rows)


def unpack(entries: bytes) -> list[tuple[int, bytes]]:
    """The numbers and hashes of a segment."""
    starts = range(0, len(entries), _ENTRY)
    return [(int.from_bytes(entries[at : at + 8], "big"), entries[at + 8 : at + _ENTRY]) for at in starts]


async def records(
    connection: AsyncConnection, first: int, last: int, *, limit: int | None = None
) -> Sequence[Row[Any, Any]]:
    """Number and hash, as they are now, of the records of a stretch."""
    return (
        await connection.execute(
            select(_c.number, RECORD_DIGEST.label("digest"))
            .where(_c.number.between(first, last))
            .order_by(_c.number)
            .limit(limit)
        )
    ).all()


async def newest(connection: AsyncConnection) -> tuple[int, int, bytes]:
    """Segment number, last record number and digest of the newest segment."""
    seal = access_log_seal.c
    row = (
        await connection.execute(
            select(seal.segment, seal.last_number, seal.digest).order_by(seal.segment.desc()).limit(1)
        )
    ).one_or_none()
    return (row.segment, row.last_number, bytes(row.digest)) if row else (0, 0, GENESIS)


async def _finished(database: Database) -> int:
    """A record number up to which everything is committed or rolled back; 0 when there is nothing new."""
    async with database.transaction() as connection:
        counter = (
            await connection.execute(text("SELECT last_value, is_called FROM access_log_number"))
        ).one()
        if not counter.is_called or counter.last_value <= (await newest(connection))[1]:
            return 0
        own = await connection.execute(text("SELECT pg_current_xact_id()::text::bigint"))
        own_id = own.scalar_one()
    running = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    while True:
        async with database.transaction() as connection:
            if (await connection.execute(running)).scalar_one() >= own_id:
                return int(counter.last_value)
        await asyncio.sleep(_PATIENCE_S)


async def _seal_one(connection: AsyncConnection, until: int) -> Segment | None:
    """Seal the next stretch, at most SEGMENT records; None when nothing is left or another worker is at it."""
    if not (await connection.execute(select(func.pg_try_advisory_xact_lock(_LOCK)))).scalar_one():
        return None
    number, last, digest = await newest(connection)
    rows = await records(connection, last + 1, until, limit=SEGMENT)
    if not rows:
        return None
    made = Segment(
        segment=number + 1,
        first=last + 1,
        last=rows[-1].number if len(rows) == SEGMENT else until,
        entries=pack(rows),
        previous=digest,
    )
    await connection.execute(
        insert(access_log_seal).values(
            segment=made.segment,
            first_number=made.first,
            last_number=made.last,
            records=len(rows),
            entries=made.entries,
            previous=made.previous,
            digest=made.digest,
        )
    )
    return made


async def seal(database: Database) -> int:
    """Seal everything that is finished; how many segments that made."""
    until, made = await _finished(database), 0
    while until:
        async with database.transaction() as connection:
            segment = await _seal_one(connection, until)
        if segment is None:
            break
        made += 1
        # A copy outside the database: with it, even a rebuilt chain is found out.
        log.info("access_log_sealed", segment=segment.segment, digest=segment.digest.hex())
    return made


async def first_segment_since(connection: AsyncConnection, since: datetime | None) -> int | None:
    """The first segment sealed at or after a time; None when there is none."""
    chosen = select(func.min(access_log_seal.c.segment))
    if since is not None:
        chosen = chosen.where(access_log_seal.c.sealed_at >= since)
    first: int | None = (await connection.execute(chosen)).scalar_one()
    return first
