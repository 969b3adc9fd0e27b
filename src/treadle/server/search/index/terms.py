"""From a value to its terms (search.md 11.2): decided by the value and its path alone, never by statistics."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntFlag

from treadle.flyql.literals import Clock, instant

MAX_TEXT = 256
DAY_US = 86_400_000_000
_EXACT_DIGITS = 4
_BUCKETS = 256  # per octave
_HASHES = 1 << 22  # of texts that are not in the dictionary
_UID = re.compile(r"[0-2](\.\d+){3,}\Z")
_TIME_OF_DAY = re.compile(r"\d{2,6}(\.\d{1,6})?\Z")
_UTC = Clock(datetime(1970, 1, 1, tzinfo=UTC))
ANY_DATE = ".header.dicom.Date"  # a path where eight digits are a date
_HASHED_PATHS = frozenset({"hash", "parent.id", "file_id"})


class Kind(IntFlag):
    """What has been seen at a path."""

    TEXT = 1
    NUMBER = 2
    BUCKET = 4
    BOOLEAN = 8
    DAY = 16
    HASHED = 32  # UIDs, times of day, hashes: only their hash is known, and nothing marks them
    LONG = 64  # too long for the dictionary: hashed, and marked, so that these few can be read again
    FRACTION = 128  # a number that is not whole
    MANY = 256  # several values in one object


LETTERS: Mapping[str, Kind] = {
    "s": Kind.TEXT,
    "n": Kind.NUMBER,
    "b": Kind.BUCKET,
    "t": Kind.BOOLEAN,
    "d": Kind.DAY,
    "l": Kind.LONG,
}
# A term before it has a number: its kind, and a text or a number.
Word = tuple[str, str | float]


def native(level: str) -> frozenset[str]:
    """First keys that are columns of the index rows, so need no terms."""
    own = {"session": {"timestamp"}, "acquisition": {"timestamp"}, "file": {"size"}}
    return frozenset({"_id", "created", "modified", *own.get(level, ())})


def kinds_of_text(path: str, text: str) -> int:
    """What a text adds to the kinds of its path."""
    kinds = Kind.HASHED if is_hashed(path, text) and len(text) <= MAX_TEXT else Kind(0)
    for letter, _ in words(path, text):
        kinds |= LETTERS[letter]
    return int(kinds)


def words(path: str, value: str) -> tuple[Word, ...]:
    """The dictionary words of a text; none, or a mark, when only its hash is kept."""
    if is_hashed(path, value):
        return (("l", 0.0),) if len(value) > MAX_TEXT else ()
    day = day_of(path, value)
    return (("s", value),) if day is None else (("s", value), ("d", float(day)))


def is_hashed(path: str, value: str) -> bool:
    """Whether the dictionary does not hold this text: nearly every one would be different."""
    if len(value) > MAX_TEXT or path in _HASHED_PATHS or _UID.match(value):
        return True
    return path.endswith("Time") and ".header.dicom." in path and bool(_TIME_OF_DAY.match(value))


def number_word(number: float) -> Word:
    """The number itself when it is short, else the lower edge (towards zero) of its bucket."""
    if float(f"{number:.{_EXACT_DIGITS}g}") == number or not math.isfinite(number):
        return ("n", number)
    return ("b", bucket(number))


def bucket(number: float) -> float:
    """Cut to 8 bits behind the leading one; what is beyond all numbers stays."""
    if not math.isfinite(number):
        return number
    mantissa, exponent = math.frexp(number)
    return math.ldexp(math.trunc(mantissa * 2 * _BUCKETS) / (2 * _BUCKETS), exponent)


def day_of(path: str, value: str) -> int | None:
    """Days since 1970 (UTC) of a date-like text; of a date alone, that day."""
    if not 8 <= len(value) <= 40 or not value[0].isdigit():
        return None
    at = instant(path, value, _UTC)
    return None if at is None else at // DAY_US


def hashed(path_id: int, value: str) -> int:
    """The number of a text that the dictionary does not hold; negative, and checked again when it is found.

    There are few such numbers: some objects share each, and a number in the GIN index costs more than a place there.
    """
    return -1 - zlib.crc32(f"{path_id}\0{value}".encode("utf-8", "surrogatepass")) % _HASHES


def grams(low: str) -> list[int]:
    """Hashes of all runs of three characters of a folded text."""
    return sorted(
        {
            zlib.crc32(low[i : i + 3].encode("utf-8", "surrogatepass")) & 0x7FFFFFFF
            for i in range(len(low) - 2)
        }
    )
