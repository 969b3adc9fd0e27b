"""Requests for storage commitment: kept durably before they are answered (PS3.4 annex J)."""

import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from time import time_ns

from treadle.connector.receive.folder import sync_folder
from treadle.connector.receive.landing import InstanceTooLargeError

_numbers = count()


def keep_request(folder: Path, fragments: Iterable[memoryview], *, meta: bytes, most: int) -> Path:
    """A file with the action information behind the file meta group `meta`."""
    body = bytearray()
    for fragment in fragments:
        body += fragment
        if len(body) > most:
            raise InstanceTooLargeError
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{time_ns():020d}-{os.getpid()}-{next(_numbers)}.dcm"
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(meta)
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(folder)
    return path
