"""What a `dicom` section does before its field rules: age, private elements, elements that no rule names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dateutil.relativedelta import relativedelta
from pydicom.dataset import Dataset

from treadle.deid.fields.dicom_names import Private
from treadle.deid.fields.dicom_paths import Where, base, block, element, has, spelled, tags, walk
from treadle.deid.fields.dicom_view import View
from treadle.deid.report import FileReport

CHARACTER_SET = 0x00080005
_BIRTH, _STUDY, _AGE = (0x00100030,), (0x00080020,), (0x00101010,)
_MAX_AGE = 960
_UNITS = ("D", "M", "Y")
_ENCODED_VRS = frozenset(["LO", "LT", "PN", "SH", "ST", "UC", "UT"])


def set_age(view: View, form: str, smallest: str | None) -> None:
    """PatientAge from birth and study date, in the first unit whose number is small enough."""
    try:
        birth, study = (datetime.strptime(view.get(where) or "", form) for where in (_BIRTH, _STUDY))  # noqa: DTZ007
    except ValueError:
        return
    first, last = sorted((birth, study))
    apart = relativedelta(last, first)
    ages = {"D": (last - first).days, "M": 12 * apart.years + apart.months, "Y": apart.years}
    for unit in _UNITS[_UNITS.index(smallest) if smallest else 0 :]:
        if ages[unit] < _MAX_AGE or unit == "Y":
            view.put(_AGE, f"{min(ages[unit], _MAX_AGE):03d}{unit}")
            return


def remove_private(dataset: Dataset, named: Iterable[Private], report: FileReport) -> None:
    """All private elements at every depth but the named ones and their creators."""
    names = list(named)
    for prefix, found in walk(dataset):
        kept = {tag for name in names if (tag := block(found, name)) is not None}
        kept |= {_creator(tag) for tag in kept}
        for tag in [tag for tag in tags(found) if tag >> 16 & 1 and tag not in kept]:
            del found[tag]
            report.did(spelled((*prefix, tag)), "P-")


def remove_undefined(dataset: Dataset, named: Iterable[Where], report: FileReport) -> None:
    """Every element but the named ones, the sequences that lead to them, and creators of private ones."""
    kept: set[Where] = set()
    for where in named:
        kept |= {where[:length] for length in range(1, len(where) + 1, 2)}
        if where[-1] >> 16 & 1:
            kept.add((*where[:-1], _creator(where[-1])))
    for prefix, found in walk(dataset):
        for tag in [tag for tag in tags(found) if (*prefix, int(tag)) not in kept and tag != CHARACTER_SET]:
            del found[tag]
            report.did(spelled((*prefix, tag)), "X")
    if (CHARACTER_SET,) not in kept and has(dataset, CHARACTER_SET) and not _encoded(dataset):
        del dataset[base(CHARACTER_SET)]
        report.did(spelled((CHARACTER_SET,)), "X")


def _creator(tag: int) -> int:
    return tag & 0xFFFF0000 | (tag & 0xFF00) >> 8


def _encoded(dataset: Dataset) -> bool:
    """Whether a text needs the character set to be read."""
    for _, found in walk(dataset):
        for tag in tags(found):
            part = element(found, tag)
            if part is not None and part.VR in _ENCODED_VRS and not str(part.value).isascii():
                return True
    return False
