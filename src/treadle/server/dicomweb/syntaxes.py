"""Transfer syntaxes and the media types of their frames (PS3.18 table 8.7.3-2)."""

from __future__ import annotations

from treadle.server.dicomweb.accept import OCTETS

_ROOT = "1.2.840.10008.1.2"
LITTLE_ENDIAN = f"{_ROOT}.1"
DEFLATED = f"{_ROOT}.1.99"
_NATIVE = frozenset({_ROOT, LITTLE_ENDIAN, DEFLATED, f"{_ROOT}.2", "1.2.840.113619.5.2", ""})
_KINDS = {
    f"{_ROOT}.5": "image/dicom-rle",
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (50, 51, 57, 70)), "image/jpeg"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (80, 81)), "image/jls"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (90, 91)), "image/jp2"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (92, 93)), "image/jpx"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (201, 202, 203)), "image/jphc"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (110, 111, 112)), "image/jxl"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in (100, 101)), "video/mpeg"),
    **dict.fromkeys((f"{_ROOT}.4.{number}" for number in range(102, 109)), "video/mp4"),
}


def is_native(syntax: str) -> bool:
    """Whether pixels are stored as they are, not encapsulated."""
    return syntax in _NATIVE


def kind_of(syntax: str) -> str:
    """The media type of a frame as it is stored."""
    return _KINDS.get(syntax, OCTETS)
