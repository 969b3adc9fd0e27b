"""Text inside compressed frames: comments and application segments go, the picture stays bit for bit."""

from __future__ import annotations

import re
from struct import pack

from treadle.deid.dicom.elements import Fragments, Span
from treadle.deid.dicom.reader import Buffer

_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"
# Segments that a decoder needs (JFIF, colour transforms of Adobe, JPEG-LS and SPIFF), and names of encoders.
_NEEDED = re.compile(rb"JFIF\0|Adobe|mrfx|SPIFF\0")
_ENCODER = re.compile(
    rb"\W*(?:Created by )?(?:OpenJPEG|Kakadu|JasPer|LEAD|Lavc|CREATOR: gd-jpeg|AccuSoft|Aware|MainConcept|Matrox)"
    rb"[\w .,:;()/-]{0,60}\0*"
)
_HEADER = 1 << 16


def without_text(data: Buffer, span: Span) -> Fragments | None:
    """Fragments without what could be text; `None` when there is none, as nearly always."""
    fragments = span.fragments or ()
    changed: dict[int, bytes] = {}
    for number, (start, stop) in enumerate(fragments[1:], 1):
        head = data[start : min(stop, start + _HEADER)]
        if head[:3] == b"\xff\xd8\xff":
            new = _segments(data, start, stop, head)
        elif head[:4] == b"\xff\x4f\xff\x51":
            new = _codestream(data, start, stop, head)
        else:
            continue
        if new is not None:
            changed[number] = new
    if not changed:
        return None
    pieces = [_ITEM, pack("<I", 0)]  # offsets would no longer be true
    for number, (start, stop) in enumerate(fragments[1:], 1):
        body = changed.get(number) or data[start:stop]
        body += b"\0" * (len(body) % 2)
        pieces += (_ITEM, pack("<I", len(body)), body)
    return Fragments(b"".join((*pieces, _END)))


def _segments(data: Buffer, start: int, stop: int, head: bytes) -> bytes | None:
    kept, at, dropped = [head[:2]], 2, False
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker == 0xDA or length < 2 or at + 2 + length > len(head):
            break
        body = head[at + 4 : at + 2 + length]
        is_text = (0xE0 <= marker <= 0xEF and not _NEEDED.match(body)) or (
            marker == 0xFE and not _ENCODER.fullmatch(body)
        )
        if is_text:
            dropped = True
        else:
            kept.append(head[at : at + 2 + length])
        at += 2 + length
    rest = data[start + at : stop]
    end = rest.rfind(b"\xff\xd9") + 2
    if end > 1 and any(rest[end:]):  # something after the end of the picture
        rest, dropped = rest[:end], True
    return b"".join(kept) + rest if dropped else None


def _codestream(data: Buffer, start: int, stop: int, head: bytes) -> bytes | None:
    kept, at, dropped = [head[:2]], 2, False
    while at + 4 <= len(head) and head[at] == 0xFF and head[at + 1] not in {0x90, 0xD9}:
        length = int.from_bytes(head[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(head):
            break
        if head[at + 1] == 0x64 and not _ENCODER.fullmatch(head[at + 6 : at + 2 + length]):
            dropped = True
        else:
            kept.append(head[at : at + 2 + length])
        at += 2 + length
    return b"".join(kept) + data[start + at : stop] if dropped else None
