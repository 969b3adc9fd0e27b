"""Versions of gears in their order. They are free texts: `1.4.4_1.0.20220720`, `0.2.0rc1`, `v3`."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+)|([a-z]+)")
_BEFORE_RELEASE = ("a", "alpha", "b", "beta", "c", "dev", "pre", "preview", "rc", "test")
_END, _LONGEST_NUMBER = "#", 20


def version_key(version: str) -> str:
    """A text that sorts, byte by byte, as the version does: numbers by value, `rc1` before the release."""
    parts = []
    for number, word in _PART.findall(version.lower()):
        if number:
            parts.append(f"1{number.lstrip('0').zfill(_LONGEST_NUMBER)}")
        elif word in _BEFORE_RELEASE:
            parts.append(f"!{word}")
        elif word != "v":
            parts.append(word)
    return " ".join([*parts, _END])
