"""Result rows as JSON lines: in a temporary file for one answer, or as stored content for an execution."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import IO, Any

import orjson

from treadle.server.wire.answer import dumps

Row = tuple[str | None, list[Any]]
_BLOCK = 1 << 18
# Every stored result begins with it, so that none is empty.
OPENING = b"[]\n"


def encode(rows: Sequence[Row]) -> bytes:
    """The rows as lines."""
    return b"".join(dumps([error, *values]) + b"\n" for error, values in rows)


def _rows(lines: Sequence[bytes]) -> list[Row]:
    found = [orjson.loads(line) for line in lines]
    return [(item[0], item[1:]) for item in found if item]


async def decode(blocks: AsyncIterator[bytes]) -> AsyncIterator[list[Row]]:
    """The rows of lines that come in blocks of any size."""
    rest = b""
    async for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        if lines:
            yield _rows(lines)
    if rest:
        yield _rows([rest])


class Spool:
    """Rows set aside in a temporary file, to be read as often as needed."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle

    async def write(self, rows: Sequence[Row]) -> None:
        """Set rows aside."""
        await asyncio.to_thread(self._handle.write, encode(rows))

    async def rows(self) -> AsyncIterator[list[Row]]:
        """All rows from the beginning."""
        async for batch in decode(self._blocks()):
            yield batch

    async def _blocks(self) -> AsyncIterator[bytes]:
        position = 0
        while block := await asyncio.to_thread(self._read, position):
            position += len(block)
            yield block

    def _read(self, position: int) -> bytes:
        self._handle.seek(position)
        return self._handle.read(_BLOCK)
