"""Whether the access log is as it was sealed; one segment at a time, so memory stays small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.audit_seal import (
    GENESIS,
    Segment,
    first_segment_since,
    newest,
    records,
    unpack,
)
from treadle.server.access.tables import access_log, access_log_seal
from treadle.server.store.db import Database


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A segment and its digest, noted down outside the database."""

    segment: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was looked at, and the first thing that is not as it was sealed."""

    records: int
    segments: int
    waiting: int  # not sealed yet
    head: Anchor | None
    broken: str | None = None

    @property
    def told(self) -> str:
        """One line for people."""
        if self.broken:
            return f"the access log was tampered with: {self.broken}"
        sealed = f"{self.records} records in {self.segments} segments are as they were sealed"
        head = f"; newest segment {self.head.segment}:{self.head.digest}" if self.head else ""
        return f"{sealed}, {self.waiting} wait to be sealed{head}"


class _Broken(Exception):
    pass


def _as_segment(row: Row[Any]) -> Segment:
    return Segment(
        segment=row.segment,
        first=row.first_number,
        last=row.last_number,
        entries=bytes(row.entries),
        previous=bytes(row.previous),
    )


def _check_chain(row: Row[Any], found: Segment, before: Segment | None) -> None:
    """The segment is whole and follows the one before."""
    if before is not None and found.segment != before.segment + 1:
        raise _Broken(f"segment {before.segment + 1} is missing")
    last, digest = (before.last, before.digest) if before else (found.first - 1, found.previous)
    if found.segment == 1:
        last, digest = 0, GENESIS
    if found.digest != bytes(row.digest) or found.previous != digest or found.first != last + 1:
        raise _Broken(f"segment {found.segment} (records {found.first} to {found.last}) was changed")


def _check_records(found: Segment, rows: Sequence[Row[Any, Any]]) -> None:
    """Every record is there, unchanged, and no other."""
    there = iter(rows)
    row = next(there, None)
    for number, digest in unpack(found.entries):
        if row is None or row.number > number:
            raise _Broken(f"record {number} is missing")
        if row.number < number:
            break
        if bytes(row.digest) != digest:
            raise _Broken(f"record {number} was changed after it was sealed")
        row = next(there, None)
    if row is not None:
        raise _Broken(f"record {row.number} was added after its time")


async def _segment(connection: AsyncConnection, number: int) -> Row[Any] | None:
    """The segment, or the first one after it."""
    seal = access_log_seal
    chosen = select(seal).where(seal.c.segment >= number).order_by(seal.c.segment).limit(1)
    return (await connection.execute(chosen)).one_or_none()


@dataclass
class _Seen:
    """How far the walk came."""

    records: int = 0
    segments: int = 0
    last: Segment | None = None


async def _walk(database: Database, since: datetime | None, anchor: Anchor | None, seen: _Seen) -> None:
    async with database.transaction() as connection:
        number = await first_segment_since(connection, since)
    if since is None and number not in (None, 1):
        raise _Broken("segment 1 is missing")
    while number is not None:
        async with database.transaction() as connection:
            row = await _segment(connection, number)
            if row is None:
                break
            found = _as_segment(row)
            _check_chain(row, found, seen.last)
            _check_anchor(found, anchor)
            _check_records(found, await records(connection, found.first, found.last))
        seen.records, seen.segments, seen.last = seen.records + row.records, seen.segments + 1, found
        number += 1
    if anchor and (seen.last is None or seen.last.segment < anchor.segment):
        raise _Broken(f"segment {anchor.segment} is missing")


async def verify(
    database: Database, *, since: datetime | None = None, anchor: Anchor | None = None
) -> Verdict:
    """Recompute everything sealed (since a time); stop at the first difference."""
    seen, broken = _Seen(), None
    try:
        await _walk(database, since, anchor, seen)
    except _Broken as error:
        broken = str(error)
    async with database.transaction() as connection:
        sealed = (await newest(connection))[1]
        waiting = await connection.execute(select(func.count()).where(access_log.c.number > sealed))
    head = Anchor(segment=seen.last.segment, digest=seen.last.digest.hex()) if seen.last else None
    return Verdict(
        records=seen.records, segments=seen.segments, waiting=waiting.scalar_one(), head=head, broken=broken
    )


def _check_anchor(found: Segment, anchor: Anchor | None) -> None:
    if anchor and found.segment == anchor.segment and found.digest.hex() != anchor.digest:
        raise _Broken(f"segment {found.segment} is not the one that was noted down")
