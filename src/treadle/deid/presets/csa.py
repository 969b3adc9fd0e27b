"""Siemens CSA headers (SV10): known numbers stay, written anew; names, dates, protocols go (deid.md, section 3.6)."""

from __future__ import annotations

import re
from struct import pack, unpack_from

CREATOR = "SIEMENS CSA HEADER"
ELEMENTS = frozenset((0x10, 0x20))  # of the image and of the series
# Diffusion, mosaics, echo-planar readout, geometry: what image processing asks these headers for. All are numbers.
FIELDS = frozenset(
    (
        *("B_value", "B_matrix", "DiffusionGradientDirection", "DiffusionDirectionality"),
        *("NumberOfImagesInMosaic", "MosaicRefAcqTimes", "SliceNormalVector", "ProtocolSliceNumber"),
        *("BandwidthPerPixelPhaseEncode", "PhaseEncodingDirectionPositive", "EchoColumnPosition"),
        *("EchoLinePosition", "EchoPartitionPosition", "RealDwellTime", "NumberOfPrescans", "TimeAfterStart"),
        *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "EchoTime"),
        *(
            "RepetitionTime",
            "FlipAngle",
            "ImagingFrequency",
            "SliceLocation",
            "UsedChannelMask",
            "SAR",
            "dBdt",
        ),
    )
)
_WORDS = frozenset((b"NONE", b"DIRECTIONAL", b"ISOTROPIC", b"BIPOLAR"))  # of DiffusionDirectionality
_NUMBER = re.compile(rb"[ +-]?[0-9][0-9.eE+-]{0,30} *")
_MAGIC = b"SV10\4\3\2\1"
_HEAD, _TAG, _ITEM, _MARK = 16, 84, 16, 77
_MOST_TAGS, _MOST_ITEMS = 1000, 1024


def cleaned(value: bytes) -> bytes | None:
    """The header with known fields whose values are numbers; `None` when it is none."""
    try:
        found = list(_fields(value))
    except (ValueError, IndexError):
        return None
    kept = [
        (name, vr, items) for name, vr, items in found if name in FIELDS and all(map(_is_harmless, items))
    ]
    return _written(kept)


def _is_harmless(item: bytes) -> bool:
    return not item or item in _WORDS or _NUMBER.fullmatch(item) is not None


def _fields(value: bytes) -> list[tuple[str, bytes, list[bytes]]]:
    if value[:8] != _MAGIC:
        raise ValueError("no such header")
    count, at, found = _number(value, 8), _HEAD, []
    if not 0 < count <= _MOST_TAGS:
        raise ValueError("no such header")
    for _ in range(count):
        name = _text(value[at : at + 64]).decode("latin-1")
        vr, items = value[at + 68 : at + 72], _number(value, at + 76)
        at += _TAG
        if not 0 <= items <= _MOST_ITEMS:
            raise ValueError("no such header")
        texts = []
        for _ in range(items):
            length = _number(value, at + 4)
            at += _ITEM
            if length < 0 or at + length > len(value):
                raise ValueError("an item is longer than the header")
            texts.append(_text(value[at : at + length]))
            at += (length + 3) & ~3
        found.append((name, vr, texts))
    return found


def _number(value: bytes, at: int) -> int:
    if at + 4 > len(value):
        raise ValueError("the header is too short")
    return int(unpack_from("<i", value, at)[0])


def _text(value: bytes) -> bytes:
    return value.partition(b"\0")[0].strip()


def _written(fields: list[tuple[str, bytes, list[bytes]]]) -> bytes:
    pieces = [_MAGIC, pack("<2I", len(fields), _MARK)]
    for name, vr, items in fields:
        multiplicity = sum(map(bool, items))
        pieces.append(name.encode().ljust(64, b"\0") + pack("<I", multiplicity))
        pieces.append(_vr(vr) + pack("<3I", 0, len(items), _MARK))
        for item in items:
            body = item + b"\0" if item else b""
            pieces.append(pack("<4I", len(body), len(body), _MARK, len(body)))
            pieces.append(body + b"\0" * (-len(body) % 4))
    return b"".join(pieces)


def _vr(value: bytes) -> bytes:
    """Two letters; what stands behind them is left from whatever was in memory."""
    return (value[:2] if value[:2].isalpha() else b"UN") + bytes(2)
