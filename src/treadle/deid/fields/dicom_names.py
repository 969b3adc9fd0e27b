"""How a profile names DICOM elements (deid.md, section 2.7.1), read once when the profile is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pydicom.datadict import dictionary_VR, keyword_dict, private_dictionary_VR

_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]{8})")
_PAIR = re.compile(r"\(\s*([0-9a-fA-F]{4})\s*,\s*([0-9a-fA-F]{4})\s*\)")
_PRIVATE = re.compile(r'\(\s*([0-9a-fA-F]{4})\s*,\s*"?([^\\"()]{0,64}?)"?\s*,\s*([0-9a-fA-F]{2})\s*\)')
_NESTED = re.compile(r"(?:(?:[0-9A-Fa-f]{8}|\w+)\.(?:\d{1,6}|\*)\.)+(?:[0-9A-Fa-f]{8}|\w+)")
_REPEATER = re.compile(
    r"(?:0x)?([56]0)xx([0-9a-f]{4})|\(\s*([56]0)xx\s*,\s*([0-9a-f]{4})\s*\)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Tag:
    """One element of the top level."""

    tag: int


@dataclass(frozen=True, slots=True)
class Private:
    """A private element by group, creator and the last byte of its number."""

    group: int
    creator: str
    element: int


@dataclass(frozen=True, slots=True)
class Nested:
    """Sequence tag, item index (None for every item), tag, ..."""

    path: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Repeater:
    """One element of all groups 50xx or 60xx."""

    first: int  # (5000,eeee) or (6000,eeee)

    def __contains__(self, tag: int) -> bool:
        return tag & 0xFF00FFFF == self.first


Name = Tag | Private | Nested | Repeater


class BadName(ValueError):
    """What is wrong with a name, and for an unknown keyword, that word."""

    def __init__(self, message: str, unknown: str = "") -> None:
        super().__init__(message)
        self.unknown = unknown


def parse(text: str) -> Name:
    """The element that a text names; BadName says what is wrong."""
    text = text.strip()
    if found := _HEX.fullmatch(text):
        return Tag(int(found[1], 16))
    if found := _PAIR.fullmatch(text):
        return Tag(int(found[1] + found[2], 16))
    if found := _PRIVATE.fullmatch(text):
        return _private(int(found[1], 16), found[2].strip(), int(found[3], 16))
    if found := _REPEATER.fullmatch(text):
        return Repeater(int((found[1] or found[3]) + "00" + (found[2] or found[4]), 16))
    if _NESTED.fullmatch(text):
        parts = text.split(".")
        return Nested(tuple(_step(part, index) for index, part in enumerate(parts)))
    return Tag(_keyword(text))


def _private(group: int, creator: str, element: int) -> Private:
    if group % 2 == 0:
        raise BadName(f"A private group is an odd number; {group:04x} is even.")
    if not creator:
        raise BadName("The creator of a private element must not be empty.")
    return Private(group, creator, element)


def _step(part: str, index: int) -> int | None:
    if index % 2:
        return None if part == "*" else int(part)
    return int(part, 16) if re.fullmatch("[0-9a-fA-F]{8}", part) else _keyword(part)


def _keyword(word: str) -> int:
    tag = keywords().get(word.lower())
    if tag is None:
        raise BadName(f'"{word}" is not a DICOM keyword, tag, or path.', word)
    return tag


@cache
def keywords() -> dict[str, int]:
    """Lower-case keyword -> tag."""
    return {word.lower(): int(tag) for word, tag in keyword_dict.items() if word}


def public_vr(tag: int) -> str | None:
    """The VR in the dictionary (the first when there is a choice), or nothing."""
    try:
        return dictionary_VR(tag).split(" or ")[0]
    except KeyError:
        return None


def private_vr(name: Private) -> str | None:
    """The VR in pydicom's private dictionary, or nothing."""
    try:
        return private_dictionary_VR((name.group << 16) | 0x1000 | name.element, name.creator)
    except KeyError:
        return None


def last_tag(name: Name) -> int | None:
    """The tag that a name ends in, when it is one."""
    if isinstance(name, Tag):
        return name.tag
    return name.path[-1] if isinstance(name, Nested) else None
