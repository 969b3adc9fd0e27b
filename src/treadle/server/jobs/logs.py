"""Logs of jobs: records {fd, msg} in the chunks they came in, read again chunk by chunk (gears.md 5.6)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from html import escape
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.keys import PREFIX
from treadle.server.jobs.tables import job, job_log
from treadle.server.kit.errors import Invalid
from treadle.server.store.db import Database, driver_of
from treadle.server.wire.answer import dumps

MAX_BYTES = 64 << 20
TRUNCATED = "log truncated\n"
_KEY = re.compile(rf"{PREFIX}[0-9A-Za-z]{{53}}")
_FDS = (-1, 1, 2)
_READ = 64  # chunks held in memory

Record = dict[str, Any]


def read_records(body: Any) -> list[Record]:
    """The records of a request; keys that were printed are made unreadable."""
    if not isinstance(body, list):
        raise Invalid("A log is a list of {fd, msg}.")
    return [_record(item) for item in body]


def _record(item: Any) -> Record:
    if not isinstance(item, dict) or item.get("fd") not in _FDS or not isinstance(item.get("msg"), str):
        raise Invalid("A log record is {fd, msg} with fd 1, 2 or -1 and a text.")
    return {"fd": item["fd"], "msg": without_keys(item["msg"].replace("\x00", "\ufffd"))}


def without_keys(text: str) -> str:
    """The text with every API key in it made unreadable."""
    return _KEY.sub("***", text)


async def append(connection: AsyncConnection, job_id: str, records: list[Record]) -> None:
    """Add to the log; what goes beyond its limit is dropped, and the log says so once."""
    if not records:
        return
    size = sum(len(record["msg"].encode()) for record in records)
    held = (
        await connection.execute(
            update(job)
            .where(job.c.id == job_id)
            .values(log_bytes=job.c.log_bytes + size)
            .returning(job.c.log_bytes)
        )
    ).scalar_one()
    if held - size > MAX_BYTES:
        return
    if held > MAX_BYTES:
        records = [*_first(records, MAX_BYTES - (held - size)), {"fd": -1, "msg": TRUNCATED}]
    await connection.execute(insert(job_log).values(job_id=job_id, records=records))


def _first(records: list[Record], room: int) -> list[Record]:
    kept = []
    for record in records:
        room -= len(record["msg"].encode())
        if room < 0:
            break
        kept.append(record)
    return kept


async def note(connection: AsyncConnection, job_id: str, message: str) -> None:
    """A line of the system's own."""
    await connection.execute(
        insert(job_log).values(job_id=job_id, records=[{"fd": -1, "msg": message.rstrip("\n") + "\n"}])
    )


async def chunks(database: Database, job_id: str, after: int = 0) -> AsyncIterator[tuple[int, list[Record]]]:
    """The log in its order; no transaction waits for a slow reader."""
    while True:
        async with database.transaction() as connection:
            rows = (
                await connection.execute(
                    select(job_log.c.id, job_log.c.records)
                    .where(job_log.c.job_id == job_id, job_log.c.id > after)
                    .order_by(job_log.c.id)
                    .limit(_READ)
                )
            ).all()
        for row in rows:
            after = row.id
            yield row.id, row.records
        if len(rows) < _READ:
            return


async def as_json(database: Database, job_id: str) -> AsyncIterator[bytes]:
    """The whole log as the clients read it."""
    yield b'{"_id":%s,"logs":[' % dumps(job_id)
    separator = b""
    async for _, records in chunks(database, job_id):
        if records:
            yield separator + dumps(records)[1:-1]
            separator = b","
    yield b"]}"


async def as_text(database: Database, job_id: str) -> AsyncIterator[bytes]:
    """The log as it was printed."""
    async for _, records in chunks(database, job_id):
        yield "".join(record["msg"] for record in records).encode(errors="replace")


async def as_html(database: Database, job_id: str) -> AsyncIterator[bytes]:
    """The log with its streams marked."""
    async for _, records in chunks(database, job_id):
        yield "".join(
            f'<span class="fd-{record["fd"]}">{escape(record["msg"]).replace(chr(10), "<br>")}</span>'
            for record in records
        ).encode(errors="replace")


async def digests(connection: AsyncConnection, job_ids: Sequence[str]) -> dict[str, str]:
    """SHA-256 of each job's log as it was printed; jobs that logged nothing are left out."""
    rows = await driver_of(connection).execute(_DIGESTS, {"ids": list(job_ids)})
    return dict(await rows.fetchall())


_DIGESTS = b"""
SELECT l.job_id, encode(sha256(string_agg(convert_to(line.value->>'msg', 'UTF8'), ''::bytea
                                          ORDER BY l.id, line.place)), 'hex')
FROM job_log l CROSS JOIN LATERAL jsonb_array_elements(l.records) WITH ORDINALITY line(value, place)
WHERE l.job_id = ANY(%(ids)s) GROUP BY 1
"""
