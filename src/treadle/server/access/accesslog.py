"""Reading the access log: pages of lines, and the tables made of them; no transaction waits for a slow reader."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.places import container
from treadle.server.access.tables import access_log
from treadle.server.kit.ids import is_id
from treadle.server.store.db import Database
from treadle.server.wire.answer import dumps

_CONTAINERS = ("group", "project", "subject", "session", "acquisition")
_PLACES = (*_CONTAINERS, "file")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Line:
    """A record as it is read: places have the labels they had then, else the ones they have now."""

    number: int
    at: datetime
    id: str
    access_type: str
    context: dict[str, Any]
    origin_type: str
    origin_id: str | None
    request_method: str
    request_path: str
    request_id: str | None
    address: str | None
    client: str | None
    reason: str | None


Lines = Sequence[Line]
Document = Callable[[Line], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class LogQuery:
    """Which lines are wanted, and in which order."""

    start: datetime | None = None
    end: datetime | None = None
    user: str | None = None
    subject: str | None = None
    project: str | None = None
    access_types: tuple[str, ...] = ()
    limit: int | None = None
    oldest_first: bool = False


def _chosen(query: LogQuery) -> Select[Any]:
    chosen = select(access_log)
    if query.start is not None:
        chosen = chosen.where(access_log.c.at >= query.start)
    if query.end is not None:
        chosen = chosen.where(access_log.c.at <= query.end)
    if query.user:
        chosen = chosen.where(
            access_log.c.origin_type == "user", access_log.c.origin_id == query.user.lower()
        )
    for level, wanted in (("subject", query.subject), ("project", query.project)):
        if wanted:
            chosen = chosen.where(_named(level, wanted))
    if query.access_types:
        chosen = chosen.where(access_log.c.access_type.in_(query.access_types))
    return chosen


def _named(level: str, wanted: str) -> Any:
    entry = access_log.c.context[level]
    if is_id(wanted):  # the form the index has
        return access_log.c.context.has_key(level) & (entry["id"].astext == wanted)
    same = select(container.c.id).where(container.c.level == level, container.c.label == wanted)
    return or_(entry["label"].astext == wanted, entry["id"].astext.in_(same))


def _place(context: dict[str, Any], level: str) -> dict[str, Any]:
    found = context.get(level)
    return found if isinstance(found, dict) else {}


async def _with_labels(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> Lines:
    wanted = {_place(row.context, level).get("id") for row in rows for level in _CONTAINERS}
    found = await connection.execute(
        select(container.c.id, container.c.label).where(container.c.id.in_(wanted - {None}))
    )
    labels = {row.id: row.label for row in found}

    def labelled(context: dict[str, Any]) -> dict[str, Any]:
        places = {level: _place(context, level) for level in _CONTAINERS}
        named = {
            level: {"label": labels[place["id"]], **place}
            for level, place in places.items()
            if place.get("id") in labels
        }
        return {**context, **named}

    return [Line(**{**row._mapping, "context": labelled(row.context)}) for row in rows]


async def read_page(connection: AsyncConnection, query: LogQuery, *, after: Line | None, size: int) -> Lines:
    """The next lines after one of them."""
    place = (access_log.c.at, access_log.c.number)
    chosen = _chosen(query).limit(size)
    if query.oldest_first:
        chosen = chosen.order_by(*place)
        if after is not None:
            chosen = chosen.where(tuple_(*place) > (after.at, after.number))
    else:
        chosen = chosen.order_by(*(column.desc() for column in place))
        if after is not None:
            chosen = chosen.where(tuple_(*place) < (after.at, after.number))
    return await _with_labels(connection, (await connection.execute(chosen)).all())


async def pages(database: Database, query: LogQuery) -> AsyncIterator[Lines]:
    """All lines that match, a page per short transaction."""
    left, last = query.limit, None
    while left is None or left > 0:
        size = PAGE if left is None else min(left, PAGE)
        async with database.transaction() as connection:
            page = await read_page(connection, query, after=last, size=size)
        if page:
            yield page
        if len(page) < size:
            return
        last, left = page[-1], None if left is None else left - len(page)


async def as_json(found: AsyncIterator[Lines], document: Document) -> AsyncIterator[bytes]:
    """A JSON array."""
    before = b"["
    async for page in found:
        yield before + b",".join(dumps(document(row)) for row in page)
        before = b","
    yield b"]" if before == b"," else b"[]"


async def as_lines(found: AsyncIterator[Lines], document: Document) -> AsyncIterator[bytes]:
    """One JSON object per line."""
    async for page in found:
        yield b"".join(dumps(document(row)) + b"\n" for row in page)


def cell(value: Any) -> str:
    """A text that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


_REPORT_HEAD = ("timestamp", "access_type", "origin.type", "origin.id", "request_method", "request_path")
_EXPORT_HEAD = ("number", "id", *_REPORT_HEAD, "request_id", "address", "client", "reason")


def _report_cells(row: Line) -> list[str]:
    cells = (row.access_type, row.origin_type, row.origin_id, row.request_method, row.request_path)
    return [row.at.isoformat(), *map(cell, cells)]


def _places(row: Line) -> list[str]:
    entries = [_place(row.context, level) for level in _PLACES]
    return [cell(entry.get("name") or entry.get("label") or entry.get("id")) for entry in entries]


def _export_cells(row: Line) -> list[str]:
    more = (row.request_id, row.address, row.client, row.reason)
    return [str(row.number), row.id, *_report_cells(row), *map(cell, more)]


async def as_csv(found: AsyncIterator[Lines], *, full: bool = False) -> AsyncIterator[bytes]:
    """A table; `full` with everything a record says."""
    names = [f"{level}.{'name' if level == 'file' else 'label'}" for level in _PLACES]
    head = [*_EXPORT_HEAD, *names, "context"] if full else [*_REPORT_HEAD, *names]
    yield written([head])
    async for page in found:
        if full:
            yield written([[*_export_cells(row), *_places(row), dumps(row.context).decode()] for row in page])
        else:
            yield written([[*_report_cells(row), *_places(row)] for row in page])


def written(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of cells as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
