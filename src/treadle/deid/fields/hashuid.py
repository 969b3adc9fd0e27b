"""`hashuid`, bit-exact, so that data before and after a move keep the same identifiers (deid.md, section 2.4)."""

from __future__ import annotations

import hashlib

from treadle.deid.fields.model import Section

MAX_LENGTH = 64
_PARTS = 6  # parts from the hash, of as many digits each
_SUFFIX_DIGITS = 6


def hash_uid(uid: str, salt: str, section: Section, *, strict: bool = False) -> str:
    """The new UID. `strict` leaves out the suffix (digits of the original) and with it components that start with 0."""
    kept = 0 if strict else section.uid_suffix
    original = uid.split(".")
    if section.uid_root:
        prefix = section.uid_root.split(".")
    else:
        prefix = original[: min(section.uid_prefix, max(0, len(original) - kept))]
    if strict:
        prefix = [part.lstrip("0") or "0" for part in prefix]
    digits = "".join(str(byte) for byte in hashlib.sha256(f"{salt}{uid}".encode()).digest())
    hashed = [digits[start : start + _PARTS] for start in range(0, _PARTS * _PARTS, _PARTS)]
    hashed = [f"1{part[1:]}" if part.startswith("0") else part for part in hashed]
    suffix = [part[-_SUFFIX_DIGITS:] for part in original[-kept:]] if kept else []
    return _cropped([*prefix, *hashed, *suffix])


def _cropped(parts: list[str]) -> str:
    """At most 64 characters: taken off the end of what comes before the last component."""
    rest, last = parts[:-1], parts[-1]
    while rest and len(".".join([*rest, last])) > MAX_LENGTH:
        if len(rest[-1]) > 1:
            rest[-1] = rest[-1][:-1]
        else:
            rest.pop()
    return ".".join([*rest, last])
