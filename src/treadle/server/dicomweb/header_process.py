"""Reads the beginning of an instance; runs in a process of its own, trusts nothing."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

import orjson
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import DeflatedExplicitVRLittleEndian

from treadle.dicom.tags import BROKEN_VALUE
from treadle.server.dicomweb.reading import BULK, Broken, Described, Pixels

INLINE = 1024  # bytes of a value that is answered in the metadata themselves
_PIXELS = {0x7FE00008: "OF", 0x7FE00009: "OD", 0x7FE00010: "OW"}
_UNDEFINED = 0xFFFFFFFF
_DEPTH = 16


class Truncated(Exception):
    """More bytes of the instance are needed."""


def describe_all(beginnings: list[tuple[bytes, bool]]) -> list[Described | None]:
    """Of each beginning (and whether it is all there is) what it says; None when more bytes are needed."""
    found: list[Described | None] = []
    for data, is_all in beginnings:
        try:
            found.append(describe(data, is_all=is_all))
        except Truncated:
            found.append(None)
    return found


def describe(data: bytes, *, is_all: bool) -> Described:
    """What the beginning of an instance says; Truncated when it ends too early."""
    ds, at = _read(data, is_all=is_all)
    meta = getattr(ds, "file_meta", None)
    syntax = str(meta.get("TransferSyntaxUID", "")) if isinstance(meta, Dataset) else ""
    if syntax == DeflatedExplicitVRLittleEndian:
        at = len(data)
    pixels, tag = _pixels(ds, data, at)
    json = _attributes(ds, "", 0)
    if tag is not None:
        json[f"{tag:08X}"] = {"vr": _PIXELS[tag], "BulkDataURI": f"{BULK}bulkdata/{tag:08X}"}
    if syntax:
        json["00083002"] = {"vr": "UI", "Value": [syntax]}
    return Described(orjson.dumps(dict(sorted(json.items()))), pixels, syntax)


def _read(data: bytes, *, is_all: bool) -> tuple[Dataset, int]:
    buffer = io.BytesIO(data)
    try:
        ds: Dataset = dcmread(buffer, stop_before_pixels=True, force=True)
        at = buffer.tell()
    except (
        InvalidDicomError,
        OverflowError,
        MemoryError,
        RecursionError,
        zlib.error,
        *BROKEN_VALUE,
    ) as error:
        if is_all:
            raise Broken(type(error).__name__) from None
        raise Truncated from None
    if not is_all and at + 12 > len(data):
        raise Truncated
    if "SOPInstanceUID" not in ds:
        raise Broken("no SOP Instance UID")
    return ds, at


def _attributes(ds: Dataset, path: str, depth: int) -> dict[str, Any]:
    """DICOM JSON; large values stay behind an address that names the way to them."""
    found: dict[str, Any] = {}
    for tag in sorted(ds.keys()):
        if tag.group == 2 or depth > _DEPTH:
            continue
        name = f"{int(tag):08X}"
        where = f"{path}.{name}" if path else name
        try:
            element = ds[tag]
            if element.VR == "SQ":
                items = [
                    _attributes(item, f"{where}.{number}", depth + 1)
                    for number, item in enumerate(element.value)
                ]
                found[name] = {"vr": "SQ", **({"Value": items} if items else {})}
            else:
                address = f"{BULK}bulkdata/{where}"
                found[name] = element.to_json_dict(partial(_said, address), INLINE)
        except (TypeError, AssertionError, RecursionError, *BROKEN_VALUE):
            continue
    return found


def _said(address: str, _: DataElement) -> str:
    return address


def _pixels(ds: Dataset, data: bytes, at: int) -> tuple[Pixels | None, int | None]:
    """Where the pixel data begin, read behind the header; at most there."""
    is_implicit, is_little = ds.original_encoding
    order: Literal["little", "big"] = "big" if is_little is False else "little"
    explicit = not is_implicit
    head = data[at : at + 12]
    if len(head) < 8:
        return None, None
    tag = int.from_bytes(head[:2], order) << 16 | int.from_bytes(head[2:4], order)
    if tag not in _PIXELS:
        return None, None
    start = at + (12 if explicit else 8)
    length = int.from_bytes(head[8:12] if explicit else head[4:8], order)
    try:
        frames = max(int(ds.get("NumberOfFrames") or 1), 1)
        samples = int(ds.get("SamplesPerPixel") or 1)
        if ds.get("PhotometricInterpretation") == "YBR_FULL_422":
            samples = 2  # two pixels share their colour
        allocated = int(ds.get("BitsAllocated") or 0) or {0x7FE00008: 32, 0x7FE00009: 64}.get(tag, 0)
        bits = int(ds.get("Rows") or 0) * int(ds.get("Columns") or 0) * samples * allocated
        return (
            Pixels(
                f"{tag:08X}",
                start,
                None if length == _UNDEFINED else length,
                bits,
                frames,
                max(allocated // 8, 1) if order == "big" else 1,
                *(_table(ds, word) for word in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")),
            ),
            tag,
        )
    except BROKEN_VALUE:
        return None, tag


def _table(ds: Dataset, keyword: str) -> tuple[int, ...]:
    value = ds.get(keyword) or b""
    return tuple(
        int.from_bytes(value[place : place + 8], "little") for place in range(0, len(value) // 8 * 8, 8)
    )


def bulk_value(data: bytes, path: list[str]) -> bytes:
    """The bytes of one element, in a header given as a whole."""
    ds, _ = _read(data, is_all=True)
    try:
        for tag, number in zip(path[:-1:2], path[1::2], strict=True):
            ds = ds[int(tag, 16)].value[int(number)]
        value = ds[int(path[-1], 16)].value
    except (KeyError, IndexError, TypeError, *BROKEN_VALUE):
        raise Broken("no such element") from None
    return value if isinstance(value, bytes) else b"".join(_texts(value))


def _texts(value: Any) -> Iterator[bytes]:
    yield str(value).encode()
