"""Reading elements without decoding them; what is large stays where it is.

Tolerant where files are commonly wrong (order, repeated tags, data after the data set), strict where a guess could let
something through: an element that does not fit is the end of the file's way.
"""

from __future__ import annotations

from mmap import mmap
from struct import Struct

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import (
    BINARY,
    ITEM,
    ITEM_END,
    LONG,
    PIXELS,
    SEQUENCE_END,
    UNDEFINED,
    VRS,
    Element,
    Items,
    Span,
    Value,
    entry,
)

Buffer = bytes | mmap

MAX_DEPTH = 32
MAX_ELEMENTS = 1_000_000
BULK = 1 << 16  # binary values from this size on are not copied


class Reader:
    """Elements of one buffer in one encoding."""

    def __init__(self, data: Buffer, *, implicit: bool, big: bool = False) -> None:
        order = ">" if big else "<"
        self.data = data
        self.implicit = implicit
        self.big = big
        self.trailing = False
        self._explicit_head = Struct(order + "HH2sH").unpack_from
        self._implicit_head = Struct(order + "HHI").unpack_from
        self._long = Struct(order + "I").unpack_from
        self._count = 0

    def data_set(self, start: int) -> list[Element]:
        """All elements from `start` on; what follows a data set is dropped, `trailing` says so."""
        elements: list[Element] = []
        at, end, last, pixels = start, len(self.data), 0, False
        while at < end:
            if self._is_trailing(at, end, last, pixels=pixels):
                self.trailing = True
                break
            element, at = self._element(at, end, 0, implicit=self.implicit)
            last = element.tag
            if last & 0xFFFF:  # group lengths say nothing that is still true
                elements.append(element)
            pixels = pixels or last in PIXELS
        return in_order(elements)

    def _is_trailing(self, at: int, end: int, last: int, *, pixels: bool) -> bool:
        """Is what lies here no element of the data set? Before the pixel data only padding is accepted as such."""
        if end - at < 8:
            if pixels or not any(self.data[at:end]):
                return True
            raise Rejected(Code.TRUNCATED)
        group, element = self._implicit_head(self.data, at)[:2]
        if group == 0xFFFC:
            return True
        tag = group << 16 | element
        if tag == 0 and not any(self.data[at : at + 16]):
            return True
        if not pixels:
            return not self.implicit and tag <= last and self.data[at + 4 : at + 6] not in VRS
        if self.implicit:
            length = self._implicit_head(self.data, at)[2]
            known = group & 1 or entry(tag) is not None
            return tag <= last or not known or (length != UNDEFINED and length > end - at - 8)
        return self.data[at + 4 : at + 6] not in VRS

    def _element(self, at: int, end: int, depth: int, *, implicit: bool) -> tuple[Element, int]:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise Rejected(Code.LIMIT)
        if end - at < 8:
            raise Rejected(Code.TRUNCATED)
        if implicit:
            group, number, length = self._implicit_head(self.data, at)
            tag, at = group << 16 | number, at + 8
            known = entry(tag)
            vr = known.vr if known else ""
        else:
            group, number, code, length = self._explicit_head(self.data, at)
            tag, at = group << 16 | number, at + 8
            if group == 0xFFFE:
                raise Rejected(Code.NOT_DICOM)
            vr = VRS.get(code, "")
            if not vr:
                raise Rejected(Code.NOT_DICOM, f"{tag:08X}")
            if vr in LONG:
                if end - at < 4:
                    raise Rejected(Code.TRUNCATED, f"{tag:08X}")
                length = self._long(self.data, at)[0]
                at += 4
        if length == UNDEFINED:
            value, at = self._undefined(tag, vr, at, end, depth, implicit=implicit)
            return Element(tag, "SQ" if isinstance(value, list) else vr, value), at
        stop = at + length
        if stop > end:
            raise Rejected(Code.TRUNCATED, f"{tag:08X}")
        if vr == "SQ" and not tag & 0x10000 and not (implicit and _is_text(self.data[at:stop])):
            return Element(tag, vr, self._items(at, stop, depth + 1, implicit=implicit)[0]), stop
        if length >= BULK and (vr in BINARY or not vr):
            return Element(tag, vr, Span(at, stop)), stop
        return Element(tag, vr, self.data[at:stop]), stop

    def _undefined(
        self, tag: int, vr: str, at: int, end: int, depth: int, *, implicit: bool
    ) -> tuple[Value, int]:
        if vr in {"OB", "OW"} and (tag in PIXELS or not implicit):
            return self._fragments(at, end, tag)
        # UN of undefined length holds implicit items (PS3.5 6.2.2); everything else must be a sequence.
        return self._items(at, end, depth + 1, implicit=implicit or vr == "UN", open_end=True)

    def _fragments(self, at: int, end: int, tag: int) -> tuple[Span, int]:
        start = at
        found: list[tuple[int, int]] = []
        while True:
            if end - at < 8:
                raise Rejected(Code.TRUNCATED, f"{tag:08X}")
            group, number, length = self._implicit_head(self.data, at)
            at += 8
            mark = group << 16 | number
            if mark == SEQUENCE_END:
                return Span(start, at, tuple(found)), at
            if mark != ITEM or length == UNDEFINED:
                raise Rejected(Code.NOT_DICOM, f"{tag:08X}")
            if at + length > end:
                raise Rejected(Code.TRUNCATED, f"{tag:08X}")
            found.append((at, at + length))
            at += length

    def _items(
        self, at: int, end: int, depth: int, *, implicit: bool, open_end: bool = False
    ) -> tuple[Items, int]:
        if depth > MAX_DEPTH:
            raise Rejected(Code.LIMIT)
        items: Items = []
        while open_end or at < end:
            if end - at < 8:
                raise Rejected(Code.TRUNCATED)
            group, number, length = self._implicit_head(self.data, at)
            at += 8
            mark = group << 16 | number
            if mark == SEQUENCE_END:
                if open_end:
                    return items, at
                continue  # a delimiter too many
            if mark != ITEM:
                raise Rejected(Code.NOT_DICOM)
            self._count += 1
            open_item = length == UNDEFINED
            stop = end if open_item else at + length
            if stop > end:
                raise Rejected(Code.TRUNCATED)
            item, at = self._item(at, stop, depth, implicit=implicit, open_end=open_item)
            items.append(item)
        return items, at

    def _item(
        self, at: int, stop: int, depth: int, *, implicit: bool, open_end: bool
    ) -> tuple[list[Element], int]:
        found: list[Element] = []
        while open_end or at < stop:
            if stop - at < 8:
                raise Rejected(Code.TRUNCATED)
            group, number = self._implicit_head(self.data, at)[:2]
            if group == 0xFFFE and group << 16 | number == ITEM_END:
                at += 8
                if open_end:
                    break
                continue  # a delimiter too many
            element, at = self._element(at, stop, depth, implicit=implicit)
            if element.tag & 0xFFFF:
                found.append(element)
        return in_order(found), at


