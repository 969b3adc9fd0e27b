"""Small steps on local files that must be complete, durable or harmless when repeated."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from treadle.server.store.blobs import BlobMissing

HOST = socket.gethostname().replace(".", "_").replace("/", "_")[:64]
ABANDONED_S = 24 * 3600


def write_all(handle: int, chunks: Sequence[bytes]) -> int:
    """Write the chunks completely: how many bytes."""
    total = 0
    for start in range(0, len(chunks), 256):  # IOV_MAX is 1024
        group = chunks[start : start + 256]
        size = sum(map(len, group))
        done = os.writev(handle, group)
        while done < size:  # a short write: the disk is nearly full, or a signal came
            rest = b"".join(group)[done:]
            done += os.write(handle, rest)
        total += size
    return total


def pread_all(handle: int, start: int, end: int) -> bytes:
    """Exactly these bytes; BlobMissing when the file is shorter."""
    parts = []
    while start < end:
        part = os.pread(handle, end - start, start)
        if not part:
            raise BlobMissing("The stored content of this file is shorter than it should be.")
        parts.append(part)
        start += len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def size_or_zero(path: Path) -> int:
    """The size of a file; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def remove(path: Path) -> None:
    """Remove a file that may be gone already."""
    path.unlink(missing_ok=True)


def close_and_remove(handle: int, path: Path) -> None:
    """Remove an open file."""
    path.unlink(missing_ok=True)
    os.close(handle)


def remove_if_abandoned(path: Path) -> bool:
    """Remove a temporary file whose writer is dead (or that is very old): whether it was."""
    host, _, rest = path.name.partition(".")
    process = rest.partition(".")[0]
    try:
        is_old = time.time() - path.stat().st_mtime > ABANDONED_S
        if not is_old and (host != HOST or not process.isdigit() or _is_alive(int(process))):
            return False
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:  # somebody is writing it after all
        return False
    finally:
        os.close(handle)
    return True


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one durable step; nobody else may ever read it."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync(path.parent)
