"""Raw deflate and CRC-32: Intel's ISA-L when it is installed (several times faster), else zlib."""

from __future__ import annotations

import zlib
from typing import Protocol

_RAW = -15  # zip members carry no zlib header


class Compressor(Protocol):
    """What both libraries' compression objects offer."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
        """Output that is ready after taking in more data."""

    def flush(self) -> bytes:
        """Rest of the output."""


try:
    from isal import isal_zlib as _fast
except ImportError:
    BACKEND = "zlib"
    LEVEL = 1

    def Deflater() -> Compressor:  # noqa: N802
        """Incremental raw deflate."""
        return zlib.compressobj(LEVEL, zlib.DEFLATED, _RAW)

    crc32 = zlib.crc32
else:
    BACKEND = "isal"
    LEVEL = 1

    def Deflater() -> Compressor:  # noqa: N802
        """Incremental raw deflate."""
        compressor: Compressor = _fast.compressobj(LEVEL, _fast.DEFLATED, _RAW)
        return compressor

    crc32 = _fast.crc32


def deflate(data: bytes | memoryview) -> bytes:
    """Raw deflate of one block of data."""
    deflater = Deflater()
    return deflater.compress(data) + deflater.flush()
