"""Hashes of a stream, fed from threads: hashlib lets go of the interpreter lock on large blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from treadle.server.store.blobs import BlobRef


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
