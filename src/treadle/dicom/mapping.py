"""Header -> container fields: what one representative instance says about its file (step 5 of the flow)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pydicom.dataset import Dataset

from treadle.dicom import demographics
from treadle.dicom.config import MappingConfig
from treadle.dicom.header import facts_of
from treadle.dicom.identity import acquisition_uid as uid_of_instance
from treadle.dicom.identity import is_siemens
from treadle.dicom.labels import ACQUISITION_LABEL_LENGTH, safe_label
from treadle.dicom.person_name import join_operators, split_person_name
from treadle.dicom.routing import Route, parse_routing
from treadle.dicom.tags import is_same_tag, read_text, read_values
from treadle.dicom.times import Clockwork, zone_name

__all__ = ["MappingConfig", "SeriesFields", "map_instance"]

FILE_SUFFIX = ".dicom.zip"


@dataclass(frozen=True, kw_only=True)
class SeriesFields:
    """Everything the platform stores about the containers and the file of one series."""

    group_id: str | None = None
    project_label: str | None = None
    subject_label: str | None = None
    subject_firstname: str | None = None
    subject_lastname: str | None = None
    subject_sex: str | None = None
    session_uid: str | None = None
    session_label: str | None = None
    session_operator: str | None = None
    session_timestamp: datetime | None = None
    session_timezone: str | None = None
    session_age: int | None = None
    session_weight: float | None = None
    acquisition_uid: str | None = None
    acquisition_label: str | None = None
    acquisition_timestamp: datetime | None = None
    acquisition_timezone: str | None = None
    file_type: str = "dicom"
    file_modality: str | None = None
    file_name: str | None = None

    def flat(self) -> dict[str, object]:
        """Fields by their flat names, JSON ready; None where a field is not set.

        >>> SeriesFields(group_id="psych").flat()["group._id"]
        'psych'
        """
        return {name: _plain(getattr(self, attribute)) for name, attribute in _FLAT.items()}


_FLAT = {
    "group._id": "group_id",
    "project.label": "project_label",
    **{f"subject.{name}": f"subject_{name}" for name in ("label", "firstname", "lastname", "sex")},
    **{
        f"session.{name}": f"session_{name}"
        for name in ("uid", "label", "operator", "timestamp", "timezone", "age", "weight")
    },
    **{f"acquisition.{name}": f"acquisition_{name}" for name in ("uid", "label", "timestamp", "timezone")},
    **{f"file.{name}": f"file_{name}" for name in ("type", "modality", "name")},
}


def map_instance(
    ds: Dataset, config: MappingConfig | None = None, *, route: Route, acquisition_uid: str | None = None
) -> SeriesFields:
    """Fields of the file that the instance represents; `acquisition_uid` is the bucket's, when already known.

    >>> ds = Dataset()
    >>> ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SeriesDescription = "1.2.3", "4.5.6", "T2* map"
    >>> fields = map_instance(ds, route=Route())
    >>> fields.subject_label, fields.acquisition_label, fields.file_name
    ('exc47f5b18', 'T2star map', 'T2star map.dicom.zip')
    """
    config = config or MappingConfig()
    clock = Clockwork(ds, config)
    session_at = clock.session()
    acquisition_at = clock.acquisition(is_siemens=is_siemens(read_text(ds, "Manufacturer")))
    name = split_person_name(next(iter(read_values(ds, "PatientName")), None))
    label = _acquisition_label(ds, config, acquisition_at)
    return SeriesFields(
        group_id=route.group,
        project_label=route.project,
        subject_label=_subject_label(ds, config, route),
        subject_firstname=name.firstname,
        subject_lastname=name.lastname,
        subject_sex=demographics.sex(read_text(ds, "PatientSex")),
        session_uid=read_text(ds, "StudyInstanceUID") or None,
        session_label=_session_label(ds, config, route, session_at),
        session_operator=join_operators(read_values(ds, "OperatorsName")),
        session_timestamp=session_at,
        session_timezone=zone_name(config.timezone) if session_at else None,
        session_age=demographics.age_seconds(ds, acquisition_at),
        session_weight=demographics.weight_kg(read_text(ds, "PatientWeight")),
        acquisition_uid=acquisition_uid or uid_of_instance(facts_of(ds), config) or None,
        acquisition_label=label,
        acquisition_timestamp=acquisition_at,
        acquisition_timezone=zone_name(config.timezone) if acquisition_at else None,
        file_modality=read_text(ds, "Modality") or None,
        file_name=f"{label}{FILE_SUFFIX}" if label else None,
    )


def _subject_label(ds: Dataset, config: MappingConfig, route: Route) -> str:
    by_key = _tag_label(ds, config.subject_key, config)
    choices = (by_key, route.subject or "") if config.subject_key_wins else (route.subject or "", by_key)
    study_id = safe_label(read_text(ds, "StudyID"))
    return (
        choices[0]
        or choices[1]
        or _tag_label(ds, "PatientID", config)
        or (safe_label(f"ex{study_id}") if study_id else _study_hash(ds))
    )


def _tag_label(ds: Dataset, tag: str | None, config: MappingConfig) -> str:
    if not tag:
        return ""
    values = read_values(ds, tag)
    is_routing = any(is_same_tag(tag, routing) for routing in config.routing.tags)
    if is_routing and parse_routing(values, config.routing).form != "none":
        return ""
    return safe_label(read_text(ds, tag))


def _study_hash(ds: Dataset) -> str:
    return "ex" + hashlib.sha256(read_text(ds, "StudyInstanceUID").encode()).hexdigest()[:8]


def _session_label(ds: Dataset, config: MappingConfig, route: Route, at: datetime | None) -> str | None:
    return (
        route.session
        or safe_label(read_text(ds, config.session_label_key))
        or _time_label(at)
        or safe_label(read_text(ds, "StudyInstanceUID"))
        or None
    )


def _acquisition_label(ds: Dataset, config: MappingConfig, at: datetime | None) -> str | None:
    described = _cut(read_text(ds, "SeriesDescription")) or _cut(read_text(ds, "ProtocolName"))
    number = read_text(ds, "SeriesNumber")
    if described and number and config.acquisition_label == "number_description":
        described = _cut(f"{number} - {described}")
    return described or _time_label(at) or _cut(read_text(ds, "SeriesInstanceUID")) or None


def _cut(text: str) -> str:
    return safe_label(text, length=ACQUISITION_LABEL_LENGTH)


def _time_label(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H-%M-%S") if at else ""


def _plain(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")
