"""A quick walk over the first elements of a little-endian Part 10 file (PS3.5 7.1, PS3.10 7.1).

It serves only plain files; anything unusual is answered with None and left to pydicom, which costs about five
times as much per instance.
"""

from __future__ import annotations

import struct
from collections.abc import Collection

_IMPLICIT = b"1.2.840.10008.1.2"
_BIG_ENDIAN, _DEFLATED = b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2.1.99"
_LONG = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_UNDEFINED = 0xFFFF_FFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFE_E000, 0xFFFE_E00D, 0xFFFE_E0DD
_SYNTAX = 0x0002_0010
_DEPTH = 8

_HEAD = struct.Struct("<HH2sH").unpack_from
_HEAD_IMPLICIT = struct.Struct("<HHI").unpack_from
_LENGTH = struct.Struct("<I").unpack_from


class _UnusualError(Exception):
    """The bytes are not plain enough for this walk."""


def scan(data: bytes, wanted: Collection[int], last: int) -> dict[int, bytes] | None:
    """Raw values of the wanted tags up to `last`, and of the transfer syntax; None when pydicom should look.

    `data` is the beginning of the file; the walk must reach a tag behind `last` inside it.
    """
    if data[128:132] != b"DICM":
        return None
    try:
        meta, start = _walk(data, 132, {_SYNTAX}, 0x0002_FFFF, is_explicit=True)
        syntax = meta.get(_SYNTAX, b"").rstrip(b"\0 ")
        if not syntax.startswith(b"1.2.840.10008.1.2") or syntax in (_BIG_ENDIAN, _DEFLATED):
            return None
        values, _ = _walk(data, start, wanted, last, is_explicit=syntax != _IMPLICIT)
    except (_UnusualError, struct.error):
        return None
    return values | {_SYNTAX: syntax}


def _walk(
    data: bytes, at: int, wanted: Collection[int], last: int, *, is_explicit: bool
) -> tuple[dict[int, bytes], int]:
    found: dict[int, bytes] = {}
    previous = 0
    while True:
        tag, vr, start, length = _element(data, at, is_explicit=is_explicit)
        if tag > last:
            return found, at
        if tag <= previous:
            raise _UnusualError
        previous = tag
        if length == _UNDEFINED:
            at = _skip_items(data, start, is_explicit=is_explicit and vr != b"UN", depth=0)
            continue
        at = start + length
        if tag in wanted:
            found[tag] = data[start:at]


def _element(data: bytes, at: int, *, is_explicit: bool) -> tuple[int, bytes, int, int]:
    if not is_explicit:
        group, element, length = _HEAD_IMPLICIT(data, at)
        return group << 16 | element, b"", at + 8, length
    group, element, vr, length = _HEAD(data, at)
    if group == 0xFFFE:
        return group << 16 | element, b"", at + 8, _LENGTH(data, at + 4)[0]
    if not (vr.isalpha() and vr.isupper()):
        raise _UnusualError
    if vr in _LONG:
        return group << 16 | element, vr, at + 12, _LENGTH(data, at + 8)[0]
    return group << 16 | element, vr, at + 8, length


def _skip_items(data: bytes, at: int, *, is_explicit: bool, depth: int) -> int:
    """Position behind a sequence of undefined length."""
    if depth > _DEPTH:
        raise _UnusualError
    while True:
        tag, _, start, length = _element(data, at, is_explicit=False)
        if tag == _SEQUENCE_END:
            return start
        if tag != _ITEM:
            raise _UnusualError
        is_open = length == _UNDEFINED
        at = _skip_item(data, start, is_explicit=is_explicit, depth=depth) if is_open else start + length


def _skip_item(data: bytes, at: int, *, is_explicit: bool, depth: int) -> int:
    while True:
        tag, vr, start, length = _element(data, at, is_explicit=is_explicit)
        if tag == _ITEM_END:
            return start
        is_open = length == _UNDEFINED
        inner = is_explicit and vr != b"UN"
        at = _skip_items(data, start, is_explicit=inner, depth=depth + 1) if is_open else start + length
