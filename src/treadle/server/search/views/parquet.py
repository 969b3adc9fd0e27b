"""Parquet, written by hand: flat optional columns, PLAIN values, gzip pages, one row group per some thousand rows.

The format's description: https://parquet.apache.org/docs/file-format/ and its thrift definition (parquet.thrift);
metadata are Thrift's compact protocol. Everything that reads Parquet reads this subset, and it spares every
installation a library of a hundred megabytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from treadle.server.search.views.thrift import Struct, binary, i32, i64, list_of
from treadle.server.search.views.values import as_text

Kind = Literal["bool", "int", "float", "text"]
Tables = Callable[[], AsyncIterator[list[list[Any]]]]
_MAGIC = b"PAR1"
_GROUP_ROWS = 20_000
_PLAIN, _RLE, _GZIP, _OPTIONAL, _UTF8 = 0, 3, 2, 1, 0
_PHYSICAL: dict[Kind, int] = {"bool": 0, "int": 2, "float": 5, "text": 6}


async def parquet(names: Sequence[str], tables: Tables) -> AsyncIterator[bytes]:
    """The file's bytes; the rows are gone through twice, first for the kinds of their values."""
    kinds = await _kinds(len(names), tables())
    yield _MAGIC
    position, total, groups = len(_MAGIC), 0, []
    rows: list[list[Any]] = []
    async for batch in tables():
        rows += batch
        if len(rows) >= _GROUP_ROWS:
            group, body = _row_group(names, kinds, rows, position)
            yield body
            position, total, rows = position + len(body), total + len(rows), []
            groups.append(group)
    if rows:
        group, body = _row_group(names, kinds, rows, position)
        yield body
        total += len(rows)
        groups.append(group)
    footer = _footer(names, kinds, groups, total)
    yield footer + struct.pack("<I", len(footer)) + _MAGIC


async def _kinds(count: int, tables: AsyncIterator[list[list[Any]]]) -> list[Kind]:
    found: list[set[Kind]] = [set() for _ in range(count)]
    async for batch in tables:
        for row in batch:
            for kinds, value in zip(found, row, strict=True):
                if value is not None:
                    kinds.add(_kind(value))
    return [_common(kinds) for kinds in found]


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -(2**63) <= value < 2**63 else "text"
    return "float" if isinstance(value, float) else "text"


def _common(kinds: set[Kind]) -> Kind:
    if len(kinds) == 1:
        return next(iter(kinds))
    return "float" if kinds == {"int", "float"} else "text"


def _row_group(
    names: Sequence[str], kinds: Sequence[Kind], rows: list[list[Any]], position: int
) -> tuple[bytes, bytes]:
    """The group's entry for the footer, and its pages."""
    chunks, body = [], bytearray()
    for index, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        page = _page([row[index] for row in rows], kind)
        offset = position + len(body)
        body += page.header + page.data
        size = len(page.header)
        meta = (
            Struct()
            .add(1, i32(_PHYSICAL[kind]))
            .add(2, list_of([i32(_PLAIN), i32(_RLE)]))
            .add(3, list_of([binary(name.encode())]))
            .add(4, i32(_GZIP))
            .add(5, i64(len(rows)))
            .add(6, i64(page.plain_size + size))
            .add(7, i64(len(page.data) + size))
            .add(9, i64(offset))
        )
        chunks.append(Struct().add(2, i64(offset)).add(3, meta.value()).value())
    entry = Struct().add(1, list_of(chunks)).add(2, i64(len(body))).add(3, i64(len(rows)))
    return entry.encoded(), bytes(body)


@dataclass(frozen=True)
class _Page:
    header: bytes
    data: bytes
    plain_size: int


def _page(values: list[Any], kind: Kind) -> _Page:
    present = [value is not None for value in values]
    levels = _bit_packed(present)
    plain = (
        struct.pack("<I", len(levels)) + levels + _encode([one for one in values if one is not None], kind)
    )
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    data = packer.compress(plain) + packer.flush()
    about = Struct().add(1, i32(len(values))).add(2, i32(_PLAIN)).add(3, i32(_RLE)).add(4, i32(_RLE))
    header = Struct().add(1, i32(0)).add(2, i32(len(plain))).add(3, i32(len(data))).add(5, about.value())
    return _Page(header.encoded(), data, len(plain))


def _bits(flags: Sequence[bool]) -> bytes:
    """Eight flags to a byte, the first in the lowest bit."""
    number = int("".join("1" if flag else "0" for flag in reversed(flags)) or "0", 2)
    return number.to_bytes((len(flags) + 7) // 8, "little")


def _bit_packed(flags: Sequence[bool]) -> bytes:
    """One bit-packed run of the RLE hybrid encoding."""
    groups = (len(flags) + 7) // 8
    head, number = bytearray(), groups << 1 | 1
    while number > 0x7F:
        head.append(number & 0x7F | 0x80)
        number >>= 7
    head.append(number)
    return bytes(head) + _bits(flags)


def _encode(values: list[Any], kind: Kind) -> bytes:
    if kind == "bool":
        return _bits(values)
    if kind == "int":
        return struct.pack(f"<{len(values)}q", *values)
    if kind == "float":
        return struct.pack(f"<{len(values)}d", *values)
    texts = (as_text(value).encode() for value in values)
    return b"".join(struct.pack("<I", len(one)) + one for one in texts)


def _footer(names: Sequence[str], kinds: Sequence[Kind], groups: list[bytes], total: int) -> bytes:
    schema = [Struct().add(4, binary(b"schema")).add(5, i32(len(names))).value()]
    for name, kind in zip(names, kinds, strict=True):
        element = Struct().add(1, i32(_PHYSICAL[kind])).add(3, i32(_OPTIONAL)).add(4, binary(name.encode()))
        if kind == "text":
            element.add(6, i32(_UTF8))
        schema.append(element.value())
    return (
        Struct()
        .add(1, i32(1))
        .add(2, list_of(schema))
        .add(3, i64(total))
        .add(4, list_of([(12, group) for group in groups], of=12))
        .add(6, binary(b"Treadle"))
        .encoded()
    )
