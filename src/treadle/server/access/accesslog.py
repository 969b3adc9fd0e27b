"""Reading the access log."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.tables import access_log

_PLACES = ("group", "project", "subject", "session", "acquisition", "file")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class LogQuery:
    """Which lines are wanted, newest first."""

    start: datetime | None = None
    end: datetime | None = None
    user: str | None = None
    subject: str | None = None
    project: str | None = None
    access_types: tuple[str, ...] = ()
    limit: int = 100


async def read_log(connection: AsyncConnection, query: LogQuery) -> Sequence[Row[Any]]:
    """The lines that match."""
    chosen = select(access_log).order_by(access_log.c.at.desc(), access_log.c.id.desc()).limit(query.limit)
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
            entry = access_log.c.context[level]
            chosen = chosen.where(or_(entry["id"].astext == wanted, entry["label"].astext == wanted))
    if query.access_types:
        chosen = chosen.where(access_log.c.access_type.in_(query.access_types))
    return (await connection.execute(chosen)).all()


def _cell(value: Any) -> str:
    """A text that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(rows: Sequence[Row[Any]]) -> str:
    """The lines as a table."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [f"{level}.{'name' if level == 'file' else 'label'}" for level in _PLACES]
    writer.writerow(
        ("timestamp", "access_type", "origin.type", "origin.id", "request_method", "request_path", *names)
    )
    for row in rows:
        entries = [row.context.get(level) or {} for level in _PLACES]
        seen = [entry.get("name") or entry.get("label") or entry.get("id") for entry in entries]
        cells = (row.access_type, row.origin_type, row.origin_id, row.request_method, row.request_path, *seen)
        writer.writerow((row.at.isoformat(), *map(_cell, cells)))
    return out.getvalue()
