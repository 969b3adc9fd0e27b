"""Where identified files wait for the engine: encrypted, out of every list, gone with the request (deid.md 5.3).

Each request has a folder and a key of its own, and the key is in memory only: of a server that was killed nothing
readable is left, and the next one to start removes the folder, since nobody holds its lock any more.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from treadle.server.store.blobs import BlobRef

FOLDER = "quarantine"
BLOCK = 1 << 20
_LOCK = "lock"
_KEY_BYTES, _NONCE_BYTES = 32, 16


@dataclass(frozen=True)
class Held:
    """A file in quarantine. It has no hash and no reference: it cannot become content by mistake."""

    path: Path
    key: bytes
    nonce: bytes
    size: int

    @property
    def ref(self) -> BlobRef:
        """There is none."""
        raise RuntimeError("what is in quarantine is no content")

    async def publish(self) -> None:
        """Nobody else sees it."""

    async def close(self) -> None:
        """Remove it; safe to call twice."""
        await asyncio.to_thread(self.path.unlink, missing_ok=True)

    def blocks(self) -> Iterator[bytes]:
        """The bytes as they came."""
        stream = _cipher(self.key, self.nonce).decryptor()
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                yield stream.update(block)


class HeldWriter:
    """A stream of bytes on its way into quarantine; the interface of a writer of contents."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.size = 0
        self._key, self._nonce = key, os.urandom(_NONCE_BYTES)
        handle, name = tempfile.mkstemp(dir=folder)
        self._path, self._file = Path(name), os.fdopen(handle, "wb")
        self._stream = _cipher(key, self._nonce).encryptor()

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        await asyncio.to_thread(self._file.write, self._stream.update(chunk))

    async def finish(self) -> Held:
        """All bytes are there."""
        await asyncio.to_thread(self._file.close)
        return Held(self._path, self._key, self._nonce, self.size)

    async def abort(self) -> None:
        """Forget what was written; safe to call twice."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _cipher(key: bytes, nonce: bytes) -> Cipher[CTR]:
    return Cipher(AES(key), CTR(nonce))


class Quarantine:
    """The waiting files of one request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = os.urandom(_KEY_BYTES)

    async def writer(self) -> HeldWriter:
        """A new stream in."""
        return await asyncio.to_thread(HeldWriter, self.folder, self._key)


@asynccontextmanager
async def quarantine(home: Path) -> AsyncIterator[Quarantine]:
    """A quarantine that ends with the request, whatever comes of it."""
    root = home / FOLDER
    folder, lock = await asyncio.to_thread(_open, root)
    try:
        yield Quarantine(folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        os.close(lock)


def _open(root: Path) -> tuple[Path, int]:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root))
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def sweep(home: Path) -> int:
    """Remove what ended servers left; how many requests that were."""
    removed = 0
    for folder in (home / FOLDER).glob("*/"):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR)
        except FileNotFoundError:  # just being made, or just going
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
    return removed
