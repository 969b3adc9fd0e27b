"""What an operator does by hand: echo, find, fetch, retry, forget. All raise PullError with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic

from pydicom.dataset import Dataset

from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.pull.errors import PullError
from treadle.connector.pull.keys import fingerprint, is_blind, is_wanted
from treadle.connector.pull.query import Answer, first_day, open_query
from treadle.connector.pull.rule import Known
from treadle.connector.pull.scu import Address, Scu
from treadle.connector.pull.state import PullState
from treadle.connector.spool.layout import Layout, is_safe_uid
from treadle.connector.spool.state import State
from treadle.dicom.routing import read_routing
from treadle.dicom.tags import read_text


@dataclass(frozen=True)
class Found:
    """One series at a source; `routing` is the status of its routing string as far as the source returns it."""

    study: str
    series: str
    date: str
    time: str
    modality: str
    description: str
    instances: int
    routing: str
    is_wanted: bool


def echo(config: ConnectorConfig, device: str) -> float:
    """Seconds a C-ECHO to the device took, association included."""
    scu = _scu(config, _device(config, device))
    began = monotonic()
    scu.echo()
    return monotonic() - began


def find(config: ConnectorConfig, device: str, *, since: date | None = None, study: str = "") -> list[Found]:
    """Series the device holds, oldest first: of one study, of studies since that day, else of those polled."""
    known = _device(config, device)
    if not study and since is None:
        since = first_day(known, datetime.now(UTC))
    with open_query(_scu(config, known), known) as query:
        answers = query.survey(since=since, study=study).answers
    return sorted(
        (_found(answer, known) for answer in answers),
        key=lambda found: (found.date, found.time, found.series),
    )


def fetch(config: ConnectorConfig, device: str, study: str) -> list[Found]:
    """Have the running connector (or the next one to run) retrieve all series of the study now."""
    known = _device(config, device)
    if not is_safe_uid(study):
        raise PullError(f"{study!r} is no Study Instance UID")
    with open_query(_scu(config, known), known) as query:
        answers = [answer for answer in query.survey(study=study).answers if answer.count]
    if not answers:
        raise PullError(f"{device} holds no images of the study {study}")
    with _state(config) as pulled, pulled.spool.transaction():
        for answer in answers:
            now = Known(answer.count, fingerprint(answer.header, known), known.pull.stable_polls, phase="due")
            pulled.put(
                device=device,
                study=answer.study,
                series=answer.series,
                known=now,
                is_blind=is_blind(answer.header, known),
            )
    return [_found(answer, known) for answer in answers]


def retry(config: ConnectorConfig, series: str) -> int:
    """Have failed, abandoned, skipped or ignored retrievals of the series done now; their number."""
    with _state(config) as pulled:
        return pulled.retry(series)


def forget(config: ConnectorConfig, series: str) -> int:
    """Forget that sources hold the series: the next poll sees it as new; the number of sources."""
    with _state(config) as pulled:
        return pulled.forget_series(series)


def _device(config: ConnectorConfig, device: str) -> DeviceConfig:
    known = next((one for one in config.devices if one.id == device), None)
    if known is None:
        names = ", ".join(one.id for one in config.devices) or "none"
        raise PullError(f"no device {device!r} in the configuration; there is: {names}")
    if not known.host:
        raise PullError(f"{device} has no host in the configuration: give it `host`, `port` and `mode: pull`")
    return known


def _scu(config: ConnectorConfig, device: DeviceConfig) -> Scu:
    return Scu(Address.of(device, calling=config.ae_title))


@contextmanager
def _state(config: ConnectorConfig) -> Iterator[PullState]:
    layout = Layout(config.spool)
    if not layout.root.is_dir():
        raise PullError(f"the spool folder {layout.root} is not there: has this connector never run?")
    with closing(State(layout.database)) as spool:
        yield PullState(spool)


def _found(answer: Answer, device: DeviceConfig) -> Found:
    header: Dataset = answer.header
    return Found(
        study=answer.study,
        series=answer.series,
        date=read_text(header, "StudyDate"),
        time=read_text(header, "StudyTime"),
        modality=read_text(header, "Modality"),
        description=read_text(header, "SeriesDescription"),
        instances=answer.count,
        routing=read_routing(header, device.mapping.routing).status,
        is_wanted=is_wanted(header, device),
    )
