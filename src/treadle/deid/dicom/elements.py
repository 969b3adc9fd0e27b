"""Elements as they lie in a file, and what the dictionary knows of their tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom.datadict import mask_match

LONG = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
SHORT = frozenset(
    (
        "AE",
        "AS",
        "AT",
        "CS",
        "DA",
        "DS",
        "DT",
        "FD",
        "FL",
        "IS",
        "LO",
        "LT",
        "PN",
        "SH",
        "SL",
        "SS",
        "ST",
        "TM",
    )
) | {"UI", "UL", "US"}
# Bytes to two letters; what is not in here is no value representation.
VRS = {vr.encode(): vr for vr in LONG | SHORT}
TEXT = frozenset(("AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
FREE = frozenset(("LO", "LT", "SH", "ST", "UC", "UT"))  # what somebody types
ENCODED = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))  # in the data set's character set
STRINGS = TEXT | {"DA", "DS", "DT", "IS", "TM", "UI"}
NUMBERS = {"FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8, "AT": 4}
BINARY = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))

PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Span:
    """A value that stays in the input: bytes `start` to `stop` of it, encapsulated fragments with their delimiter."""

    start: int
    stop: int
    fragments: tuple[tuple[int, int], ...] | None = None

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Fragments:
    """Encapsulated pixel data made anew: items and delimiter as bytes."""

    data: bytes

    def __len__(self) -> int:
        return len(self.data)


class Element:
    """Tag, VR as in the file (`""` where the file has none), and value: bytes, span, fragments or items."""

    __slots__ = ("tag", "value", "vr")

    def __init__(self, tag: int, vr: str, value: Value) -> None:
        self.tag = tag
        self.vr = vr
        self.value = value


Items = list[list[Element]]
Value = bytes | Span | Fragments | Items


class Entry(NamedTuple):
    """What the dictionary says: VR (one of several where it leaves a choice), the choices, keyword, most values."""

    vr: str
    vrs: tuple[str, ...]
    keyword: str
    most: int  # 0: any number

    @property
    def multiple(self) -> bool:
        """May it have several values?"""
        return self.most != 1


_ENTRIES: dict[int, Entry | None] = {}


def entry(tag: int) -> Entry | None:
    """Dictionary entry of a public tag, `None` when it has none."""
    try:
        return _ENTRIES[tag]
    except KeyError:
        found = _look_up(tag)
        if found is not None:  # unknown tags are countless; nobody fills memory with them
            _ENTRIES[tag] = found
        return found


def _look_up(tag: int) -> Entry | None:
    row = DicomDictionary.get(tag)
    if row is None and not tag & 0x10000:
        mask = mask_match(tag)
        row = RepeatersDictionary.get(mask) if mask else None
    if row is None:
        return None
    vrs = tuple(row[0].split(" or "))
    vr = vrs[0] if vrs[0] in LONG | SHORT else "UN"
    if "OW" in vrs:
        vr = "OW"
    most = row[1].rpartition("-")[2]
    return Entry(vr, vrs, row[4], int(most) if most.isdigit() else 0)


def path_name(tag: int) -> str:
    """A tag in a report's path."""
    return f"{tag:08X}"