def _is_text(value: bytes) -> bool:
    """Where elements have no VR, text under the tag of a sequence cannot be told but by what it begins with."""
    return bool(value) and value[:4] not in {b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"}


def in_order(elements: list[Element]) -> list[Element]:
    """By ascending tag, each once, as a data set has to be; of repeated elements the last, as pydicom reads them."""
    last = -1
    for element in elements:
        if element.tag <= last:
            return [found for _, found in sorted({element.tag: element for element in elements}.items())]
        last = element.tag
    return elements


def items_of(element: Element, *, implicit: bool, big: bool) -> Items | None:
    """Items of a sequence, also of one that lies in a private or unknown element; `None` when it is no sequence."""
    value = element.value
    if isinstance(value, list):
        return value
    if not isinstance(value, bytes):
        return None
    if not value:
        return []
    if element.vr == "SQ":  # of a private sequence, in the encoding of the file
        return sequence_in(value, implicit=implicit, big=big)
    return sequence_in(value)


def sequence_in(value: bytes, *, implicit: bool = True, big: bool = False) -> Items | None:
    """Items hidden in a value of unknown type; `None` when it is no sequence."""
    try:
        return Reader(value, implicit=implicit, big=big)._items(0, len(value), 1, implicit=implicit)[0]
    except Rejected:
        return None
