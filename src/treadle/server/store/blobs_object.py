"""Contents in a bucket (S3, Google, Azure) through obstore: multipart upload to a temporary key, then a copy.

Never relies on ETags (they differ between servers) nor on create-if-absent (some ignore it).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from treadle.server.kit.clock import now
from treadle.server.kit.errors import Trouble
from treadle.server.store.blobs import BLOCK, BlobMissing, BlobRef, OffsetMismatch, key_of
from treadle.server.store.hashing import StreamHash

_PART = 16 * BLOCK
_READ_BLOCK = _WRITE_BLOCK = 4 * BLOCK
_MAX_COPY = 4 << 30  # S3 copies at most 5 GiB in one request
_ABANDONED = timedelta(days=2)


class ObjectBlobs:
    """A bucket (or a prefix of one) of contents."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    @classmethod
    def from_url(cls, url: str) -> ObjectBlobs:
        """The bucket of this URL; credentials come from the environment, as usual there."""
        return cls(from_url(url))

    async def writer(self) -> ObjectWriter:
        """A new stream in."""
        return ObjectWriter(self, f"tmp/{secrets.token_hex(12)}")

    async def open_range(self, sha384: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, the next block being fetched while one is sent."""
        ahead: asyncio.Task[bytes] | None = None
        try:
            while start < end:
                stop = min(start + _READ_BLOCK, end)
                block = await (ahead or self._range(key_of(sha384), start, stop))
                ahead, start = None, stop
                if start < end:
                    ahead = asyncio.create_task(
                        self._range(key_of(sha384), start, min(start + _READ_BLOCK, end))
                    )
                yield block
        finally:
            if ahead is not None:
                ahead.cancel()

    async def read(self, sha384: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end` at once."""
        return await self._range(key_of(sha384), start, end) if start < end else b""

    async def exists(self, sha384: str) -> bool:
        """Whether the content is there."""
        return await self._size(key_of(sha384)) is not None

    async def delete(self, sha384: str) -> None:
        """Remove the content."""
        await self._delete(key_of(sha384))

    async def names(self) -> AsyncIterator[str]:
        """The hashes of everything stored."""
        async for page in obstore.list(self.store):
            for entry in page:
                key = entry["path"]
                if not key.startswith(("tmp/", "staged/")):
                    yield key.rpartition("/")[2]

    async def staged_size(self, name: str) -> int:
        """How much of a resumable upload has arrived."""
        return sum(size for _, size in await self._parts(name))

    async def stage(self, name: str, offset: int, chunks: AsyncIterator[bytes]) -> int:
        """Append one part as an object of its own, named by its offset."""
        present = await self.staged_size(name)
        if present != offset:
            raise OffsetMismatch(present)
        async for part in _parts_of(chunks):
            await obstore.put_async(self.store, f"staged/{name}/{offset:020d}", part)
            offset += len(part)
        return offset

    async def finish_staged(self, name: str) -> ObjectReceipt:
        """The parts, read once, as one finished object."""
        writer = ObjectWriter(self, f"tmp/{secrets.token_hex(12)}", with_sha256=True)
        try:
            for key, size in await self._parts(name):
                for start in range(0, size, _READ_BLOCK):
                    await writer.write(await self._range(key, start, min(start + _READ_BLOCK, size)))
            return await writer.finish()
        except BaseException:
            await writer.abort()
            raise

    async def drop_staged(self, name: str) -> None:
        """Forget a resumable upload."""
        for key, _ in await self._parts(name):
            await self._delete(key)

    def local_path(self, sha384: str) -> Path | None:
        """None: the content is in the bucket."""
        del sha384
        return None

    async def clean(self) -> int:
        """Remove temporary objects that nobody can be writing any more."""
        removed = 0
        async for page in obstore.list(self.store, prefix="tmp"):
            for entry in page:
                if now() - entry["last_modified"] > _ABANDONED:
                    await self._delete(entry["path"])
                    removed += 1
        return removed

    async def close(self) -> None:
        """Nothing is held open between requests."""

    async def copy(self, source: str, ref: BlobRef) -> None:
        """Give finished bytes their hash as key."""
        target = key_of(ref.sha384)
        if await self._size(target) == ref.size:
            return
        if ref.size <= _MAX_COPY:
            await obstore.copy_async(self.store, source, target)
            return
        async with obstore.open_writer_async(self.store, target, buffer_size=4 * _PART) as out:
            for start in range(0, ref.size, _READ_BLOCK):
                await out.write(await self._range(source, start, min(start + _READ_BLOCK, ref.size)))

    async def remove_temporary(self, key: str) -> None:
        """Remove a temporary object."""
        await self._delete(key)

    async def _parts(self, name: str) -> list[tuple[str, int]]:
        found = []
        async for page in obstore.list(self.store, prefix=f"staged/{name}"):
            found += [(entry["path"], entry["size"]) for entry in page]
        return sorted(found)

    async def _size(self, key: str) -> int | None:
        try:
            return (await obstore.head_async(self.store, key))["size"]
        except FileNotFoundError:
            return None

    async def _range(self, key: str, start: int, end: int) -> bytes:
        try:
            return bytes(await obstore.get_range_async(self.store, key, start=start, end=end))
        except FileNotFoundError:
            raise BlobMissing from None
        except BaseError as error:
            raise Trouble("The object store did not answer; try again.") from error

    async def _delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            await obstore.delete_async(self.store, key)


class ObjectWriter:
    """A multipart upload to a temporary key."""

    def __init__(self, store: ObjectBlobs, key: str, *, with_sha256: bool = False) -> None:
        self._store, self._key = store, key
        self._out = obstore.open_writer_async(store.store, key, buffer_size=_PART, max_concurrency=4)
        self._hashes = StreamHash(with_sha256=with_sha256)
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._open = True
        self.size = 0

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._chunks.append(chunk)
        self._waiting += len(chunk)
        self.size += len(chunk)
        if self._waiting >= _WRITE_BLOCK:
            await self._flush()

    async def _flush(self) -> None:
        block, self._chunks, self._waiting = b"".join(self._chunks), [], 0
        if not block:
            return
        try:
            await asyncio.gather(
                asyncio.to_thread(self._hashes.update, (block,)),
                asyncio.to_thread(self._hashes.update_sha256, (block,)),
                self._out.write(block),
            )
        except BaseError as error:
            raise Trouble("The object store did not take the data; try again.") from error

    async def finish(self) -> ObjectReceipt:
        """All bytes are in the bucket."""
        await self._flush()
        self._open = False
        try:
            await self._out.close()
        except BaseError as error:
            raise Trouble("The object store did not take the data; try again.") from error
        return ObjectReceipt(self._store, self._key, self._hashes.ref(self.size))

    async def abort(self) -> None:
        """Finish the upload in order to be able to remove it: a dropped one would cost storage for ever."""
        if self._open:
            self._open = False
            with suppress(BaseError):
                await self._out.close()
                await self._store.remove_temporary(self._key)


class ObjectReceipt:
    """Finished bytes under a temporary key."""

    def __init__(self, store: ObjectBlobs, key: str, ref: BlobRef) -> None:
        self._store, self._key = store, key
        self._open = True
        self.ref = ref

    async def publish(self) -> None:
        """Copy the bytes to the key of their hash."""
        await self._store.copy(self._key, self.ref)

    async def close(self) -> None:
        """Remove the temporary object."""
        if self._open:
            self._open = False
            await self._store.remove_temporary(self._key)


async def _parts_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks joined to parts of at least 16 MiB (the last one smaller)."""
    held: list[bytes] = []
    size = 0
    async for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _PART:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
