"""What a literal means: numbers, booleans, and dates as half-open intervals of time.

Instants are whole microseconds since 1970 UTC: exact, comparable, and free of the calendar's ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from treadle.flyql.ast import Value

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DICOM_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|([+-])(\d\d):(\d\d))?", re.ASCII
)
_RELATIVE = re.compile(r"(now|today)(?:([+-])([0-9]+)([yMwdhms]))?")

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  local times of any zone are counted from here
_FIRST, _LAST = datetime.min, datetime.max  # noqa: DTZ901  the ends of the calendar, anywhere
_FAR = 10**12  # units; even of seconds they lead beyond the calendar
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1)}
_UNITS |= {"m": timedelta(minutes=1), "s": timedelta(seconds=1)}
_EXACT = 18  # digits of a whole number that is kept exact


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` to before `end`, in microseconds since 1970 UTC."""

    start: int
    end: int

    @property
    def times(self) -> tuple[datetime, datetime]:
        """The same as times in UTC; what lies outside the calendar, at its end."""
        return _time(self.start), _time(self.end)


class Clock:
    """The moment and the place of a query: what `now`, `today` and dates without offset mean.

    `timezone` is an IANA name; raises ValueError when there is none such.
    """

    def __init__(self, now: datetime, timezone: str = "UTC") -> None:
        self.now = now.astimezone(UTC)
        try:
            self.zone = ZoneInfo(timezone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"Unknown time zone '{timezone}'") from error

    def instant(self, local: datetime) -> int:
        """Of the time on the wall."""
        return _micros(local) - _micros_of(local.replace(tzinfo=self.zone).utcoffset())

    def local(self) -> datetime:
        return self.now.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal read: what it is as text and, unless quoted, as a number, a boolean or a time."""

    text: str
    quoted: bool
    number: int | float | None = None
    boolean: bool | None = None
    interval: Interval | None = None  # of a quoted one too: it counts for created, modified and timestamp


def type_of(value: Value) -> str:
    """The type by the text alone: boolean, number, date, timestamp, relative or string."""
    if value.quoted:
        return "string"
    if value.text in ("true", "false", "TRUE", "FALSE"):
        return "boolean"
    if _NUMBER.fullmatch(value.text):
        return "number"
    if _day(value.text):
        return "date"
    if _timestamp(value.text):
        return "timestamp"
    return "relative" if _RELATIVE.fullmatch(value.text) else "string"


def read(value: Value, clock: Clock) -> Literal:
    text, quoted = value.text, value.quoted
    match type_of(Value(text)):
        case "boolean" if not quoted:
            return Literal(text, quoted, boolean=text.lower() == "true")
        case "number" if not quoted:
            return Literal(text, quoted, number=_number(text))
        case "date":
            return Literal(text, quoted, interval=_interval_of_day(text, clock))
        case "timestamp":
            return Literal(text, quoted, interval=_interval_of_time(text, clock))
        case "relative" if not quoted:
            return Literal(text, quoted, interval=_interval_of_relative(text, clock))
    return Literal(text, quoted)


def instant(path: str, stored: object, clock: Clock) -> int | None:
    """The instant a stored value is, if it has the form of one; days begin where the query is, times without offset
    are UTC."""
    if isinstance(stored, datetime):
        return _micros(stored.astimezone(UTC).replace(tzinfo=None))
    if not isinstance(stored, str):
        return None
    if day := _day(stored) or (_dicom_day(stored) if is_dicom_date(path) else None):
        return clock.instant(day)
    if found := _timestamp(stored):
        return found.start - (found.offset or 0)
    return None


def is_dicom_date(path: str) -> bool:
    """Whether dates stand as eight digits at this path: elements such as StudyDate in a file's DICOM header."""
    above, _, key = path.rpartition(".")
    return key.endswith("Date") and (above == "header.dicom" or above.endswith(".header.dicom"))


@dataclass(frozen=True, slots=True)
class _Stamp:
    local: datetime
    start: int  # of the local time, as if it were UTC
    unit: int  # microseconds that the text leaves open
    offset: int | None  # of its zone; None when not given


def _number(text: str) -> int | float:
    whole = not set(".eE") & set(text)
    return int(text) if whole and len(text) <= _EXACT else float(text)


@lru_cache(maxsize=4096)
def _day(text: str) -> datetime | None:
    return _real_day(_DAY.fullmatch(text))


def _dicom_day(text: str) -> datetime | None:
    return _real_day(_DICOM_DAY.fullmatch(text))


def _real_day(match: re.Match[str] | None) -> datetime | None:
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3])) if match else None  # noqa: DTZ001
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _timestamp(text: str) -> _Stamp | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone, sign, hours, minutes = match.groups()
    digits = (fraction or "")[:6]  # finer than a microsecond is not told apart
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))  # noqa: DTZ001
        local = local.replace(microsecond=int(digits.ljust(6, "0")))
    except ValueError:
        return None
    offset = None
    if zone:
        if hours and (int(hours) > 23 or int(minutes) > 59):
            return None
        offset = (int(hours or 0) * 60 + int(minutes or 0)) * _MINUTE * (-1 if sign == "-" else 1)
    unit = 10 ** (6 - len(digits)) if second else _MINUTE
    return _Stamp(local, _micros(local), unit, offset)


def _interval_of_day(text: str, clock: Clock) -> Interval | None:
    day = _day(text)
    return _whole_day(day, clock) if day else None


def _whole_day(day: datetime, clock: Clock) -> Interval:
    start = clock.instant(day)
    if day.date() == date.max:
        return Interval(start, start + 24 * 60 * _MINUTE)
    return Interval(start, clock.instant(day + timedelta(days=1)))


def _interval_of_time(text: str, clock: Clock) -> Interval | None:
    found = _timestamp(text)
    if found is None:
        return None
    start = clock.instant(found.local) if found.offset is None else found.start - found.offset
    return Interval(start, start + found.unit)


def _interval_of_relative(text: str, clock: Clock) -> Interval | None:
    match = _RELATIVE.fullmatch(text)
    if match is None:
        return None
    base, sign, count, unit = match.groups()
    local = clock.local()
    if base == "today":
        local = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if count:
        local = _moved(local, min(int(count.lstrip("0")[:13] or 0), _FAR) * (-1 if sign == "-" else 1), unit)
    if base == "today":
        return _whole_day(local.replace(hour=0, minute=0, second=0, microsecond=0), clock)
    start = clock.instant(local)
    return Interval(start, start + 1)


def _moved(local: datetime, count: int, unit: str) -> datetime:
    """So many units later; a day the month does not have is its last; beyond the calendar, its end."""
    try:
        if unit in _UNITS:
            return local + count * _UNITS[unit]
        months = local.year * 12 + local.month - 1 + count * (12 if unit == "y" else 1)
        first = local.replace(year=months // 12, month=months % 12 + 1, day=1)
        following = first.replace(day=28) + timedelta(days=4)
        return first.replace(day=min(local.day, (following - timedelta(days=following.day)).day))
    except (OverflowError, ValueError):
        return _LAST if count > 0 else _FIRST


def _micros(local: datetime) -> int:
    return _micros_of(local - _EPOCH)


def _micros_of(delta: timedelta | None) -> int:
    return (delta or timedelta()) // timedelta(microseconds=1)


def _time(micros: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    except OverflowError:
        return (_LAST if micros > 0 else _FIRST).replace(tzinfo=UTC)
