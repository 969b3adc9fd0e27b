"""File contents by their hash: the contract, and the store that a URL names (step 6 of the flow).

Bytes come first, rows second: a `Receipt` holds finished bytes under a temporary name, `keep` (blob_rows.py)
makes the row and publishes the bytes under one lock, and only then may anything refer to them. Equal content
is stored once.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from treadle.server.kit.errors import Conflict, NotFound

BLOCK = 1 << 20


@dataclass(frozen=True)
class BlobRef:
    """Content as rows name it."""

    sha384: str
    size: int
    sha256: str | None = None  # of resumable uploads: their senders compare it


class BlobMissing(NotFound):
    """The stored content of this file is missing; ask an administrator to check the storage."""

    code = "blob_missing"


class OffsetMismatch(Conflict):
    """The upload continues at another offset."""

    code = "offset_mismatch"

    def __init__(self, resume_at: int) -> None:
        super().__init__(f"The upload continues at byte {resume_at}.", detail={"resume_at": resume_at})
        self.resume_at = resume_at


class Receipt(Protocol):
    """Finished bytes that nobody sees yet; `close` forgets them unless they were published."""

    @property
    def ref(self) -> BlobRef:
        """Hashes and size."""
        ...

    async def publish(self) -> None:
        """Make the content readable under its hash; no effect when it is there already."""
        ...

    async def close(self) -> None:
        """Drop the temporary name; safe to call twice."""
        ...


class BlobWriter(Protocol):
    """A stream of bytes on its way in, hashed while it is written."""

    size: int

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        ...

    async def finish(self) -> Receipt:
        """All bytes are written and durable."""
        ...

    async def abort(self) -> None:
        """Forget what was written; safe to call twice."""
        ...


class Blobs(Protocol):
    """A store of contents."""

    async def writer(self) -> BlobWriter:
        """A new stream in; StorageFull when there is no room."""
        ...

    def open_range(self, sha384: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end` (exclusive), in blocks."""
        ...

    async def read(self, sha384: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end` (exclusive) at once."""
        ...

    async def exists(self, sha384: str) -> bool:
        """Whether the content is there."""
        ...

    async def delete(self, sha384: str) -> None:
        """Remove the content; callers hold the lock of its row."""
        ...

    def names(self) -> AsyncIterator[str]:
        """The hashes of everything stored."""
        ...

    async def staged_size(self, name: str) -> int:
        """How much of a resumable upload has arrived."""
        ...

    async def stage(self, name: str, offset: int, chunks: AsyncIterator[bytes]) -> int:
        """Append to a resumable upload: the new size; OffsetMismatch when it ends elsewhere."""
        ...

    async def finish_staged(self, name: str) -> Receipt:
        """A resumable upload as finished bytes; the parts stay until `drop_staged`."""
        ...

    async def drop_staged(self, name: str) -> None:
        """Forget a resumable upload; no effect when there is none."""
        ...

    def local_path(self, sha384: str) -> Path | None:
        """The content as a file of this machine, for readers that need one; None when it is elsewhere."""
        ...

    async def clean(self) -> int:
        """Remove what dead processes left half-written: how many things."""
        ...

    async def close(self) -> None:
        """Give threads and connections back."""
        ...


def open_blobs(url: str, *, min_free_bytes: int = 0) -> Blobs:
    """The store of this URL: a local folder (file://) or a bucket (s3://, gs://, az://)."""
    from treadle.server.store.blobs_local import LocalBlobs  # noqa: PLC0415 - both know this contract
    from treadle.server.store.blobs_object import ObjectBlobs  # noqa: PLC0415

    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalBlobs(Path(unquote(parts.path)), min_free_bytes=min_free_bytes)
    return ObjectBlobs.from_url(url)


def key_of(sha384: str) -> str:
    """Relative place of a content: two levels of folders keep each of them small."""
    return f"{sha384[:2]}/{sha384[2:4]}/{sha384}"


def joined(chunks: Iterable[bytes]) -> bytes:
    """The chunks as one, without a copy when there is only one."""
    listed = list(chunks)
    return listed[0] if len(listed) == 1 else b"".join(listed)


@asynccontextmanager
async def local_copy(blobs: Blobs, sha384: str, size: int) -> AsyncIterator[Path]:
    """The content as a file of this machine."""
    path = blobs.local_path(sha384)
    if path is not None:
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="treadle-") as copy:
        for start in range(0, size, 16 * BLOCK):
            block = await blobs.read(sha384, start, min(start + 16 * BLOCK, size))
            await asyncio.to_thread(copy.write, block)
        copy.flush()
        yield Path(copy.name)
