"""One header as plain JSON: keyword -> value, without bulk data, whatever is in the file.

A broken element is left out; the others stay. Numbers are finite, texts are valid Unicode without NULs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from treadle.dicom.tags import BROKEN_VALUE

MAX_TEXT = 8192  # characters of one value; longer ones are cut
MAX_VALUES = 1024  # values of one element (lookup tables and the like are bulk data)
MAX_BYTES = 64  # of an element whose representation is bytes; above it is bulk data
MAX_NODES = 50_000  # values of one header; what comes after is left out
MAX_DEPTH = 12

_BULK_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "OB or OW", "UN"})
_NUMBER_VRS = frozenset({"DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV", "US or SS"})
_BULK_TAGS = frozenset(
    Tag(keyword)
    for keyword in (
        "PixelData",
        "FloatPixelData",
        "DoubleFloatPixelData",
        "SpectroscopyData",
        "EncapsulatedDocument",
        "PixelDataProviderURL",
        "DataSetTrailingPadding",
        "LUTData",
        "DigitalSignaturesSequence",
        "EncryptedAttributesSequence",
    )
)
_LARGEST_NUMBER = 2**53  # beyond it JSON readers round integers


def header_json(ds: Dataset) -> dict[str, Any]:
    """Header of a data set as JSON-safe values; never raises because of what an element holds.

    >>> ds = Dataset()
    >>> ds.ImageType, ds.PatientName, ds.EchoTime = ["ORIGINAL", "PRIMARY"], "Doe^John", "2.5"
    >>> header_json(ds)
    {'ImageType': ['ORIGINAL', 'PRIMARY'], 'PatientName': 'Doe^John', 'EchoTime': 2.5}
    """
    header = _Reader().data_set(ds, depth=0)
    meta = getattr(ds, "file_meta", None)
    syntax = _text(meta.get("TransferSyntaxUID")) if isinstance(meta, Dataset) else ""
    return header | ({"TransferSyntaxUID": syntax} if syntax else {})


class _Reader:
    """Conversion of one header with its budget of values."""

    def __init__(self) -> None:
        self._left = MAX_NODES

    def data_set(self, ds: Dataset, *, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for tag in sorted(ds.keys()):
            if self._left <= 0:
                break
            if _is_left_out(tag):
                continue
            try:
                self._add(found, ds, tag, depth)
            except BROKEN_VALUE:
                continue
        return found

    def _add(self, found: dict[str, Any], ds: Dataset, tag: BaseTag, depth: int) -> None:
        raw = ds.get_item(tag)
        if _is_bulk(raw):
            return
        element = ds[tag]
        name = _name(ds, element)
        value = self._value(element, depth) if name else None
        if value is not None and name:
            found[name] = value

    def _value(self, element: DataElement, depth: int) -> Any:
        value = element.value
        if element.VR == "SQ":
            return self._items(value, depth)
        if isinstance(value, MultiValue | list | tuple):
            if len(value) > MAX_VALUES:
                return None
            values = [self._one(item, element.VR) for item in value]
            return values if any(item is not None for item in values) else None
        return self._one(value, element.VR)

    def _items(self, items: Iterable[Dataset], depth: int) -> list[dict[str, Any]] | None:
        if depth >= MAX_DEPTH:
            return None
        found = []
        for item in items:
            if self._left <= 0:
                break
            self._left -= 1
            found.append(self.data_set(item, depth=depth + 1))
        return found if any(found) else None

    def _one(self, value: object, vr: str) -> Any:
        self._left -= 1
        if value is None:
            return None
        if isinstance(value, bytes | bytearray):
            return _readable(bytes(value))
        if vr in _NUMBER_VRS:
            return _number(value)
        return _text(value) or None


def _is_left_out(tag: BaseTag) -> bool:
    group = tag.group
    is_repeating = not tag.is_private and (0x5000 <= group <= 0x50FF or 0x6000 <= group <= 0x60FF)
    return tag.element == 0 or tag.is_private_creator or is_repeating or tag in _BULK_TAGS


def _is_bulk(element: DataElement | RawDataElement | None) -> bool:
    if not isinstance(element, RawDataElement):
        value = element.value if element is not None and element.VR in _BULK_VRS else b""
        return isinstance(value, bytes | bytearray) and len(value) > MAX_BYTES
    return element.VR in _BULK_VRS and element.length > MAX_BYTES


def _name(ds: Dataset, element: DataElement) -> str:
    tag = element.tag
    if tag.is_private:
        creator = _creator(ds, tag)
        return f"{creator} {tag.group:04x},{tag.element & 0xFF:02x}" if creator else ""
    return element.keyword or f"{tag.group:04x},{tag.element:04x}"


def _creator(ds: Dataset, tag: BaseTag) -> str:
    owner = Tag(tag.group, tag.element >> 8)
    return _text(ds[owner].value) if owner in ds else ""


def _number(value: object) -> int | float | str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value) if abs(value) <= _LARGEST_NUMBER else str(int(value))
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _readable(value: bytes) -> str | None:
    text = value.rstrip(b"\0 ")
    is_text = len(value) <= MAX_BYTES and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in text)
    return text.decode("ascii") if text and is_text else None


def _text(value: object) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    text = str(value)[: MAX_TEXT + 1]
    valid = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()
    return valid if len(valid) <= MAX_TEXT else f"{valid[: MAX_TEXT - 1]}…"
