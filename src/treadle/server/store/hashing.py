"""Both hashes of a stream, fed from threads: hashlib lets go of the interpreter lock on large blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from treadle.server.store.blobs import BlobRef


class StreamHash:
    """SHA-384 (the name of the content) and SHA-256 (what connectors compare)."""

    def __init__(self) -> None:
        self._sha384, self._sha256 = hashlib.sha384(), hashlib.sha256()

    def update_sha384(self, chunks: Sequence[bytes]) -> None:
        """Feed the slower hash; may run beside `update_sha256`."""
        for chunk in chunks:
            self._sha384.update(chunk)

    def update_sha256(self, chunks: Sequence[bytes]) -> None:
        """Feed the faster hash."""
        for chunk in chunks:
            self._sha256.update(chunk)

    def ref(self, size: int) -> BlobRef:
        """Both hashes of everything fed so far."""
        return BlobRef(sha384=self._sha384.hexdigest(), sha256=self._sha256.hexdigest(), size=size)
