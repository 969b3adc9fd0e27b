"""Hashes of a stream, fed from threads: hashlib lets go of the interpreter lock on large blocks."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from treadle.server.store.blobs import BlobRef

_MOST_RUNNING = 256


class StreamHash:
    """SHA-384, the name of the content; SHA-256 beside it only where a sender will compare it."""

    def __init__(self, *, with_sha256: bool = False) -> None:
        self._sha384 = hashlib.sha384()
        self._sha256 = hashlib.sha256() if with_sha256 else None

    def update(self, chunks: Sequence[bytes]) -> None:
        """Feed the SHA-384; may run beside `update_sha256`."""
        for chunk in chunks:
            self._sha384.update(chunk)

    def update_sha256(self, chunks: Sequence[bytes]) -> None:
        """Feed the SHA-256, where it was asked for."""
        if self._sha256 is not None:
            for chunk in chunks:
                self._sha256.update(chunk)

    def ref(self, size: int) -> BlobRef:
        """The content by its hashes."""
        sha256 = self._sha256.hexdigest() if self._sha256 is not None else None
        return BlobRef(sha384=self._sha384.hexdigest(), size=size, sha256=sha256)


class RunningHashes:
    """Hashes of resumable uploads between their parts, so that finishing need not read them again.

    Only a convenience of this process: an upload that is not here, or whose parts went elsewhere meanwhile,
    is hashed from disk.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, StreamHash]] = OrderedDict()

    def take(self, name: str, offset: int) -> StreamHash | None:
        """The hash to go on with at `offset`, if its beginning is known; nobody else has it meanwhile."""
        size, hashes = self._kept.pop(name, (0, None))
        if offset == 0:
            return StreamHash(with_sha256=True)
        return hashes if size == offset else None

    def keep(self, name: str, size: int, hashes: StreamHash) -> None:
        """The hash of the first `size` bytes, for the next part."""
        self._kept[name] = (size, hashes)
        if len(self._kept) > _MOST_RUNNING:
            self._kept.popitem(last=False)

    def find(self, name: str, size: int) -> StreamHash | None:
        """The hash of the whole upload, when it is known."""
        known, hashes = self._kept.get(name, (-1, None))
        return hashes if known == size else None

    def drop(self, name: str) -> None:
        """Forget an upload."""
        self._kept.pop(name, None)
