"""Single values: scrubbed, cleaned, moved, or found not to be what their tag says."""

from __future__ import annotations

import re

from treadle.deid.dicom.elements import BINARY, FREE, NUMBERS, Element, Entry
from treadle.deid.dicom.text import CharacterSet
from treadle.deid.mapping import capped_age, shift_date, shift_date_time
from treadle.deid.presets.clean import clean
from treadle.deid.residual import LONG_NUMBER, Identifiers

_MOST = {"SH": 16, "LO": 64, "CS": 16, "AE": 16}  # characters of a value
_LONG_TEXT = frozenset(("LT", "ST", "UT"))  # a backslash in these is a letter
_NUMBER = re.compile(rb"[ 0-9eE+.-]*")
_UID = re.compile(rb"[0-9.\0 ]*")
_TIME = re.compile(r"\d\d(\d\d(\d\d(\.\d{1,6})?)?)?|\d\d:\d\d:\d\d(\.\d{1,6})?")
# E-mail addresses, and UIDs outside DICOM's own root.
_REACH = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\b(?!1\.2\.840\.10008\.)[0-2](?:\.\d+){5,}")


# Attributes with few possible values: anything else in them is not what their name says.
TERMS: dict[int, frozenset[bytes]] = {
    0x00100040: frozenset((b"M", b"F", b"O")),
    0x001021A0: frozenset((b"YES", b"NO", b"UNKNOWN")),
    0x00102203: frozenset((b"ALTERED", b"UNALTERED")),
}


_ETHNIC_GROUP, _NO_NAME = 0x00102160, re.compile(r"[^\d@^=]*")


def is_plausible(tag: int, value: bytes) -> bool:
    """Could a characteristic that is kept be one? Codes and names put there by mistake are not."""
    terms = TERMS.get(tag)
    if terms:
        return value.strip(b"\0 ") in terms
    return tag != _ETHNIC_GROUP or _NO_NAME.fullmatch(value.decode("latin-1")) is not None


def age(value: bytes) -> tuple[bytes, bool] | None:
    """An age of at most 90 years, and whether it was capped."""
    found = capped_age(value.strip(b"\0 ").decode("latin-1"))
    return (found[0].encode(), found[1]) if found else None


def dates(value: bytes, vr: str, days: int) -> bytes | None:
    """All values moved; `None` when one of them is no date. Times only have to be times."""
    moved = []
    for part in value.decode("latin-1").split("\\"):
        text = part.strip("\0 ")
        if not text:
            moved.append("")
            continue
        if vr == "TM":
            new = text if _TIME.fullmatch(text) else None
        else:
            new = shift_date(text, days) if vr == "DA" else shift_date_time(text, days)
        if new is None:
            return None
        moved.append(new)
    return "\\".join(moved).encode()


def scrubbed(value: bytes, vr: str, charset: CharacterSet, found: Identifiers, *, multiple: bool) -> bytes:
    """A text without the words that identify; as it is when there are none."""
    if not value:
        return value
    text = charset.decode(value)
    if charset.known or value.isascii():
        hit = found.in_text(text) or (vr in FREE and _REACH.search(text))
        if not hit:
            return value
    else:
        return b""
    parts = text.split("\\") if multiple and vr not in _LONG_TEXT else [text]
    if vr in FREE:
        kept = [_REACH.sub("", found.without(part)) if _hit(part, found) else part for part in parts]
    else:
        kept = ["" if found.in_text(part) else part for part in parts]
    return charset.encode("\\".join(kept)) or b""


def _hit(part: str, found: Identifiers) -> bool:
    return found.in_text(part) or bool(_REACH.search(part))


def cleaned(
    value: bytes, charset: CharacterSet, found: Identifiers, extra: frozenset[str], *, multiple: bool
) -> bytes:
    """Cleaned descriptors, each value by itself; nothing when nothing stays."""
    text = charset.decode(value)
    parts = text.split("\\") if multiple else [text]
    kept = [clean(part, found, extra) for part in parts]
    if kept == [part.strip() for part in parts]:
        return value if charset.known or value.isascii() else b""
    return charset.encode("\\".join(kept)) or b"" if any(kept) else b""


def fitting(value: bytes, vr: str) -> bytes:
    """Each value as long as its VR allows: one that stood under another VR may be longer. Others stay as they are."""
    most = _MOST.get(vr)
    if most is None or len(value) <= most or not value.isascii():
        return value
    return b"\\".join(part[:most].rstrip() for part in value.split(b"\\"))


def mismatch(element: Element, known: Entry) -> bool:
    """Is this not what the dictionary says? Then it may be anything, a name among others."""
    value, vr = element.value, known.vr
    if isinstance(value, list):
        return vr != "SQ"
    if not isinstance(value, bytes):
        return vr not in BINARY and vr not in NUMBERS
    fits = element.vr in known.vrs or element.vr in {"", "UN"}
    if vr in {"DS", "IS"}:
        return not _NUMBER.fullmatch(value.replace(b"\\", b" ").rstrip(b"\0"))
    if vr == "UI":
        return not _UID.fullmatch(value.replace(b"\\", b" "))
    if vr in NUMBERS:
        count, rest = divmod(len(value), NUMBERS[vr])
        return not (fits or element.vr in NUMBERS) or rest != 0 or 0 < known.most < count
    return not fits and not (element.vr in BINARY and vr in BINARY)


def same_number(element: Element, known: Entry, found: Identifiers) -> bool:
    """Is a long number of the data set one that identifies?"""
    value = element.value
    if known.vr not in {"DS", "IS"} or not isinstance(value, bytes) or len(value) < LONG_NUMBER:
        return False
    return any(part.strip() in found.parts for part in value.rstrip(b"\0").decode("latin-1").split("\\"))
