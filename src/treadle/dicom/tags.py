"""Reading one header value by the way people write tags: keyword, `gggg,eeee` or `gggg,"creator",ee`."""

from __future__ import annotations

import re
import struct

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.valuerep import TEXT_VR_DELIMS

from treadle.dicom import quiet  # noqa: F401 - must be set before anything is read
from treadle.dicom.labels import join_values

# What pydicom raises while it converts a value that breaks its own VR, character set or length.
BROKEN_VALUE = (
    ArithmeticError,
    AttributeError,
    BytesLengthException,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)

_NUMBER = re.compile(r"\(?\s*([0-9A-Fa-f]{4})\s*,?\s*([0-9A-Fa-f]{4})\s*\)?")
_PRIVATE = re.compile(r"""\(?\s*([0-9A-Fa-f]{4})\s*,\s*["']([^"']+)["']\s*,\s*([0-9A-Fa-f]{1,2})\s*\)?""")
# What a decoder leaves of a switch between character sets that it knows no codec for (ISO 2022 IR 58).
_ESCAPE = re.compile(r"\x1b[\x20-\x2f]+[\x30-\x7e]|\0")
_NO_TEXT = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]|\0(?!\0*\Z)")
_LONGEST = 16384  # bytes of a value of unknown representation that may still be a text


def read_values(ds: Dataset, tag: str) -> list[str]:
    """Values of a tag as texts; empty when the tag is absent, empty or no text.

    A value that breaks its own VR, or is of none that is known (UN), is read as the text that it looks like.

    >>> ds = Dataset()
    >>> ds.ImageType = ["ORIGINAL", "PRIMARY"]
    >>> read_values(ds, "ImageType"), read_values(ds, "0008,0008"), read_values(ds, "PatientID")
    (['ORIGINAL', 'PRIMARY'], ['ORIGINAL', 'PRIMARY'], [])
    """
    value = _read(ds, tag)
    if isinstance(value, bytes):
        value = _as_texts(ds, value)
    if value is None or isinstance(value, Sequence):
        return []
    if isinstance(value, MultiValue | list | tuple):
        return ["" if item is None else _ESCAPE.sub("", str(item)) for item in value]
    text = _ESCAPE.sub("", str(value))
    return [text] if text else []


def read_text(ds: Dataset, tag: str) -> str:
    """Value of a tag as one trimmed text, several joined with a backslash; empty when absent."""
    return join_values(read_values(ds, tag))


def check_tag(tag: str) -> str:
    """The tag itself when it can name a header value, else ValueError saying how tags are written."""
    if tag_for_keyword(tag) is None and not _NUMBER.fullmatch(tag) and not _PRIVATE.fullmatch(tag):
        raise ValueError(f'{tag!r} is no DICOM tag: write a keyword, gggg,eeee or gggg,"creator",ee')
    return tag


def is_same_tag(one: str, other: str) -> bool:
    """Whether two ways of writing mean the same standard tag.

    >>> is_same_tag("PatientID", "0010,0020"), is_same_tag("PatientID", "PatientName")
    (True, False)
    """
    return one == other or (_number(one) is not None and _number(one) == _number(other))


def _number(tag: str) -> int | None:
    number = _NUMBER.fullmatch(tag)
    return int(number[1] + number[2], 16) if number else tag_for_keyword(tag)


def _read(ds: Dataset, tag: str) -> object:
    private = _PRIVATE.fullmatch(tag)
    key = _private_tag(ds, *private.groups()) if private else _number(tag)
    if key is None or key not in ds:
        return None
    try:
        return ds[key].value
    except BROKEN_VALUE:  # a value is converted when it is first looked at
        return getattr(ds.get_item(key), "value", None)


def _private_tag(ds: Dataset, group: str, creator: str, element: str) -> int | None:
    """The element in the first block of its creator that has it: some makers reserve several."""
    for block in range(0x10, 0x100):
        reserved = int(group, 16) << 16 | block
        tag = reserved & 0xFFFF0000 | block << 8 | int(element, 16)
        if reserved in ds and tag in ds and read_text(ds, f"{group},{block:04x}") == creator.strip():
            return tag
    return None


def _as_texts(ds: Dataset, data: bytes) -> list[str]:
    if len(data) > _LONGEST or _NO_TEXT.search(data):
        return []
    try:
        encodings = convert_encodings(ds.get("SpecificCharacterSet") or "ISO_IR 6")
        return decode_bytes(data, encodings, TEXT_VR_DELIMS).rstrip("\0 ").split("\\")
    except BROKEN_VALUE:
        return []
