"""NIfTI-1 and NIfTI-2 in one file: fields of the header, changed where they lie. Voxels are copied as they are."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.model import Rule, Section
from treadle.deid.fields.nifti_header import NIFTI1, NIFTI2, Field
from treadle.deid.run import Run
from treadle.deid.types.finish import changed, named

_GZIP = b"\x1f\x8b"
_FLAG_BYTES = 4  # after the header: whether extensions follow
MAX_BYTES = 8 << 30
MAX_RATIO = 1000


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One image in, one out, compressed as before."""
    packed = data.startswith(_GZIP)
    record = Header(_unpacked(data) if packed else data)
    if not section.own["keep-extensions"]:
        record.drop_extensions()
    scope = changed(record, record.read, data[:4096], section, run)
    out = bytes(record.data)
    return [(named(name, section, record.read, scope), gzip.compress(out, mtime=0) if packed else out)]


def _unpacked(data: bytes) -> bytes:
    limit = min(MAX_BYTES, max(len(data) * MAX_RATIO, 1 << 20))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            found = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Rejected(Code.TRUNCATED) from error
    if len(found) > limit:
        raise Rejected(Code.LIMIT)
    return found


class Header:
    """The header of a file. An empty field (no text, zero) counts as missing and is never filled."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        for order in "<>":
            for size, fields, magic in ((348, NIFTI1, b"n+1\0"), (540, NIFTI2, b"n+2\0")):
                at = fields["magic"].offset
                if data[:4] == struct.pack(f"{order}i", size) and data[at : at + 4] == magic:
                    self.order, self.size, self.fields = order, size, fields
                    offset = self._values(fields["vox_offset"])[0]
                    if not 0 <= offset <= len(data) or len(data) < size + _FLAG_BYTES:
                        raise Rejected(Code.TRUNCATED)
                    self.voxels = max(int(offset), size + _FLAG_BYTES)
                    return
        raise Rejected(Code.TRUNCATED)

    def drop_extensions(self) -> None:
        """Cut out everything between the header and the voxels."""
        start = self.size + _FLAG_BYTES
        self.data[self.size : self.voxels] = bytes(_FLAG_BYTES)
        self._pack(self.fields["vox_offset"], [start])

    def places(self, rule: Rule) -> Iterator[Field]:
        """The field, unless it is empty or of the other version."""
        field = self.fields.get(rule.name.lower())
        if field is not None and self.get(field) is not None:
            yield field

    def get(self, place: Field) -> Any:
        """Text, a number, or a list of numbers; None when empty."""
        values = self._values(place)
        if place.text:
            return values[0].split(b"\0")[0].decode("latin-1") or None
        if not any(values):
            return None
        return values[0] if len(values) == 1 else list(values)

    def put(self, place: Field, value: Any) -> None:
        """Write text (cut to what fits) or numbers."""
        if place.text:
            self._pack(place, [str(value).encode("latin-1", "replace")])
            return
        values = value if isinstance(value, list) else [value]
        if any(isinstance(item, str | bool) for item in values):
            raise ValueError("not a number")
        whole = place.code[-1] not in "fd"
        try:
            self._pack(place, [int(item) if whole else float(item) for item in values])
        except struct.error as error:
            raise ValueError("does not fit") from error

    def remove(self, place: Field) -> None:
        """Blank the field."""
        size = struct.calcsize(f"<{place.code}")
        self.data[place.offset : place.offset + size] = bytes(size)

    def read(self, name: str) -> Any:
        """A field by name."""
        field = self.fields.get(name.lower())
        return None if field is None else self.get(field)

    def _values(self, field: Field) -> tuple[Any, ...]:
        return struct.unpack_from(self.order + field.code, self.data, field.offset)

    def _pack(self, field: Field, values: list[Any]) -> None:
        struct.pack_into(self.order + field.code, self.data, field.offset, *values)
