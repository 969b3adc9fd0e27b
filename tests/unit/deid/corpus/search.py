"""Looks for what was planted in what came out, in every way it could be written."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import date

from .encode import DEFLATED
from .ledger import Plant

_DATES = (
    "%Y%m%d",
    "%Y-%m-%d",
    "%Y.%m.%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d %b %Y",
    "%B %d, %Y",
)

_NEW_UID = re.compile(rb"2\.25\.\d+")  # digits by chance, among them every short number sooner or later


def readable(data: bytes) -> bytes:
    """A file as it can be searched: a deflated data set inflated."""
    if DEFLATED.encode() not in data[:512]:
        return data
    length = struct.unpack("<I", data[140:144])[0]
    return data[: 144 + length] + zlib.decompressobj(-15).decompress(data[144 + length :])


def forms(plant: Plant, codec: str) -> set[bytes]:
    """A value in bytes, lower case."""
    if plant.kind in {"date", "birth"}:
        texts = {date.fromisoformat(plant.value).strftime(form) for form in _DATES}
    else:
        texts = {plant.value}
    found: set[bytes] = set()
    for text in texts:
        for name in ("utf-8", "utf-16-le", "utf-16-be", "ascii", codec):
            try:
                found.add(text.encode(name).lower())
                found.add(text.lower().encode(name).lower())
            except UnicodeEncodeError:
                pass
    return {form for form in found if len(form) >= 4}


def left(data: bytes, plants: list[Plant], codec: str) -> list[Plant]:
    """What is still in there."""
    low = _NEW_UID.sub(b"", data.lower())
    return [plant for plant in plants if any(form in low for form in forms(plant, codec))]


def tokens(text: bytes) -> set[bytes]:
    """Letters and digits between anything else, lower case: of reports and names, which are long."""
    return set(re.findall(rb"[0-9a-z\x80-\xff]+", text.lower()))


def mentioned(said: set[bytes], plants: list[Plant]) -> list[Plant]:
    """What is said in reports and names. Ages are everywhere."""
    found = []
    for plant in plants:
        form = (
            plant.value.replace("-", "")
            if plant.kind in {"date", "birth"}
            else plant.value.rpartition(".")[2]
        )
        if plant.kind != "age" and form.lower().encode() in said:
            found.append(plant)
    return found
