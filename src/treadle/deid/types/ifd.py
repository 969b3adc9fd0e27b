"""Image file directories, as TIFF files and EXIF blocks hold them (TIFF 6.0, section 2), apart and together again."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from treadle.deid.codes import Code, Rejected

ASCII, UNDEFINED = 2, 7
# Type -> `struct` code of one part, parts in one value.
TYPES = {
    1: ("B", 1),
    2: ("s", 1),
    3: ("H", 1),
    4: ("I", 1),
    5: ("I", 2),
    6: ("b", 1),
    7: ("s", 1),
    8: ("h", 1),
}
TYPES |= {9: ("i", 1), 10: ("i", 2), 11: ("f", 1), 12: ("d", 1), 13: ("I", 1)}
EXIF, GPS, INTEROP = 34665, 34853, 40965
POINTERS = {EXIF: "exif", GPS: "gps", INTEROP: "interop"}
MAX_ENTRIES = 4096


@dataclass(slots=True)
class Value:
    """One entry: TIFF type and the bytes of its values, in the order of the file."""

    type: int
    raw: bytes


@dataclass(slots=True)
class Directory:
    """Entries by tag; directories that entries point to; where the next one is."""

    entries: dict[int, Value] = field(default_factory=dict)
    inner: dict[int, Directory] = field(default_factory=dict)
    following: int = 0


@dataclass(slots=True)
class Block:
    """A TIFF structure: byte order and first directory."""

    order: str
    first: Directory

    def directory(self, name: str) -> Directory | None:
        """`image`, `exif`, `gps` or `interop`."""
        if name == "image":
            return self.first
        holders = (self.first, *self.first.inner.values())
        return next(
            (inner for at in holders for tag, inner in at.inner.items() if POINTERS[tag] == name), None
        )


def read(data: bytes) -> Block:
    """The first directory and those below it. TRUNCATED when anything is not where it is said to be."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8 or struct.unpack_from(f"{order}H", data, 2)[0] != 42:
        raise Rejected(Code.TRUNCATED)
    return Block(order, _directory(data, struct.unpack_from(f"{order}I", data, 4)[0], order, depth=0))


def _directory(data: bytes, at: int, order: str, depth: int) -> Directory:
    found = Directory()
    count = struct.unpack(f"{order}H", _cut(data, at, 2))[0]
    if count > MAX_ENTRIES or depth > 3:
        raise Rejected(Code.LIMIT)
    for start in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack(f"{order}HHI", _cut(data, start, 8))
        if kind not in TYPES:
            continue
        code, parts = TYPES[kind]
        size = struct.calcsize(f"={code}") * parts * number
        raw = _cut(
            data, start + 8 if size <= 4 else struct.unpack(f"{order}I", _cut(data, start + 8, 4))[0], size
        )
        if tag in POINTERS and size == 4:
            found.inner[tag] = _directory(data, struct.unpack(f"{order}I", raw)[0], order, depth + 1)
        else:
            found.entries[tag] = Value(kind, raw)
    found.following = struct.unpack(f"{order}I", _cut(data, at + 2 + 12 * count, 4))[0]
    return found


def _cut(data: bytes, start: int, size: int) -> bytes:
    part = data[start : start + size]
    if len(part) < size:
        raise Rejected(Code.TRUNCATED)
    return part


def write(block: Block, *, start: int = 8) -> bytes:
    """Header and directories; `start` is where the first directory lies, behind data that the caller puts between."""
    mark = {"<": b"II", ">": b"MM"}[block.order]
    return mark + struct.pack(f"{block.order}HI", 42, start) + _written(block.first, block.order, start)


def _written(directory: Directory, order: str, start: int) -> bytes:
    tags = sorted([*directory.entries, *directory.inner])
    head = struct.pack(f"{order}H", len(tags))
    place = start + 2 + 12 * len(tags) + 4
    behind = b""
    for tag in tags:
        if tag in directory.inner:
            head += struct.pack(f"{order}HHII", tag, 4, 1, place + len(behind))
            behind += _even(_written(directory.inner[tag], order, place + len(behind)))
            continue
        value = directory.entries[tag]
        code, parts = TYPES[value.type]
        head += struct.pack(
            f"{order}HHI", tag, value.type, len(value.raw) // (struct.calcsize(f"={code}") * parts)
        )
        if len(value.raw) <= 4:
            head += value.raw.ljust(4, b"\0")
        else:
            head += struct.pack(f"{order}I", place + len(behind))
            behind += _even(value.raw)
    return head + bytes(4) + behind


def _even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


def decoded(value: Value, order: str) -> Any:
    """Text, a number, or a list of numbers; fractions as decimal numbers."""
    code, parts = TYPES[value.type]
    if code == "s":
        text = value.raw.rstrip(b"\0")
        try:
            return text.decode()
        except UnicodeDecodeError:
            return text.decode("latin-1")
    numbers: list[Any] = list(
        struct.unpack(f"{order}{len(value.raw) // struct.calcsize(f'={code}')}{code}", value.raw)
    )
    if parts == 2:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        numbers = [above / below if below else 0.0 for above, below in pairs]
    return numbers[0] if len(numbers) == 1 else numbers


def encoded(new: Any, kind: int, order: str) -> Value:
    """A value in a TIFF type; ValueError when it does not fit."""
    code, parts = TYPES[kind]
    if code == "s":
        text = ",".join(map(str, new)) if isinstance(new, list) else str(new)
        return Value(kind, text.encode() + (b"\0" if kind == ASCII else b""))
    numbers = new if isinstance(new, list) else [new]
    if any(isinstance(number, str | bool) for number in numbers):
        raise ValueError("not a number")
    try:
        if parts == 2:
            pairs = [Fraction(number).limit_denominator(10_000) for number in numbers]
            numbers = [part for pair in pairs for part in (pair.numerator, pair.denominator)]
        elif code not in "fd":
            numbers = [int(number) for number in numbers]
        return Value(kind, struct.pack(f"{order}{len(numbers)}{code}", *numbers))
    except struct.error as error:
        raise ValueError("does not fit") from error
