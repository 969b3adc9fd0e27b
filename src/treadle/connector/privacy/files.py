"""Files on the disk as the engine wants and gives them, without a copy of their pixels in memory."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from treadle.deid.dicom.elements import Span
from treadle.deid.dicom.process import DicomOutput


@contextmanager
def mapped(file: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """The contents of an open file."""
    if not os.fstat(file.fileno()).st_size:
        yield b""
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def write_output(path: Path, output: DicomOutput) -> Path:
    """Write what came out, what is unchanged straight from the input."""
    with memoryview(output.data) as view, path.open("wb", buffering=0) as file:
        for piece in output.pieces:
            if isinstance(piece, Span):
                with view[piece.start : piece.stop] as untouched:
                    _all(file, untouched)
            elif piece:
                _all(file, memoryview(piece))
    return path


def _all(file: BinaryIO, data: memoryview) -> None:
    done = 0
    while done < len(data):
        done += file.write(data[done:])
