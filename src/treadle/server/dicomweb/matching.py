"""QIDO-RS parameters (PS3.18 8.3.4): what is matched, which attributes are answered, which page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fastapi import Request
from sqlalchemy import ColumnElement, and_, func, or_

from treadle.server.catalog.tables import dicom_series, file, instance
from treadle.server.dicomweb.attributes import keyword_of, representation_of
from treadle.server.dicomweb.errors import QueryInvalid

MOST = 1000  # rows of one answer
_OFFSET = 10**9
_KEYS = 50
_RANGES = frozenset({"DA", "TM", "DT"})
_EXACT = frozenset({"UI", "DS", "FD", "FL", "IS", "SL", "SS", "UL", "US"})
_NUMBERS = _EXACT - {"UI"}
_IN_INDEX: dict[str, ColumnElement[str]] = {
    "StudyInstanceUID": dicom_series.c.study_uid,
    "SeriesInstanceUID": dicom_series.c.series_uid,
}
_OF_INSTANCE: dict[str, ColumnElement[str]] = {
    "SOPInstanceUID": instance.c.sop_uid,
    "SOPClassUID": instance.c.sop_class_uid,
    "AvailableTransferSyntaxUID": instance.c.transfer_syntax,
}
_NUMBERS_OF_INSTANCE = {
    "InstanceNumber": instance.c.number,
    "Rows": instance.c.rows,
    "Columns": instance.c.columns,
    "NumberOfFrames": instance.c.frames,
}
_STUDY_KEYS = {"ModalitiesInStudy": "Modality", "SOPClassesInStudy": "SOPClassUID"}


@dataclass(frozen=True)
class Search:
    """A search request, read."""

    conditions: list[ColumnElement[bool]]
    fields: frozenset[str]  # keywords asked for
    everything: bool
    limit: int
    offset: int
    warnings: list[str] = field(default_factory=list)


def read_search(request: Request, level: str) -> Search:
    """The parameters of a search on this level; QueryInvalid for what is none."""
    fields: set[str] = set()
    conditions, warnings = [], []
    everything, limit, offset = False, MOST, 0
    for name, value in request.query_params.multi_items():
        if "\0" in value:
            raise QueryInvalid(f"{name}: a value cannot hold a NUL character.")
        match name.lower():
            case "accept":
                continue
            case "limit":
                limit = min(_count(name, value), MOST)
            case "offset":
                offset = _count(name, value)
            case "fuzzymatching":
                if value.lower() == "true":
                    warnings.append(
                        "The fuzzymatching parameter is not supported. Only literal matching was done."
                    )
            case "includefield":
                names = [item for item in value.split(",") if item]
                everything = everything or "all" in names
                fields.update(_keyword(item) for item in names if item != "all")
            case _:
                conditions.append(_condition(name, value, level))
                fields.add(_keyword(name))
    if len(conditions) > _KEYS:
        raise QueryInvalid(f"At most {_KEYS} attributes can be matched at once.")
    wanted = [condition for condition in conditions if condition is not None]
    return Search(wanted, frozenset(fields), everything, limit, offset, warnings)


def _count(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", value) or int(value) > _OFFSET:
        raise QueryInvalid(f"{name} must be a whole number from 0 to {_OFFSET}.")
    return int(value)


def _keyword(name: str) -> str:
    """The last attribute of a path; attributes inside sequences are answered with their sequence."""
    found = [keyword_of(word) for word in name.split(".")]
    if any(word is None for word in found):
        raise QueryInvalid(f"'{name[:100]}' is no attribute of the DICOM dictionary.")
    return str(found[0])


def _condition(name: str, value: str, level: str) -> ColumnElement[bool] | None:
    """The rows that match; None where anything does."""
    keyword = _keyword(name)
    if "." in name:
        raise QueryInvalid(f"'{name[:100]}': attributes inside sequences cannot be matched.")
    if value in ("", "*"):
        return None
    if keyword in _IN_INDEX:
        return _any_of(value, lambda one: _IN_INDEX[keyword] == one)
    if keyword in _OF_INSTANCE or keyword in _NUMBERS_OF_INSTANCE:
        if level != "instances":
            raise QueryInvalid(f"{keyword} can be matched among instances only.")
        if keyword in _OF_INSTANCE:
            return _any_of(value, lambda one: _OF_INSTANCE[keyword] == one)
        return _NUMBERS_OF_INSTANCE[keyword] == _whole(keyword, value)
    keyword = _STUDY_KEYS.get(keyword, keyword)
    vr = representation_of(keyword)
    if vr in ("SQ", "OB", "OW", "UN"):
        raise QueryInvalid(f"{keyword} cannot be matched.")
    return _in_header(keyword, vr, value)


def _in_header(keyword: str, vr: str, value: str) -> ColumnElement[bool]:
    said: ColumnElement[str] = file.c.info["header"]["dicom"][keyword].astext
    if vr in _RANGES and "-" in value:
        return _range(said, value)
    if vr in _NUMBERS:
        return said == str(_whole(keyword, value)) if vr not in ("DS", "FD", "FL") else said == value
    if vr in _EXACT or vr in _RANGES:
        return _any_of(value, lambda one: said == one)
    if vr == "PN" or "*" in value or "?" in value:
        pattern = re.sub(r"([\\%_])", r"\\\1", value).replace("*", "%").replace("?", "_")
        return said.ilike(pattern, escape="\\") if vr == "PN" else said.like(pattern, escape="\\")
    return said == value


def _range(said: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Dates and times compare as texts; an end is as exact as it is written."""
    first, _, last = value.partition("-")
    if not re.fullmatch(r"[0-9.]*-[0-9.]*", value) or not (first or last):
        raise QueryInvalid(f"'{value[:50]}' is no range of dates or times.")
    parts = [said >= first] if first else []
    if last:
        parts.append(func.left(said, len(last)) <= last)
    return and_(*parts)


def _any_of(value: str, one: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    values: Iterable[str] = re.split(r"[,\\]", value)[:MOST]
    return or_(*(one(item.strip()) for item in values))


def _whole(keyword: str, value: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", value.strip()):
        raise QueryInvalid(f"{keyword} must be a whole number.")
    return int(value)
