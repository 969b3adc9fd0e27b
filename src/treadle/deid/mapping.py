"""UIDs, subject codes and dates: the same input and secret give the same output everywhere (deid.md, section 4.2)."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta

from treadle.deid.presets.options import PresetOptions
from treadle.deid.secrets import Secrets

STANDARD_ROOT = b"1.2.840.10008."
STANDARD_UID = re.compile(r"1\.2\.840\.10008(\.\d+)+")
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_OLD_DATE = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)")  # of ACR-NEMA, still met
_DATE_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?((?:\d\d){0,3}(?:\.\d{1,6})?)([+-]\d{4})?")
_AGE = re.compile(r"(\d{1,3})([DWMY])")
OLDEST_AGE = 89


class UidMap:
    """Old UID -> new UID under one secret. What is in memory is only a cache."""

    def __init__(self, secrets: Secrets, root: str = "2.25") -> None:
        self._key = secrets.key("uid")
        self._root = root.encode() + b"."
        self._cache: dict[bytes, bytes] = {}

    def __call__(self, old: bytes) -> bytes:
        """The new UID; standard ones stay."""
        old = old.strip(b"\0 ")
        if not old or old.startswith(STANDARD_ROOT):
            return old
        new = self._cache.get(old)
        if new is None:
            if len(self._cache) > 100_000:
                self._cache.clear()
            new = self._cache[old] = self._new(old)
        return new

    def _new(self, old: bytes) -> bytes:
        digest = bytearray(hmac.digest(self._key, old, "sha256")[:16])
        digest[6] = digest[6] & 0x0F | 0x40
        digest[8] = digest[8] & 0x3F | 0x80
        return (self._root + str(int.from_bytes(digest, "big")).encode())[:64]


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a file is about, after de-identification: code, and days all of its dates move by."""

    code: str
    days: int


def subject_of(
    patient_id: str,
    issuer: str,
    study: bytes,
    options: PresetOptions,
    secrets: Secrets,
    label: str | None = None,
) -> Subject:
    """The patient, called `label` or by a code. Without a patient ID the study stands for the patient."""
    if patient_id.strip():
        identity = f"{issuer.strip()}|{patient_id.strip()}".upper().encode()
    else:
        identity = study.strip(b"\0 ")
    code = label or options.patient_id_prefix + secrets.digest("pid", identity).hex()[:12]
    span = options.max_days - options.min_days + 1
    days = options.min_days + int.from_bytes(secrets.digest("date", identity), "big") % max(1, span)
    if options.keep_weekday:
        days = max(7, round(days / 7) * 7)
    return Subject(code, -days)


def shift_date(value: str, days: int) -> str | None:
    """A moved DA; `None` when it is no date."""
    found = _DATE.fullmatch(value) or _OLD_DATE.fullmatch(value)
    moved = _moved(int(found[1]), int(found[2]), int(found[3]), days) if found else None
    return _text(moved, "%Y%m%d") if moved else None


def shift_date_time(value: str, days: int) -> str | None:
    """A moved DT at its own precision, time and zone untouched; `None` when it is none."""
    found = _DATE_TIME.fullmatch(value)
    if not found:
        return None
    year, month, day, time, zone = found.groups()
    if time and not day:
        return None
    moved = _moved(int(year), int(month or 1), int(day or 1), days)
    if moved is None:
        return None
    pattern = "%Y" + ("%m" if month else "") + ("%d" if day else "")
    return _text(moved, pattern) + (time or "") + (zone or "")


def _moved(year: int, month: int, day: int, days: int) -> date | None:
    try:
        return date(year, month, day) + timedelta(days)
    except (ValueError, OverflowError):
        return None


def _text(value: date, pattern: str) -> str:
    return value.strftime(pattern.replace("%Y", f"{value.year:04d}"))


def capped_age(value: str) -> tuple[str, bool] | None:
    """An AS with ages over 89 years as 90, and whether it was; `None` when it is no age."""
    found = _AGE.fullmatch(value)
    if not found:
        return None
    years = int(found[1]) / {"Y": 1, "M": 12, "W": 52.18, "D": 365.25}[found[2]]
    return ("090Y", True) if years > OLDEST_AGE else (value, False)
