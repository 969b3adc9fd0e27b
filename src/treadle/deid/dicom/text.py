"""Text values: their character set, decoding that never fails, encoding that never guesses."""

from __future__ import annotations

import functools
import re

from pydicom import charset as pydicom_charset
from pydicom.charset import convert_encodings, decode_bytes, encode_string

_HIDDEN = re.compile(rb"\0[^\\]*")
_DELIMITERS = set(b"\r\n\t\f\\^=")


def ended(value: bytes) -> bytes:
    """A string up to its end: what follows a NUL nobody sees and everybody passes on."""
    return _HIDDEN.sub(b"", value) if b"\0" in value.rstrip(b"\0 ") else value


class CharacterSet:
    """How texts of a data set are encoded. `known` is false when the file names one that does not exist."""

    __slots__ = ("encodings", "known")

    def __init__(self, encodings: list[str], *, known: bool) -> None:
        self.encodings = encodings
        self.known = known

    def decode(self, value: bytes) -> str:
        """Text without padding; bytes that do not fit become something else, never an error."""
        value = value.rstrip(b"\0 ")
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        try:
            return str(decode_bytes(value, self.encodings, _DELIMITERS))
        except (LookupError, UnicodeError, ValueError):
            return value.decode("latin-1")

    def encode(self, text: str) -> bytes | None:
        """Bytes of a text; `None` when the character set cannot express it."""
        if text.isascii():
            return text.encode("ascii")
        if not self.known:
            return None
        try:
            found = bytes(encode_string(text, self.encodings))
        except (LookupError, UnicodeError, ValueError):
            return None
        return found if self.decode(found) == text else None


@functools.lru_cache(maxsize=64)
def character_set(value: bytes) -> CharacterSet:
    """From the value of (0008,0005)."""
    terms = [term.decode("latin-1").strip() for term in value.rstrip(b"\0 ").split(b"\\")]
    known = pydicom_charset.python_encoding
    if any(term not in known for term in terms):
        return CharacterSet(["latin-1"], known=False)
    try:
        return CharacterSet([str(found) for found in convert_encodings(terms)], known=True)
    except (LookupError, ValueError):
        return CharacterSet(["latin-1"], known=False)
