"""C-FIND: which series a source holds, and how many instances each has (PS3.4 C.4.1, study root)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from pydicom.dataset import Dataset
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelFind as StudyRootFind,
)

from treadle.connector.config import DeviceConfig
from treadle.connector.pull.errors import NoAnswerError, RefusedError
from treadle.connector.pull.keys import ask_for, key_tags
from treadle.connector.pull.scu import Scu
from treadle.connector.spool.layout import is_safe_uid
from treadle.dicom.tags import read_text
from treadle.dicom.times import zone

_PENDING = (0xFF00, 0xFF01)
_MOST_ANSWERS = 100_000
_SHOWN = ("StudyDate", "StudyTime")
_SHOWN_OF_SERIES = ("SeriesDescription", "Modality", "SeriesNumber")


@dataclass(frozen=True)
class Answer:
    """One series as its source describes it; `header` has the deciding values, of the study where need be."""

    study: str
    series: str
    count: int
    header: Dataset


@dataclass(frozen=True)
class Survey:
    """What a source holds; of the `silent` studies nothing is known this time."""

    answers: list[Answer]
    silent: frozenset[str]


class Query:
    """Questions to one source over one association."""

    def __init__(self, association: Association, scu: Scu, device: DeviceConfig) -> None:
        self._association = association
        self._address = scu.address
        self._tags = key_tags(device)
        self._tags_at = {"STUDY": self._tags, "SERIES": self._tags, "IMAGE": ()}
        self._is_relational = device.pull.query_mode == "relational"

    def survey(self, *, since: date | None = None, study: str = "") -> Survey:
        """Every series of the study, or of all studies since that day; a PullError means no news at all."""
        day = f"{since:%Y%m%d}-" if since else ""
        if self._is_relational:
            return self._by_one_query(day, study)
        return self._by_study(day, study)

    def instances(self, *, study: str, series: str) -> Iterator[Dataset]:
        """Every instance of the series: SOPInstanceUID, and SOPClassUID where the source returns it."""
        return self._find(
            "IMAGE", StudyInstanceUID=study, SeriesInstanceUID=series, SOPInstanceUID="", SOPClassUID=""
        )

    def _by_study(self, day: str, study: str) -> Survey:
        answers: list[Answer] = []
        silent = set()
        studies = list(self._studies(day, study))
        for found in studies:
            uid = read_text(found, "StudyInstanceUID")
            try:
                answers += [self._answer(one, found) for one in self._series(uid) if _is_usable(one, uid)]
            except RefusedError:
                silent.add(uid)
        if silent and len(silent) == len(studies):
            raise RefusedError(f"{self._address} refuses every query for series; try query_mode: relational")
        return Survey(answers, frozenset(silent))

    def _series(self, study: str) -> list[Dataset]:
        try:
            return list(self._find("SERIES", *_SHOWN_OF_SERIES, StudyInstanceUID=study, **_COUNT))
        except RefusedError:
            if not self._tags_at["SERIES"]:
                raise
        # Strict sources allow no keys of patients and studies here; the study has answered with them.
        self._tags_at["SERIES"] = ()
        return self._series(study)

    def _by_one_query(self, day: str, study: str) -> Survey:
        found = list(
            self._find("SERIES", *_SHOWN, *_SHOWN_OF_SERIES, StudyDate=day, StudyInstanceUID=study, **_COUNT)
        )
        answers = []
        studies: dict[str, Dataset] = {}
        for one in found:
            uid = read_text(one, "StudyInstanceUID") or study
            if not _is_usable(one, uid):
                continue
            if uid not in studies and not all(read_text(one, tag) for tag in self._tags):
                studies[uid] = next(iter(list(self._studies("", uid))), Dataset())
            answers.append(self._answer(one, studies.get(uid, Dataset()), study=uid))
        return Survey(answers, frozenset())

    def _studies(self, day: str, study: str) -> Iterator[Dataset]:
        for found in self._find("STUDY", *_SHOWN, StudyDate=day, StudyInstanceUID=study):
            if is_safe_uid(read_text(found, "StudyInstanceUID")):
                yield found

    def _answer(self, one: Dataset, of_study: Dataset, *, study: str = "") -> Answer:
        header = Dataset()
        header.update(of_study)
        header.update({element.tag: element for element in one if not element.is_empty})
        study = study or read_text(of_study, "StudyInstanceUID")
        series = read_text(one, "SeriesInstanceUID")
        count = _number(read_text(one, "NumberOfSeriesRelatedInstances"))
        if count is None:
            count = sum(1 for _ in self.instances(study=study, series=series))
        return Answer(study=study, series=series, count=count, header=header)

    def _find(self, level: str, *returned: str, **matched: str) -> Iterator[Dataset]:
        query = Dataset()
        query.QueryRetrieveLevel = level
        for keyword, value in chain(((keyword, "") for keyword in returned), matched.items()):
            if keyword not in query or value:
                setattr(query, keyword, value)
        ask_for(query, self._tags_at[level])
        responses = self._association.send_c_find(query, StudyRootFind)
        for number, (status, answer) in enumerate(responses):
            if number >= _MOST_ANSWERS:
                raise NoAnswerError(f"{self._address} has too many answers; shorten lookback_days")
            if "Status" not in status:
                raise NoAnswerError(
                    f"{self._address} broke off a query at {level} level or did not answer it"
                )
            if status.Status in _PENDING:
                if answer is not None:
                    yield answer
            elif status.Status != 0:
                raise RefusedError(
                    f"{self._address} refused a query at {level} level with status 0x{status.Status:04X}"
                    f" {status.get('ErrorComment') or ''}".rstrip()
                )


_COUNT = {"SeriesInstanceUID": "", "NumberOfSeriesRelatedInstances": ""}


def first_day(device: DeviceConfig, now: datetime) -> date:
    """The oldest study date that is asked for, by the clock of the device."""
    today = now.astimezone(zone(device.mapping.timezone)).date()
    return today - timedelta(days=device.pull.lookback_days)


@contextmanager
def open_query(scu: Scu, device: DeviceConfig) -> Iterator[Query]:
    """An association for questions."""
    relational = SOPClassExtendedNegotiation()
    relational.sop_class_uid = StudyRootFind
    relational.service_class_application_information = b"\x01"
    negotiation = [relational] if device.pull.query_mode == "relational" else []
    with scu.associate([build_context(StudyRootFind)], negotiation=negotiation) as association:
        yield Query(association, scu, device)


def _is_usable(answer: Dataset, study: str) -> bool:
    return is_safe_uid(study) and is_safe_uid(read_text(answer, "SeriesInstanceUID"))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
