"""Reading one header value by the way people write tags: keyword, `gggg,eeee` or `gggg,"creator",ee`."""

from __future__ import annotations

import re
import struct

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue

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


def read_values(ds: Dataset, tag: str) -> list[str]:
    """Values of a tag as texts; empty when the tag is absent, empty or not readable.

    >>> ds = Dataset()
    >>> ds.ImageType = ["ORIGINAL", "PRIMARY"]
    >>> read_values(ds, "ImageType"), read_values(ds, "0008,0008"), read_values(ds, "PatientID")
    (['ORIGINAL', 'PRIMARY'], ['ORIGINAL', 'PRIMARY'], [])
    """
    value = _read(ds, tag)
    if value is None or isinstance(value, bytes):
        return []
    if isinstance(value, MultiValue | list | tuple):
        return ["" if item is None else str(item) for item in value]
    text = str(value)
    return [text] if text else []


def read_text(ds: Dataset, tag: str) -> str:
    """Value of a tag as one trimmed text, several joined with a backslash; empty when absent."""
    return join_values(read_values(ds, tag))


def check_tag(tag: str) -> str:
    """The tag itself when it can name a header value, else ValueError saying how tags are written."""
    if tag_for_keyword(tag) is None and not _NUMBER.fullmatch(tag) and not _PRIVATE.fullmatch(tag):
        raise ValueError(f'{tag!r} is no DICOM tag: write a keyword, gggg,eeee or gggg,"creator",ee')
    return tag


def _read(ds: Dataset, tag: str) -> object:
    # A value is converted when it is first looked at; one that breaks its own VR counts as absent.
    try:
        private = _PRIVATE.fullmatch(tag)
        if private:
            group, creator, element = private.groups()
            return ds.private_block(int(group, 16), creator)[int(element, 16)].value
        number = _NUMBER.fullmatch(tag)
        key = int(number[1] + number[2], 16) if number else tag_for_keyword(tag)
        return ds[key].value if key is not None and key in ds else None
    except BROKEN_VALUE:
        return None
