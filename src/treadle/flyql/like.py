"""The patterns of LIKE: `%` and `*` any run, `_` and `?` one character, a backslash makes one of these literal."""

from __future__ import annotations

from functools import lru_cache

from treadle.flyql import charset
from treadle.flyql.pattern import One, Pattern, Piece, Repeat, Row

_ANYTHING = One(charset.ANY)
_RUN = Repeat(_ANYTHING, 0, None)
_SPECIAL = "%_*?\\"


@lru_cache(maxsize=512)
def compile_like(text: str) -> Pattern:
    """The pattern, which matches whole values, case-sensitive."""
    parts: list[Piece] = []
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character in "%*":
            if not parts or parts[-1] is not _RUN:
                parts.append(_RUN)
        elif character in "_?":
            parts.append(_ANYTHING)
        else:
            if character == "\\" and text[at : at + 1] and text[at] in _SPECIAL:
                character = text[at]
                at += 1
            parts.append(One(charset.of(character)))
    return Pattern(Row(tuple(parts)), "pattern")


def escape_like(text: str) -> str:
    """The pattern that matches this text alone."""
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in text)
