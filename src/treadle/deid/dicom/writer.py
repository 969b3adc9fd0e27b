"""Writing elements: bytes for the header, spans of the input for what was not touched."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

from treadle.deid.dicom.elements import LONG, UNDEFINED, Element, Fragments, Span, entry
from treadle.deid.dicom.reader import Buffer

Piece = bytes | Span

_NUL_PADDED = frozenset(("UI", "OB", "UN", "OW", "SQ", ""))
_SHORT_LIMIT = 0xFFFE


class Writer:
    """Elements in one encoding. Sequences get defined lengths."""

    def __init__(self, data: Buffer, *, implicit: bool, big: bool = False) -> None:
        order = ">" if big else "<"
        self._data = data
        self._implicit = implicit
        self._plain = Struct(order + "HHI").pack
        self._long = Struct(order + "HH2sxxI").pack
        self._short = Struct(order + "HH2sH").pack

    def pieces(self, elements: Iterable[Element]) -> list[Piece]:
        """What to write one after the other."""
        found: list[Piece] = []
        held: list[bytes] = []
        for element in elements:
            value = element.value
            if isinstance(value, Span):
                held.append(self._head(element, UNDEFINED if value.fragments is not None else len(value)))
                found += (b"".join(held), value)
                held = [b"\0"] if len(value) % 2 else []
            else:
                held += self._encoded(element)
        found.append(b"".join(held))
        return found

    def encoded(self, elements: Iterable[Element]) -> bytes:
        """Elements as bytes, values that lie in the input copied."""
        return b"".join(piece for element in elements for piece in self._encoded(element))

    def _encoded(self, element: Element) -> tuple[bytes, ...]:
        value = element.value
        if isinstance(value, list):
            body = b"".join(piece for item in value for piece in self._item(self.encoded(item)))
            return self._head(element, len(body)), body
        if isinstance(value, Span):
            length = UNDEFINED if value.fragments is not None else len(value)
            return self._head(element, length), self._data[value.start : value.stop]
        if isinstance(value, Fragments):
            return self._head(element, UNDEFINED), value.data
        if len(value) % 2:
            value += b"\0" if element.vr in _NUL_PADDED else b" "
        return self._head(element, len(value)), value

    def _item(self, body: bytes) -> tuple[bytes, bytes]:
        return self._plain(0xFFFE, 0xE000, len(body)), body

    def _head(self, element: Element, length: int) -> bytes:
        tag = element.tag
        if self._implicit:
            return self._plain(tag >> 16, tag & 0xFFFF, length + (length & 1 if length != UNDEFINED else 0))
        vr = element.vr or _dictionary_vr(tag)
        if length != UNDEFINED:
            length += length & 1
        if vr in LONG:
            return self._long(tag >> 16, tag & 0xFFFF, vr.encode(), length)
        if length > _SHORT_LIMIT:
            return self._long(tag >> 16, tag & 0xFFFF, b"UN", length)
        return self._short(tag >> 16, tag & 0xFFFF, vr.encode(), length)


def _dictionary_vr(tag: int) -> str:
    known = entry(tag)
    return known.vr if known else "UN"
