"""DICOM dates and times as aware instants in the configured zone (step 5 of the flow)."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydicom.dataset import Dataset

from treadle.dicom.config import MappingConfig
from treadle.dicom.tags import read_values

_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})|([0-9]{4})\.([0-9]{2})\.([0-9]{2})")
_TIME = re.compile(r"([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:\.([0-9]*))?)?)?")
_DATETIME = re.compile(r"([0-9]{8})([0-9.]*)([+-][0-9]{4})?")
_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-4])([0-5][0-9])")
_UID_TIME = re.compile(r"(?<![0-9])(?:[0-9]*?)((?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2})([0-9]{6})")
_NOON = time(12)


def parse_date(text: str) -> date | None:
    """Date of a DA value, None unless it is a real day from 1900 on.

    >>> parse_date("2020.10.23"), parse_date("20201323")
    (datetime.date(2020, 10, 23), None)
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Time of a TM value, cut to milliseconds; the leap second counts as the one before.

    >>> parse_time("105660.7896"), parse_time("10:56"), parse_time("25")
    (datetime.time(10, 56, 59, 789000), datetime.time(10, 56), None)
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    milliseconds = int((match[4] or "")[:3].ljust(3, "0"))
    try:
        return time(hour, minute, 59 if second == 60 else second, milliseconds * 1000)
    except ValueError:
        return None


def zone(name: str) -> tzinfo:
    """Time zone of a configured name; `local` is the machine's own. ValueError when there is no such zone."""
    try:
        return ZoneInfo(zone_name(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if name == "UTC":
            return UTC
        raise ValueError(f"timezone: {name!r} is not a zone of the IANA database") from None


def zone_name(name: str) -> str:
    """IANA name of a configured zone; of the machine's zone for `local`."""
    if name != "local":
        return name
    link = os.path.realpath("/etc/localtime")
    return os.environ.get("TZ", "").lstrip(":") or link.partition("/zoneinfo/")[2] or _zone_file()


def _zone_file() -> str:
    named = Path("/etc/timezone")
    return named.read_text(encoding="utf-8").strip() if named.is_file() else "UTC"


class Clockwork:
    """Instants of one header under one configuration."""

    def __init__(self, ds: Dataset, config: MappingConfig) -> None:
        self._ds = ds
        self._config = config
        self._zone = zone(config.timezone)
        self._written_in = self._offset() or self._zone

    def session(self) -> datetime | None:
        """Start of the study; a date without a usable time counts as noon."""
        for name in ("Study", "Series", "Acquisition"):
            moment = self._pair(name, missing=_NOON)
            if moment:
                return moment
        return self._acquisition_datetime(missing=_NOON) or self._uid_time()

    def acquisition(self, *, is_siemens: bool) -> datetime | None:
        """Start of the acquisition; both date and time are needed, else the session's start."""
        if self._config.acquisition_time == "acquisition_first":
            moment = self._acquisition_datetime() or self._pair("Acquisition") or self._pair("Series")
        elif is_siemens:
            # Siemens: the series time is the one that the console shows.
            moment = self._pair("Series")
        elif not self._first("AcquisitionDate").strip():
            # Enhanced objects carry only the combined value.
            moment = self._acquisition_datetime()
        else:
            moment = self._pair("Acquisition")
        return moment or self.session()

    def _pair(self, name: str, missing: time | None = None) -> datetime | None:
        day = parse_date(self._first(f"{name}Date"))
        return self._instant(day, parse_time(self._first(f"{name}Time")) or missing, self._written_in)

    def _acquisition_datetime(self, missing: time | None = None) -> datetime | None:
        match = _DATETIME.fullmatch(self._first("AcquisitionDateTime").strip())
        if match is None:
            return None
        written_in = _parse_offset(match[3] or "") or self._written_in
        return self._instant(parse_date(match[1]), parse_time(match[2]) or missing, written_in)

    def _uid_time(self) -> datetime | None:
        if not self._config.uid_timestamps:
            return None
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            for day, clock in _UID_TIME.findall(self._first(name)):
                moment = self._instant(parse_date(day), parse_time(clock), self._zone)
                if moment:
                    return moment
        return None

    def _instant(self, day: date | None, clock: time | None, written_in: tzinfo) -> datetime | None:
        if day is None or clock is None:
            return None
        try:
            return datetime.combine(day, clock, written_in).astimezone(self._zone)
        except OverflowError:
            return None

    def _offset(self) -> tzinfo | None:
        if self._config.timezone_offset_tag == "ignore":
            return None
        return _parse_offset(self._first("TimezoneOffsetFromUTC").strip())

    def _first(self, tag: str) -> str:
        return next(iter(read_values(self._ds, tag)), "")


def _parse_offset(text: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    distance = timedelta(hours=int(match[2]), minutes=int(match[3]))
    # UTC-12 to UTC+14 are the offsets that exist (PS3.3 C.12.1.1.8).
    if not timedelta(hours=-12) <= (distance if match[1] == "+" else -distance) <= timedelta(hours=14):
        return None
    return timezone(distance if match[1] == "+" else -distance)
