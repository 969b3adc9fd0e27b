"""TIFF of one page: tags by name; the picture's strips or tiles are copied as they are, nothing else is."""

from __future__ import annotations

from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.model import Section
from treadle.deid.run import Run
from treadle.deid.types import ifd
from treadle.deid.types.finish import changed, named
from treadle.deid.types.tags import Tags

PRIVATE = 32768
COMPRESSION, OLD_JPEG = 259, 6
_PARTS = ((273, 279), (324, 325))  # offsets and lengths of strips, of tiles
_UNUSED = (288, 289, 330)  # free space, further directories
_HEADER = 8


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One picture in, one out."""
    block = ifd.read(data)
    first = block.first
    if first.following:
        raise Rejected(Code.NOT_SUPPORTED, "pages")
    record = Tags(block, ("image",))
    if record.get(("image", COMPRESSION, 3)) == OLD_JPEG:
        raise Rejected(Code.NOT_SUPPORTED, "Compression")
    pixels = {pair: _cut(data, record, *pair) for pair in _PARTS if pair[0] in first.entries}
    for tag in _UNUSED:
        first.entries.pop(tag, None)
    if section.own["remove-private-tags"]:
        for tag in [tag for tag in (*first.entries, *first.inner) if tag >= PRIVATE]:
            record.remove(("image", tag, 0))
            run.report.did(str(tag), "P-")
    scope = changed(record, record.read, data[:4096], section, run)
    out = _written(block, pixels)
    return [(named(name, section, record.read, scope), out)]


def _cut(data: bytes, record: Tags, offsets: int, lengths: int) -> list[bytes]:
    starts, sizes = (_list(record.get(("image", tag, 4))) for tag in (offsets, lengths))
    parts = [data[start : start + size] for start, size in zip(starts, sizes, strict=False)]
    if len(starts) != len(sizes) or any(len(part) != size for part, size in zip(parts, sizes, strict=True)):
        raise Rejected(Code.TRUNCATED)
    return parts


def _list(value: Any) -> list[int]:
    found = value if isinstance(value, list) else [value]
    if any(not isinstance(item, int) for item in found):
        raise Rejected(Code.TRUNCATED)
    return found


def _written(block: ifd.Block, pixels: dict[tuple[int, int], list[bytes]]) -> bytes:
    """Header, pixels, directories; offsets are those of the new file."""
    body = b""
    for (offsets, lengths), parts in pixels.items():
        starts = []
        for part in parts:
            starts.append(_HEADER + len(body))
            body += part + b"\0" * (len(part) % 2)
        block.first.entries[offsets] = ifd.encoded(starts, 4, block.order)
        block.first.entries[lengths] = ifd.encoded([len(part) for part in parts], 4, block.order)
    whole = ifd.write(block, start=_HEADER + len(body))
    return whole[:_HEADER] + body + whole[_HEADER:]
