"""Small files of every kind that a preview is there for, written by hand."""

from __future__ import annotations

import struct
import zlib

NIFTI_HEADER = 348
FLOAT32 = 16


def nifti(size: int = 16, *, frames: int = 1) -> bytes:
    """A bright ball in a cube of float32 with 2 mm voxels; each frame is brighter than the one before."""
    header = bytearray(NIFTI_HEADER + 4)
    struct.pack_into("<i", header, 0, NIFTI_HEADER)
    dimensions = (4 if frames > 1 else 3, size, size, size, frames, 1, 1, 1)
    struct.pack_into("<8h", header, 40, *dimensions)
    struct.pack_into("<2h", header, 70, FLOAT32, 32)
    struct.pack_into("<8f", header, 76, 1, 2, 2, 2, 1, 0, 0, 0)
    struct.pack_into("<f", header, 108, NIFTI_HEADER + 4)
    struct.pack_into("<h", header, 254, 1)
    for row in range(3):
        struct.pack_into(
            "<4f", header, 280 + 16 * row, *[2.0 if row == column else 0.0 for column in range(3)], -size
        )
    header[344:348] = b"n+1\0"
    middle = (size - 1) / 2
    body = bytearray()
    for frame in range(frames):
        for place in range(size**3):
            x, y, z = place % size, place // size % size, place // size**2
            inside = (x - middle) ** 2 + (y - middle) ** 2 + (z - middle) ** 2 < (size / 3) ** 2
            body += struct.pack("<f", 100.0 * (frame + 1) + x if inside else 0.0)
    return bytes(header + body)


def png(size: int = 32) -> bytes:
    """A grey gradient."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(min(255, 8 * (x + y)) for x in range(size)) for y in range(size))
    head = struct.pack(">2I5B", size, size, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def pdf(words: str) -> bytes:
    """One page that says these words."""
    stream = f"BT /F1 24 Tf 40 100 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
