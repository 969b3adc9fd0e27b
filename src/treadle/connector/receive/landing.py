"""Where an instance touches down: a part file, durable before the answer, renamed after it.

The final name is `<arrival time in ns>-<process>-<number>.dcm`: later arrivals sort behind earlier ones, and
nothing the sender chose ever becomes part of a path here.
"""

import os
from pathlib import Path
from struct import pack
from time import time_ns

from treadle.connector.receive.folder import Folder
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.mark import MARK_SIZE, Mark
from treadle.connector.receive.pdu import IMPLEMENTATION_NAME, IMPLEMENTATION_UID
from treadle.connector.receive.stage import Stage
from treadle.dicom.deflate import crc32

_CHECK_FREE_EVERY = 64 << 20


class OutOfSpaceError(Exception):
    """The disk has less free space than must stay free."""


class InstanceTooLargeError(Exception):
    """The instance has more bytes than allowed."""


class Landing:
    """One instance on its way to disk: `write` fragments, `commit`, answer, `publish`; always `close`."""

    def __init__(self, folder: Folder, stage: Stage, meta: bytes, *, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._stage = stage
        self._meta_size = len(meta)
        self._crc = 0
        self.size = 0
        self._next_check = _CHECK_FREE_EVERY
        self.is_durable = False
        if folder.free_bytes() < limits.min_free:
            raise OutOfSpaceError
        self._spare = folder.take()
        stage.begin(self._spare.fd)
        stage.add(meta)

    def write(self, data: memoryview) -> None:
        """Append a fragment of the data set."""
        self.size += len(data)
        self._check_size()
        self._stage.add(data)
        self._crc = crc32(data, self._crc)

    def _check_size(self) -> None:
        if self.size > self._limits.max_instance:
            raise InstanceTooLargeError
        if self.size > self._next_check:
            self._next_check = self.size + _CHECK_FREE_EVERY
            if self._folder.free_bytes() < self._limits.min_free:
                raise OutOfSpaceError

    def commit(self) -> None:
        """Return when the instance is durable: complete, marked as such, and on disk under a durable name."""
        mark = Mark(self._meta_size, self.size, self._crc)
        self._stage.finish(mark.to_bytes(), at=mark.position)
        os.fdatasync(self._spare.fd)
        self.is_durable = True

    def publish(self) -> None:
        """Hand the durable file on to the indexer."""
        part = Path(self._spare.path)
        part.rename(f"{self._folder.path}/{time_ns():020d}-{part.stem}.dcm")

    def close(self) -> None:
        """Release the file; one that is not durable is removed."""
        os.close(self._spare.fd)
        if not self.is_durable:
            Path(self._spare.path).unlink(missing_ok=True)


def file_meta(*, sop_class: bytes, sop_instance: bytes, transfer_syntax: bytes, source: str) -> bytes:
    """Preamble, prefix and file meta group (PS3.10 section 7.1) with room for the mark at its end."""
    elements = _element(0x0001, b"OB", b"\0\1")
    elements += _element(0x0002, b"UI", sop_class[:64]) + _element(0x0003, b"UI", sop_instance[:64])
    elements += _element(0x0010, b"UI", transfer_syntax) + _element(0x0012, b"UI", IMPLEMENTATION_UID)
    elements += _element(0x0013, b"SH", IMPLEMENTATION_NAME)
    elements += _element(0x0016, b"AE", source.encode("ascii", "replace"))
    elements += _element(0x0100, b"UI", IMPLEMENTATION_UID) + _element(0x0102, b"OB", bytes(MARK_SIZE))
    return bytes(128) + b"DICM" + pack("<HH2sHI", 2, 0, b"UL", 4, len(elements)) + elements


def _element(number: int, vr: bytes, value: bytes) -> bytes:
    if len(value) % 2:
        value += b"\0" if vr == b"UI" else b" "
    if vr == b"OB":
        return pack("<HH2sHI", 2, number, vr, 0, len(value)) + value
    return pack("<HH2sH", 2, number, vr, len(value)) + value
