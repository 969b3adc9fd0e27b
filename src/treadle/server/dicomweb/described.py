"""What stored instances say of themselves, read once and kept for a while (bounded)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from treadle.server.dicomweb import instance_bytes
from treadle.server.dicomweb.errors import InstanceUnreadable
from treadle.server.dicomweb.queries import Stored
from treadle.server.dicomweb.reading import Broken, Described, describe_all
from treadle.server.kit.process_pool import ProcessPool
from treadle.server.store.blobs import Blobs

P = ParamSpec("P")
T = TypeVar("T")

_BEGINNING = 16 << 10  # bytes that hold the header of most instances
_LARGEST = 64 << 20
_BATCH = 32
_KEPT = 96 << 20
_LIMIT_S = 60.0
_MEMORY = 4 << 30
_readers = ProcessPool(2, memory=_MEMORY)


async def in_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run this where damaged data can do no harm."""
    try:
        return await _readers.run(_LIMIT_S, work, *args, **kwargs)
    except Broken as error:
        raise InstanceUnreadable(f"The stored instance cannot be read: {error}.") from None
    except (BrokenProcessPool, TimeoutError, MemoryError):
        raise InstanceUnreadable("Reading the stored instance took too much time or memory.") from None


def stop_readers() -> None:
    """End the reading processes."""
    _readers.stop()


class _Known:
    """The newest descriptions, by where their instance lies."""

    def __init__(self) -> None:
        self._size = 0
        self._known: OrderedDict[tuple[str, int], Described] = OrderedDict()

    def get(self, item: Stored) -> Described | None:
        key = (item.sha384, item.offset)
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found

    def put(self, item: Stored, found: Described) -> None:
        key = (item.sha384, item.offset)
        if key not in self._known:
            self._known[key] = found
            self._size += len(found.json)
        while self._size > _KEPT:
            self._size -= len(self._known.popitem(last=False)[1].json)


_known = _Known()


async def described(blobs: Blobs, item: Stored) -> Described:
    """What one instance says."""
    (found,) = [found async for _, found in described_all(blobs, [item])]
    return found


async def described_all(blobs: Blobs, items: Sequence[Stored]) -> AsyncIterator[tuple[Stored, Described]]:
    """The same for many, a batch at a time, in their order."""
    for start in range(0, len(items), _BATCH):
        batch = items[start : start + _BATCH]
        found = {item.sop_uid: one for item in batch if (one := _known.get(item)) is not None}
        missing = [item for item in batch if item.sop_uid not in found]
        found |= await _read(blobs, missing)
        for item in batch:
            yield item, found[item.sop_uid]


async def _read(blobs: Blobs, items: list[Stored]) -> dict[str, Described]:
    done: dict[str, Described] = {}
    size = _BEGINNING
    while items:
        beginnings = await asyncio.gather(*(instance_bytes.read(blobs, item, 0, size) for item in items))
        pairs = [(data, len(data) == item.size) for data, item in zip(beginnings, items, strict=True)]
        for item, found in zip(items, await in_process(describe_all, pairs), strict=True):
            if found is not None:
                _known.put(item, found)
                done[item.sop_uid] = found
        items = [item for item in items if item.sop_uid not in done]
        if size >= _LARGEST and items:
            raise InstanceUnreadable("The header of a stored instance is larger than a header can be.")
        size *= 8
    return done
