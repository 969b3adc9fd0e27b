"""Contents in a local folder: plain files, written in threads, durable before anybody hears of them.

Measured (docs/decisions/0003-blobs.md): plain reads in threads are faster than reads through obstore, and
obstore's local store does not fsync. A temporary file carries host and process in its name and is locked
while it is written, so that the next start can tell what dead processes left.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from treadle.server.kit.errors import StorageFull, Trouble
from treadle.server.store.blobs import BLOCK, BlobMissing, BlobRef, OffsetMismatch, key_of
from treadle.server.store.disk import (
    HOST,
    close_and_remove,
    pread_all,
    remove,
    remove_if_abandoned,
    size_or_zero,
    sync,
    write_all,
)
from treadle.server.store.hashing import RunningHashes, StreamHash
from treadle.server.store.lanes import Lanes
from treadle.server.store.writeback import EarlyWriter

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV)
_WRITE_BLOCK = 2 * BLOCK
_READ_BLOCK = BLOCK
_LOCK_TRIES, _LOCK_PAUSE_S = 100, 0.05

T = TypeVar("T")


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


class LocalBlobs:
    """A folder of contents; `tmp` holds what is being written, `staged` resumable uploads."""

    def __init__(self, root: Path, *, min_free_bytes: int = 0, threads: int = 16) -> None:
        self._root, self._min_free = root, min_free_bytes
        self._tmp, self._staged = root / "tmp", root / "staged"
        for folder in (root, self._tmp, self._staged):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="blobs")
        self._running = RunningHashes()

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """The function's result, from a thread; a full disk is told as StorageFull."""
        with _full_disk_told():
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def writer(self) -> LocalWriter:
        """A new stream in."""
        await self.run(self._check_space)
        return LocalWriter(self)

    async def open_range(self, sha384: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, the next block being read while one is sent."""
        if end <= start:
            return
        loop = asyncio.get_running_loop()
        handle = await self.run(self._open, sha384)
        ahead = loop.run_in_executor(self._threads, os.pread, handle, min(_READ_BLOCK, end - start), start)
        try:
            while start < end:
                block = await ahead
                if not block:
                    raise BlobMissing("The stored content of this file is shorter than it should be.")
                start += len(block)
                if start < end:
                    ahead = loop.run_in_executor(
                        self._threads, os.pread, handle, min(_READ_BLOCK, end - start), start
                    )
                yield block
        finally:
            ahead.add_done_callback(lambda _: os.close(handle))  # never close under a read

    async def read(self, sha384: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end` at once."""
        return await self.run(self._read, sha384, start, end)

    async def exists(self, sha384: str) -> bool:
        """Whether the content is there."""
        return await self.run(self.path(sha384).is_file)

    async def delete(self, sha384: str) -> None:
        """Remove the content."""
        await self.run(self._delete, sha384)

    async def names(self) -> AsyncIterator[str]:
        """The hashes of everything stored, folder by folder."""
        for folder in sorted(await self.run(lambda: list(self._root.glob("[0-9a-f][0-9a-f]")))):
            for path in await self.run(lambda folder=folder: list(folder.glob("??/*"))):
                yield path.name

    async def staged_size(self, name: str) -> int:
        """How much of a resumable upload has arrived."""
        return await self.run(size_or_zero, self._staged / name)

    async def stage(self, name: str, offset: int, chunks: AsyncIterator[bytes]) -> int:
        """Append to a resumable upload; what arrived before a cut stays."""
        await self.run(self._check_space)
        handle = await self._open_staged(name)
        try:
            present = os.fstat(handle).st_size
            if present != offset:
                raise OffsetMismatch(present)
            hashes = self._running.take(name, offset)
            hashing = (hashes.update, hashes.update_sha256) if hashes else ()
            file = EarlyWriter(handle, size=offset)
            lanes = Lanes(self.run, file.write, *hashing)
            size = offset
            try:
                async for block in _blocks(chunks, _WRITE_BLOCK):
                    await lanes.put(block)
                    size += sum(map(len, block))
                await lanes.end()
            finally:
                await lanes.stop()
            await self.run(file.start)
            if hashes:
                self._running.keep(name, size, hashes)
            return size
        finally:
            os.close(handle)

    async def finish_staged(self, name: str) -> LocalReceipt:
        """A resumable upload, durable; hashed from disk unless all of it came through this process."""
        handle = await self._open_staged(name)
        try:
            size = os.fstat(handle).st_size
            hashes = self._running.find(name, size)
            ref = hashes.ref(size) if hashes else await self._hash(handle)
            await self.run(os.fsync, handle)
        finally:
            os.close(handle)
        return LocalReceipt(self, self._staged / name, ref, owned=False)

    async def drop_staged(self, name: str) -> None:
        """Forget a resumable upload."""
        self._running.drop(name)
        await self.run(remove, self._staged / name)

    async def clean(self) -> int:
        """Remove temporary files whose writer is dead."""
        return await self.run(self._clean)

    async def close(self) -> None:
        """Give the threads back."""
        self._threads.shutdown(wait=True)

    def local_path(self, sha384: str) -> Path | None:
        """Where the content lies."""
        return self.path(sha384)

    def path(self, sha384: str) -> Path:
        """Where the content lies."""
        return self._root / key_of(sha384)

    def link(self, temporary: Path, ref: BlobRef) -> bool:
        """Give finished bytes their hash as name: whether the temporary name still exists."""
        path = self.path(ref.sha384)
        if size_or_zero(path) != ref.size or not path.is_file():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                path.unlink(missing_ok=True)
                os.link(temporary, path)
            except FileExistsError:
                pass  # somebody published the same content just now
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                temporary.replace(path)
                return False
        for folder in (path.parent, path.parent.parent, self._root):
            sync(folder)
        return True

    def _check_space(self) -> None:
        if self._min_free:
            space = os.statvfs(self._root)
            if space.f_bavail * space.f_frsize < self._min_free:
                raise StorageFull

    def open_temporary(self) -> tuple[int, Path]:
        """A new file to write to, locked while it is written, and its path."""
        self._check_space()
        path = self._tmp / f"{HOST}.{os.getpid()}.{secrets.token_hex(8)}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle, path

    def _open(self, sha384: str) -> int:
        try:
            return os.open(self.path(sha384), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise BlobMissing from None

    def _read(self, sha384: str, start: int, end: int) -> bytes:
        handle = self._open(sha384)
        try:
            return pread_all(handle, start, end)
        finally:
            os.close(handle)

    def _delete(self, sha384: str) -> None:
        path = self.path(sha384)
        remove(path)
        if path.parent.is_dir():
            sync(path.parent)

    async def _open_staged(self, name: str) -> int:
        """The upload's file, locked: two parts at once would mix."""
        handle = os.open(self._staged / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        for _ in range(_LOCK_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(_LOCK_PAUSE_S)
            else:
                return handle
        os.close(handle)
        raise Trouble("Another part of this upload is still arriving; try again.")

    async def _hash(self, handle: int) -> BlobRef:
        hashes, position = StreamHash(with_sha256=True), 0
        while block := await self.run(os.pread, handle, 4 * BLOCK, position):
            position += len(block)
            await self._hash_block(hashes, (block,))
        return hashes.ref(position)

    async def _hash_block(self, hashes: StreamHash, block: Sequence[bytes]) -> None:
        await asyncio.gather(self.run(hashes.update, block), self.run(hashes.update_sha256, block))

    def _clean(self) -> int:
        return sum(map(remove_if_abandoned, self._tmp.iterdir()))


class LocalWriter:
    """A temporary file; blocks are hashed and written in threads while the next ones arrive.

    What fits into one block is written by a single step in a thread: a thousand small files are a thousand
    steps, not ten thousand.
    """

    def __init__(self, store: LocalBlobs) -> None:
        self._store = store
        self._handle, self._path = -1, Path()
        self._hashes = StreamHash()
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._lanes = Lanes(store.run)
        self.size = 0

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if not chunk:
            return
        self._chunks.append(chunk)
        self._waiting += len(chunk)
        self.size += len(chunk)
        if self._waiting >= _WRITE_BLOCK:
            await self._flush()

    async def finish(self) -> LocalReceipt:
        """All bytes durable under the temporary name."""
        if self._handle < 0:
            self._path = await self._store.run(self._write_whole)
        else:
            await self._flush()
            await self._lanes.end()
            await self._store.run(os.fsync, self._handle)
            handle, self._handle = self._handle, -1
            os.close(handle)
        return LocalReceipt(self._store, self._path, self._hashes.ref(self.size))

    async def abort(self) -> None:
        """Remove the temporary file."""
        if self._handle < 0:
            return
        handle, self._handle = self._handle, -1
        await self._lanes.stop()
        self._chunks = []
        await asyncio.shield(self._store.run(close_and_remove, handle, self._path))

    def _write_whole(self) -> Path:
        handle, path = self._store.open_temporary()
        try:
            self._hashes.update(self._chunks)
            write_all(handle, self._chunks)
            os.fsync(handle)
        except BaseException:
            close_and_remove(handle, path)
            raise
        os.close(handle)
        self._chunks = []
        return path

    async def _flush(self) -> None:
        if self._handle < 0:
            self._handle, self._path = await self._store.run(self._store.open_temporary)
            self._lanes = Lanes(self._store.run, self._hashes.update, EarlyWriter(self._handle).write)
        if self._chunks:
            chunks, self._chunks, self._waiting = self._chunks, [], 0
            await self._lanes.put(chunks)


class LocalReceipt:
    """Finished bytes in a temporary file."""

    def __init__(self, store: LocalBlobs, path: Path, ref: BlobRef, *, owned: bool = True) -> None:
        self._store, self._path, self._owned = store, path, owned
        self._linked_away = False
        self.ref = ref

    async def publish(self) -> None:
        """Name the bytes by their hash."""
        if self._linked_away:
            if not await self._store.exists(self.ref.sha384):
                raise Trouble("The content was removed while it arrived; send it again.")
            return
        self._linked_away = not await self._store.run(self._store.link, self._path, self.ref)

    async def close(self) -> None:
        """Drop the temporary name; staged parts stay for `drop_staged`."""
        if self._owned:
            self._owned = False
            await asyncio.shield(self._store.run(remove, self._path))


async def _blocks(chunks: AsyncIterator[bytes], least: int) -> AsyncIterator[list[bytes]]:
    """The chunks in groups of at least this many bytes."""
    group: list[bytes] = []
    size = 0
    async for chunk in chunks:
        group.append(chunk)
        size += len(chunk)
        if size >= least:
            yield group
            group, size = [], 0
    if group:
        yield group
