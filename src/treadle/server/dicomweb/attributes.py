"""DICOM JSON (PS3.18 F) from the headers that the catalog keeps: keyword -> value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

Attributes = dict[str, Any]

# PS3.18 table 10.6.3-3 to -5: what is answered without being asked for.
STUDY = (
    "SpecificCharacterSet",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "TimezoneOffsetFromUTC",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyID",
)
SERIES = (
    "SpecificCharacterSet",
    "Modality",
    "TimezoneOffsetFromUTC",
    "SeriesDescription",
    "SeriesInstanceUID",
    "SeriesNumber",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "RequestAttributesSequence",
)
# What more of a study its files agree about; `includefield=all` shows these too.
STUDY_MORE = (
    "StudyDescription",
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "IssuerOfPatientID",
    "InstitutionName",
    "PhysiciansOfRecord",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
)
SERIES_MORE = (
    "SeriesDate",
    "SeriesTime",
    "Manufacturer",
    "ManufacturerModelName",
    "StationName",
    "BodyPartExamined",
    "Laterality",
    "PatientPosition",
    "ProtocolName",
    "OperatorsName",
    "FrameOfReferenceUID",
)
_NUMBERS = frozenset({"DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})
_WHOLE = _NUMBERS - {"DS", "FD", "FL"}
_BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})


@cache
def _dictionary() -> ModuleType:
    """pydicom's data dictionary, which comes with all its codecs: loaded by the first who asks."""
    from pydicom import datadict  # noqa: PLC0415

    return datadict


def tag_of(keyword: str) -> str | None:
    """The eight hexadecimal digits of a keyword."""
    tag = _dictionary().tag_for_keyword(keyword)
    return None if tag is None else f"{tag:08X}"


def keyword_of(name: str) -> str | None:
    """The keyword that a request names by keyword or by tag."""
    if _dictionary().tag_for_keyword(name) is not None:
        return name
    try:
        return _dictionary().keyword_for_tag(int(name, 16)) or None if len(name) == 8 else None
    except ValueError:
        return None


def representation_of(keyword: str) -> str:
    """Its value representation; of several the first."""
    return str(_dictionary().dictionary_VR(_dictionary().tag_for_keyword(keyword) or 0)).split(" or ")[0]


def attributes_of(header: Mapping[str, Any], keywords: Iterable[str]) -> Attributes:
    """Those of the header's values, in the order of their tags."""
    found: Attributes = {}
    for keyword in keywords:
        add(found, keyword, header.get(keyword))
    return dict(sorted(found.items()))


def add(found: Attributes, keyword: str, value: Any) -> None:
    """Put one value in; what is not there stays out."""
    tag = tag_of(keyword)
    if tag is None or value is None:
        return
    vr = representation_of(keyword)
    if vr in _BYTES:
        return
    values = [_one(item, vr) for item in (value if isinstance(value, list) else [value])]
    if any(item is not None for item in values):
        found[tag] = {"vr": vr, "Value": values}


def _one(value: Any, vr: str) -> Any:
    if vr == "SQ":
        return attributes_of(value, value) if isinstance(value, dict) else None
    if vr == "PN":
        groups = zip(("Alphabetic", "Ideographic", "Phonetic"), str(value).split("="), strict=False)
        return {name: text for name, text in groups if text} or None
    if vr in _NUMBERS:
        try:
            number = float(value)
        except (TypeError, ValueError):
            return None
        return int(number) if vr in _WHOLE or number.is_integer() else number
    return str(value)
