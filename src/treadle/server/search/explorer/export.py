"""The whole of a result as a file, streamed from one snapshot of the database (search.md 9)."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.server.kit.errors import BadRequest
from treadle.server.search.explorer.columns import Column, read_columns, rows_of
from treadle.server.search.explorer.request import SearchQuery, read_search
from treadle.server.search.explorer.search import Search
from treadle.server.search.views.formats import Format, Rows, render, suffix
from treadle.server.search.views.layout import Layout
from treadle.server.search.views.spool import Spool
from treadle.server.store.db import Database

# The names of the request, and what writes them.
_FORMATS: Mapping[str, Format] = {
    "csv": "csv",
    "tsv": "tsv",
    "json": "json-flat",
    "ndjson": "ndjson",
    "parquet": "parquet",
}
_TABLES = ("csv", "tsv")
_FORMULA = ("=", "+", "-", "@")  # what spreadsheets would compute


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is to be written."""

    asked: SearchQuery
    kind: Format
    columns: Sequence[Column]
    name: str
    limit: int | None = None


def read_export(body: Mapping[str, Any]) -> Export:
    """The export of a request body."""
    query = body.get("query")
    if not isinstance(query, Mapping):
        raise BadRequest("'query' must be a search query.")
    asked = read_search(query)
    word = str(body.get("format") or "csv").lower()
    if word not in _FORMATS:
        raise BadRequest(f"There is no format '{word[:40]}'; the formats are {', '.join(_FORMATS)}.")
    limit, name = body.get("limit"), body.get("filename")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise BadRequest("'limit' must be a whole number above 0.")
    if name is not None and (not isinstance(name, str) or not name.strip()):
        raise BadRequest("'filename' must be a text.")
    kind = _FORMATS[word]
    return Export(
        asked=asked,
        kind=kind,
        columns=read_columns(asked.return_type, body.get("columns")),
        name=name or f"{asked.return_type}s{suffix(kind)}",
        limit=limit,
    )


async def stream(database: Database, wanted: Export, found: Search) -> AsyncIterator[bytes]:
    """The file's bytes."""
    layout = _layout([column.name for column in wanted.columns])
    if wanted.kind != "parquet":
        async with database.snapshot() as connection:
            rows = _rows(connection, wanted, found)
            async for block in render(wanted.kind, layout, lambda: rows):
                yield block
        return
    with tempfile.TemporaryFile() as handle:  # read twice: for the kinds of the values, and for the values
        spool = Spool(handle)
        async with database.snapshot() as connection:
            async for batch in _rows(connection, wanted, found):
                await spool.write(batch)
        async for block in render(wanted.kind, layout, spool.rows):
            yield block


def _layout(names: Sequence[str]) -> Layout:
    return Layout(names=list(names), expansions=["never"] * len(names), shows_errors=False)


async def _rows(connection: Any, wanted: Export, found: Search) -> AsyncIterator[Rows]:
    is_table = wanted.kind in _TABLES
    async for ids in found.batches(connection, limit=wanted.limit):
        rows = await rows_of(connection, wanted.asked.return_type, ids, wanted.columns)
        yield [(None, list(map(cell, row)) if is_table else row) for row in rows]


def cell(value: Any) -> Any:
    """The value as it stands in a table that people open in spreadsheets."""
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        value = ";".join("" if one is None else str(one) for one in value)
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


async def flat(objects: Sequence[Mapping[str, Any]]) -> AsyncIterator[bytes]:
    """A page of result objects as CSV: one column for each of their fields."""
    spread = [
        {
            f"{level}.{name}": value
            for level, fields in one.items()
            if isinstance(fields, Mapping)
            for name, value in fields.items()
        }
        for one in objects
    ]
    names = list(dict.fromkeys(name for one in spread for name in one))

    async def rows() -> AsyncIterator[Rows]:
        yield [(None, [cell(one.get(name)) for name in names]) for one in spread]

    async for block in render("csv", _layout(names), rows):
        yield block
