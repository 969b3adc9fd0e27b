"""The bytes of one stored instance by their offset in it, whether its zip member is deflated or not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator

from treadle.server.delivery.content import packed_bytes
from treadle.server.delivery.ranges import Span
from treadle.server.dicomweb.queries import Stored
from treadle.server.store.blobs import Blobs
from treadle.server.store.zips import STORED, Packed

_KEPT = 128 << 20  # inflated instances whose frames are likely to be asked for next
_LARGEST_KEPT = 32 << 20
_BEGINNING = 8  # what ends in this part of an instance is its header: the rest need not be inflated for it


def packed(item: Stored) -> Packed:
    """Where the instance lies."""
    return Packed(item.sha384, item.offset, item.compressed_size, item.size, item.method)


class _Inflated:
    """Recently inflated instances; contents never change, so neither do these."""

    def __init__(self) -> None:
        self._size = 0
        self._known: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def get(self, blobs: Blobs, item: Stored) -> bytes:
        key = (item.sha384, item.offset)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        data = b"".join([block async for block in packed_bytes(blobs, packed(item), Span(0, item.size))])
        if key not in self._known:
            self._known[key] = data
            self._size += len(data)
        while self._size > _KEPT:
            self._size -= len(self._known.popitem(last=False)[1])
        return data


_inflated = _Inflated()


async def read(blobs: Blobs, item: Stored, start: int, end: int) -> bytes:
    """The bytes from `start` up to `end`; what lies behind the end is left out."""
    end = min(end, item.size)
    if start >= end:
        return b""
    if item.method == STORED:
        return await blobs.read(item.sha384, item.offset + start, item.offset + end)
    if item.size <= _LARGEST_KEPT and end > item.size // _BEGINNING:
        return (await _inflated.get(blobs, item))[start:end]
    return b"".join([block async for block in stream(blobs, item, start, end)])


def stream(blobs: Blobs, item: Stored, start: int, end: int) -> AsyncIterator[bytes]:
    """The same in blocks."""
    return packed_bytes(blobs, packed(item), Span(start, min(end, item.size)))
