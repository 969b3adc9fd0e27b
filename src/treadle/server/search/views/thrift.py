"""Thrift's compact protocol, as much of it as Parquet's metadata need.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Sequence

Value = tuple[int, bytes]  # type of the compact protocol, encoded value
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def i32(number: int) -> Value:
    """A 32-bit whole number."""
    return _I32, _zigzag(number)


def i64(number: int) -> Value:
    """A 64-bit whole number."""
    return _I64, _zigzag(number)


def binary(data: bytes) -> Value:
    """Bytes or a text."""
    return _BINARY, _varint(len(data)) + data


def list_of(items: Sequence[Value], *, of: int = _STRUCT) -> Value:
    """A list; `of` is the type of an empty list's items."""
    kind = items[0][0] if items else of
    short = len(items) < 15
    head = bytes([(len(items) if short else 15) << 4 | kind]) + (b"" if short else _varint(len(items)))
    return _LIST, head + b"".join(data for _, data in items)


class Struct:
    """A structure under construction; fields are added in rising order."""

    def __init__(self) -> None:
        self._out, self._last = bytearray(), 0

    def add(self, field: int, value: Value) -> Struct:
        """The structure with this field."""
        kind, data = value
        step = field - self._last
        self._out += bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + _zigzag(field)
        self._out += data
        self._last = field
        return self

    def encoded(self) -> bytes:
        """The encoded structure."""
        return bytes(self._out) + b"\x00"

    def value(self) -> Value:
        """The structure as a field or list item."""
        return _STRUCT, self.encoded()
