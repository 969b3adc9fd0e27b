"""What an instance costs a processor even when nothing around it costs anything: the least that an ingest can take."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from treadle.dicom.deflate import crc32, deflate
from treadle.dicom.digest import feed

_SAMPLE = 200
_ROUNDS = 3


def floor_ms(files: Sequence[Path]) -> float:
    """Milliseconds for packing and hashing one of these files in memory: the best of three rounds.

    The data set by SHA-256 (its identity), CRC-32 and deflate; of what comes out SHA-256 at both ends of the line and
    SHA-384, which is its name in the archive. Nothing is received, read, sent, written, indexed or placed.
    """
    contents = [path.read_bytes() for path in files[:_SAMPLE]]
    return min(_round_s(contents) for _ in range(_ROUNDS)) / len(contents) * 1000


def _round_s(contents: Sequence[bytes]) -> float:
    identity, sent, received, name = hashlib.sha256(), hashlib.sha256(), hashlib.sha256(), hashlib.sha384()
    begin = time.process_time()
    for content in contents:
        feed(identity, content)
        crc32(content)
        packed = deflate(content)
        feed(sent, packed)
        received.update(packed)
        name.update(packed)
    return time.process_time() - begin
