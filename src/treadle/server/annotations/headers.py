"""The headers of stored images: all of an instance before its pixels."""

from __future__ import annotations

from collections.abc import Sequence

from treadle.server.dicomweb import instance_bytes
from treadle.server.dicomweb.described import described_all
from treadle.server.dicomweb.queries import Stored
from treadle.server.store.blobs import Blobs


async def headers_of(blobs: Blobs, items: Sequence[Stored]) -> list[bytes]:
    """In the order of the images."""
    headers = []
    async for item, said in described_all(blobs, items):
        end = said.pixels.offset if said.pixels else item.size
        headers.append(await instance_bytes.read(blobs, item, 0, end))
    return headers
