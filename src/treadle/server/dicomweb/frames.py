"""Single frames of an instance by their byte range (PS3.5 8.2 and A.4): neither unpacked nor decoded."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from treadle.server.dicomweb import instance_bytes
from treadle.server.dicomweb.errors import InstanceUnreadable, ObjectMissing
from treadle.server.dicomweb.queries import Stored
from treadle.server.dicomweb.reading import Pixels
from treadle.server.store.blobs import Blobs

_ITEM, _DELIMITER = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_HEAD = 8
_MOST_FRAGMENTS = 100_000
_LARGEST = 512 << 20
_SWAPPED = {2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True)
class FrameReader:
    """Reads frames of one instance."""

    blobs: Blobs
    item: Stored
    pixels: Pixels

    async def read(self, number: int) -> bytes:
        """Frame `number`, counted from 1, as it is stored (native ones in little endian)."""
        if not 1 <= number <= self.pixels.frames:
            raise ObjectMissing(f"The instance has frames 1 to {self.pixels.frames}.")
        if self.pixels.length is None:
            return await self._encapsulated(number - 1)
        return await self._native(number - 1)

    async def _native(self, index: int) -> bytes:
        first, bits = index * self.pixels.bits, self.pixels.bits
        start, end = first // 8, (first + bits + 7) // 8
        if not bits or end > (self.pixels.length or 0):
            raise InstanceUnreadable("The pixel data of this instance are shorter than its frames.")
        data = await self._read(self.pixels.offset + start, self.pixels.offset + end)
        if first % 8:  # frames of single bits follow each other without gaps
            whole = int.from_bytes(data, "little") >> first % 8
            data = (whole & ((1 << bits) - 1)).to_bytes((bits + 7) // 8, "little")
        if self.pixels.word in _SWAPPED:
            words = array(_SWAPPED[self.pixels.word], data)
            words.byteswap()
            data = words.tobytes()
        return data

    async def _encapsulated(self, index: int) -> bytes:
        table, first = await self._table()
        if self.pixels.table and len(self.pixels.table) == self.pixels.frames == len(self.pixels.lengths):
            start = first + self.pixels.table[index] + _HEAD
            return await self._read(start, start + self.pixels.lengths[index])
        if len(table) == self.pixels.frames:
            end = first + table[index + 1] if index + 1 < len(table) else None
            return await self._fragments(first + table[index], end)
        if self.pixels.frames == 1:
            return await self._fragments(first, None)
        spans = await self._walk(first)
        if len(spans) != self.pixels.frames:
            raise InstanceUnreadable("The pixel data do not say where their frames begin.")
        return await self._read(*spans[index])

    async def _table(self) -> tuple[list[int], int]:
        """The basic offset table, and where the first fragment begins."""
        at = self.pixels.offset
        head = await self._read(at, at + _HEAD)
        if head[:4] != _ITEM:
            raise InstanceUnreadable("The pixel data of this instance are damaged.")
        size = int.from_bytes(head[4:], "little")
        if size > _MOST_FRAGMENTS * 4:
            raise InstanceUnreadable("The pixel data of this instance are damaged.")
        data = await self._read(at + _HEAD, at + _HEAD + size)
        return [int.from_bytes(data[i : i + 4], "little") for i in range(0, size, 4)], at + _HEAD + size

    async def _fragments(self, start: int, end: int | None) -> bytes:
        """The fragments from here to there as one."""
        return b"".join([await self._read(*span) for span in await self._walk(start, end)])

    async def _walk(self, start: int, end: int | None = None) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        limit = self.item.size if end is None else end
        while start + _HEAD <= limit and len(spans) < _MOST_FRAGMENTS:
            head = await self._read(start, start + _HEAD)
            if head[:4] != _ITEM:
                break
            size = int.from_bytes(head[4:], "little")
            spans.append((start + _HEAD, start + _HEAD + size))
            start += _HEAD + size
        return spans

    async def _read(self, start: int, end: int) -> bytes:
        if end - start > _LARGEST:
            raise InstanceUnreadable("A frame of this instance is larger than a frame can be.")
        data = await instance_bytes.read(self.blobs, self.item, start, end)
        if len(data) != end - start:
            raise InstanceUnreadable("The pixel data of this instance end too early.")
        return data
