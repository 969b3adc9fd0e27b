"""Results as bytes in the formats that clients ask for; a batch of rows in memory at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal, get_args

import orjson

from treadle.server.search.errors import ViewInvalid
from treadle.server.search.views.layout import ERRORS, Layout, free_name
from treadle.server.search.views.parquet import parquet
from treadle.server.search.views.values import as_text
from treadle.server.wire.answer import dumps

Format = Literal["json", "json-flat", "json-row-column", "ndjson", "csv", "tsv", "parquet"]
Rows = Sequence[tuple[str | None, list[Any]]]
Batches = AsyncIterator[Rows]
FORMATS: tuple[Format, ...] = get_args(Format)

_MEDIA: dict[Format, str] = {
    "json": "application/json; charset=utf-8",
    "json-flat": "application/json; charset=utf-8",
    "json-row-column": "application/json; charset=utf-8",
    "ndjson": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_SUFFIX: dict[Format, str] = {
    "json": ".json",
    "json-flat": ".json",
    "json-row-column": ".json",
    "ndjson": ".ndjson",
    "csv": ".csv",
    "tsv": ".tsv",
    "parquet": ".parquet",
}


def read_format(word: str | None) -> Format:
    """The format of a request; JSON when nothing is said."""
    name = (word or "json").strip().lower().replace("_", "-")
    for known in FORMATS:
        if name == known:
            return known
    raise ViewInvalid(f"format: there is no '{name[:40]}'; the formats are {', '.join(FORMATS)}.")


def media_type(kind: Format) -> str:
    """The Content-Type."""
    return _MEDIA[kind]


def suffix(kind: Format) -> str:
    """The ending of a file's name."""
    return _SUFFIX[kind]


def format_of_name(name: str) -> Format | None:
    """The format that a file name suggests."""
    return next((kind for kind, end in _SUFFIX.items() if name.lower().endswith(end)), None)


def needs_header(kind: Format) -> bool:
    """Whether all columns must be known before the first row is written."""
    return kind in ("csv", "tsv", "json-row-column", "parquet")


async def render(kind: Format, layout: Layout, batches: Callable[[], Batches]) -> AsyncIterator[bytes]:
    """The whole result; `batches` begins the rows anew each time it is called."""
    if kind == "parquet":
        async for block in parquet(_table_names(layout), lambda: _tabled(layout, batches())):
            yield block
    elif kind in ("csv", "tsv"):
        async for block in _delimited("," if kind == "csv" else "\t", layout, batches()):
            yield block
    elif kind == "json-row-column":
        async for block in _row_column(layout, batches()):
            yield block
    else:
        async for block in _objects(kind, layout, batches()):
            yield block


def _spread(layout: Layout) -> Callable[[list[Any]], dict[str, Any]]:
    """What makes an object of a row's values."""
    names = layout.names
    always = [index for index, how in enumerate(layout.expansions) if how == "always"]
    if not always:
        return lambda values: dict(zip(names, values, strict=True))
    plain = [index for index, how in enumerate(layout.expansions) if how != "always"]
    taken = {names[index] for index in plain}

    def make(values: list[Any]) -> dict[str, Any]:
        made = {names[index]: values[index] for index in plain}
        for index in always:
            value, prefix = values[index], names[index]
            for key, item in value.items() if isinstance(value, dict) else ():
                made[free_name(f"{prefix}.{key}" if prefix else key, taken)] = item
        return made

    return make


async def _objects(kind: Format, layout: Layout, batches: Batches) -> AsyncIterator[bytes]:
    make = _spread(layout)
    opening, between, closing = {
        "json": (b'{"data":[', b",", b"]}"),
        "json-flat": (b"[", b",", b"]"),
    }.get(kind, (b"", b"\n", b""))
    yield opening
    is_first = True
    async for rows in batches:
        made = []
        for error, values in rows:
            one = make(values)
            if error is not None and layout.shows_errors:
                one[ERRORS] = error
            made.append(dumps(one))
        block = between.join(made)
        yield block if is_first or not between else between + block
        is_first = False
    yield closing if kind != "ndjson" else (b"" if is_first else b"\n")


def _table_names(layout: Layout) -> list[str]:
    names = [name for name, _, _ in layout.header()]
    return [*names, ERRORS] if layout.has_errors and layout.shows_errors else names


async def _tabled(layout: Layout, batches: Batches) -> AsyncIterator[list[list[Any]]]:
    """Rows with exactly the header's values."""
    places = [(index, key) for _, index, key in layout.header()]
    with_errors = layout.has_errors and layout.shows_errors
    is_plain = all(key is None for _, key in places)
    async for rows in batches:
        made = []
        for error, values in rows:
            row = (
                list(values)
                if is_plain
                else [values[index] if key is None else _key(values[index], key) for index, key in places]
            )
            made.append([*row, error] if with_errors else row)
        yield made


def _key(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


async def _delimited(delimiter: str, layout: Layout, batches: Batches) -> AsyncIterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(_table_names(layout))
    async for rows in _tabled(layout, batches):
        writer.writerows(["" if value is None else as_text(value) for value in row] for row in rows)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


async def _row_column(layout: Layout, batches: Batches) -> AsyncIterator[bytes]:
    yield b'{"data":{"columns":' + orjson.dumps(_table_names(layout)) + b',"rows":['
    separator = b""
    async for rows in _tabled(layout, batches):
        yield separator + b",".join(map(dumps, rows))
        separator = b","
    yield b"]}}"
