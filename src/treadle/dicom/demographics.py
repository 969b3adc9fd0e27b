"""Age, weight and sex as the platform stores them (step 5 of the flow)."""

from __future__ import annotations

import re
from datetime import datetime

from pydicom.dataset import Dataset

from treadle.dicom.tags import read_text, read_values
from treadle.dicom.times import parse_date

_AGE = re.compile(r"([0-9]{1,6}(?:\.[0-9]+)?)\s*([DWMY]?)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DAY_S = 86400
_DAYS = {"D": 1.0, "W": 7.0, "M": 30.0, "Y": 365.25, "": 365.25}
_SEX = {"M": "male", "F": "female", "O": "other"} | {
    word.upper(): word for word in ("male", "female", "other", "unknown")
}


def sex(text: str) -> str | None:
    """Sex word of a PatientSex value, None when it is none of the known ones.

    >>> sex("F"), sex("unknown"), sex("X")
    ('female', 'unknown', None)
    """
    return _SEX.get(text.upper())


def weight_kg(text: str) -> float | None:
    """Weight in kg; None unless above 0 and below 10000.

    >>> weight_kg("72.5"), weight_kg("0"), weight_kg("abc")
    (72.5, None, None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    kilograms = float(text)
    return kilograms if 0 < kilograms < 10000 else None


def age_seconds(ds: Dataset, at: datetime | None) -> int | None:
    """Age in seconds by PatientAge, else in whole days from birth to the acquisition; never negative."""
    match = _AGE.fullmatch(read_text(ds, "PatientAge"))
    if match:
        return int(float(match[1]) * _DAYS[match[2].upper()] * _DAY_S)
    born = parse_date(next(iter(read_values(ds, "PatientBirthDate")), ""))
    if born is None or at is None:
        return None
    days = (at.date() - born).days
    return days * _DAY_S if days >= 0 else None
