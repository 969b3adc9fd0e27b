"""Rows from inside files: CSV, TSV and JSON, also as members of a zip; a batch in memory at a time."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import IO, Any, Literal

from sqlalchemy import Text, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.kit.errors import TreadleError
from treadle.server.search.views.spec import FileSpec, ZipMember
from treadle.server.store.blobs import Blobs
from treadle.server.store.regex import postgres_regex
from treadle.server.store.zips import (
    Packed,
    ZipEntry,
    inflate,
    member_data_offset,
    read_directory,
)

Format = Literal["csv", "tsv", "json"]
Record = dict[str, Any]
BATCH = 500
MAX_TABLE = 1 << 30
MAX_JSON = 32 << 20  # JSON is read as a whole
_MAX_FIELD = 16 << 20
_SUFFIXES: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json"}
# What a CSV reader may be told; anything else is ignored as every unknown field.
_OPTIONS = ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace")


class Unreadable(Exception):
    """The file has no rows we could read; the message says why and becomes the row's error."""


@dataclass(frozen=True)
class Stored:
    """A matched file."""

    name: str
    sha384: str
    size: int

    @property
    def packed(self) -> Packed:
        """Its content itself."""
        return Packed(self.sha384, 0, self.size, self.size, 0)


@dataclass(frozen=True)
class _Part:
    name: str
    content: Packed


async def records(
    blobs: Blobs, connection: AsyncConnection, stored: Stored, spec: FileSpec
) -> AsyncIterator[list[Record]]:
    """The rows of a file in batches; Unreadable says why there are none."""
    csv.field_size_limit(_MAX_FIELD)
    for part in await _parts(blobs, connection, stored, spec.zip_member):
        kind = spec.format or _format_of(part.name)
        limit = MAX_JSON if kind == "json" else MAX_TABLE
        if part.content.size > limit:
            raise Unreadable(f"{part.name}: larger than {limit >> 20} MiB")
        async with _spooled(blobs, part) as handle:
            rows = _read(handle, kind, spec.format_options)
            while True:
                batch = await asyncio.to_thread(_take, rows, part.name)
                if not batch:
                    break
                yield batch


def _take(rows: Iterator[Record], name: str) -> list[Record]:
    try:
        return list(islice(rows, BATCH))
    except (csv.Error, UnicodeError, ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: {error}") from None


async def _parts(
    blobs: Blobs, connection: AsyncConnection, stored: Stored, wanted: ZipMember | None
) -> list[_Part]:
    if wanted is None:
        return [_Part(stored.name, stored.packed)]
    try:
        directory = await read_directory(blobs, stored.sha384, stored.size)
        members = [entry for entry in directory.entries if not entry.name.endswith("/")]
        chosen = _matched(await _named(connection, members, wanted), wanted)
        if not chosen:
            raise Unreadable(f"{stored.name}: no member matches '{wanted.value or '*'}'")
        return [await _part(blobs, stored, entry) for entry in chosen]
    except TreadleError as error:
        raise Unreadable(f"{stored.name}: {error.message}") from None


async def _part(blobs: Blobs, stored: Stored, entry: ZipEntry) -> _Part:
    if entry.is_encrypted:
        raise Unreadable(f"{stored.name}: the member '{entry.name}' is encrypted")
    offset = await member_data_offset(blobs, stored.sha384, stored.size, entry)
    packed = Packed(stored.sha384, offset, entry.compressed_size, entry.size, entry.method, entry.crc)
    return _Part(entry.name, packed)


async def _named(connection: AsyncConnection, members: list[ZipEntry], wanted: ZipMember) -> list[ZipEntry]:
    if wanted.pattern is None:
        return members
    if not wanted.regex:
        value = (wanted.value or "*").replace("[", "[[]")
        return [
            entry
            for entry in members
            if fnmatchcase(entry.name, value) or fnmatchcase(entry.name.rpartition("/")[2], value)
        ]
    # The database's engine takes any expression in bounded time, Python's does not.
    names = func.unnest(cast([entry.name for entry in members], ARRAY(Text))).table_valued(
        column("name", Text)
    )
    names = names.render_derived()
    rows = await connection.execute(
        select(names.c.name).where(names.c.name.op("~")(literal(postgres_regex(wanted.pattern), Text)))
    )
    found = set(rows.scalars())
    return [entry for entry in members if entry.name in found]


def _matched(members: list[ZipEntry], wanted: ZipMember) -> list[ZipEntry]:
    match = wanted.match or "first"
    if match in ("newest", "oldest"):
        ordered = sorted(members, key=lambda one: (one.timestamp is not None, one.timestamp, one.name))
    else:
        ordered = sorted(members, key=lambda one: one.name)
    if match == "all":
        return ordered
    return ordered[-1:] if match in ("last", "newest") else ordered[:1]


def _format_of(name: str) -> Format:
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix == ".zip":
        raise Unreadable(f"{name}: a zip; say with zipMember which member to read")
    if suffix == ".txt":
        return "tsv"
    raise Unreadable(f"{name}: neither CSV, TSV nor JSON; say so with format if it is")


@asynccontextmanager
async def _spooled(blobs: Blobs, part: _Part) -> AsyncIterator[IO[bytes]]:
    """The content as a local file."""
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as handle:
        try:
            async for block in inflate(blobs, part.content):
                await asyncio.to_thread(handle.write, block)
        except TreadleError as error:
            raise Unreadable(f"{part.name}: {error.message}") from None
        handle.seek(0)
        yield handle


def _read(handle: IO[bytes], kind: Format, options: dict[str, Any]) -> Iterator[Record]:
    if kind == "json":
        yield from _json_rows(handle.read())
        return
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    told = {name: options[name] for name in _OPTIONS if options.get(name) is not None}
    told.setdefault("delimiter", "\t" if kind == "tsv" else ",")
    try:
        reader = csv.DictReader(text, restkey=None, **told)
        for row in reader:
            yield {name: value for name, value in row.items() if name is not None}
    except TypeError as error:  # an option of the wrong kind
        raise Unreadable(f"formatOptions: {error}") from None
    finally:
        text.detach()


def _json_rows(raw: bytes) -> Iterator[Record]:
    try:
        document = json.loads(raw)
    except ValueError:
        document = [json.loads(line) for line in raw.splitlines() if line.strip()]
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        document = document["data"]
    for item in document if isinstance(document, list) else [document]:
        if not isinstance(item, dict):
            raise Unreadable("the JSON holds no objects")
        yield item


def value_at(record: Record, src: str) -> Any:
    """The value of a column; `a.b` reaches into nested objects."""
    if src in record:
        return record[src]
    found: Any = record
    for part in src.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found
