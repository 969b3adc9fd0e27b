"""One retrieval of a series and what follows from how it ended (section 2.4, 2.5)."""

from __future__ import annotations

from pathlib import Path

from treadle.connector.health import log
from treadle.connector.pull.desk import Desk
from treadle.connector.pull.errors import PullError
from treadle.connector.pull.keys import fingerprint
from treadle.connector.pull.retrieve import Wanted
from treadle.connector.pull.rule import after_failure, retry_wait_s
from treadle.connector.pull.state import Row
from treadle.dicom.header import NotDicomError, read_header


def take(desk: Desk, row: Row) -> float | None:
    """Retrieve the series; seconds to wait before it may be tried again, None when that is not to be done."""
    if _is_there(desk, row):
        _succeed(desk, row, received=0, seconds=0.0)
        return None
    desk.pulled.set_phase(row, "retrieving")
    began = desk.clock.monotonic()
    try:
        received = desk.retriever.retrieve(Wanted(row.study, row.series, row.known.count))
    except PullError as error:
        return _fail(desk, row, str(error))
    except Exception as error:  # noqa: BLE001 - the library's border: the series is tried again
        log.exception("retrieval failed", extra={"fields": {"device": row.device, "series": row.series}})
        return _fail(desk, row, type(error).__name__)
    _succeed(desk, row, received=received, seconds=desk.clock.monotonic() - began)
    return None


def header_fingerprint(desk: Desk, path: Path | None) -> str | None:
    """Fingerprint of the deciding values in that file's header; None when there is no such file."""
    try:
        return fingerprint(read_header(path), desk.device) if path is not None else None
    except (NotDicomError, OSError):
        return None


def _is_there(desk: Desk, row: Row) -> bool:
    """Whether a device that also sends by itself has sent all of the series already."""
    if desk.device.mode != "both" or row.taken not in (None, row.known.keys):
        return False
    series = desk.spooled(row)
    return series is not None and desk.pulled.spool.instance_count(series.id) >= row.known.count


def _succeed(desk: Desk, row: Row, *, received: int, seconds: float) -> None:
    header = header_fingerprint(desk, min(desk.files(row).glob("*.dcm"), default=None))
    desk.pulled.set_retrieved(row, header=header)
    if received:
        desk.count("series_retrieved")
        progress = f"{received}/{row.known.count}"
        desk.note("retrieved", row, instances=progress, seconds=round(seconds, 2))
        series = desk.spooled(row)
        if series is not None:
            desk.submit(series.id)


def _fail(desk: Desk, row: Row, reason: str) -> float | None:
    if desk.stop.is_set():
        return None  # broken off by us: the next start takes it up
    pull = desk.device.pull
    known = after_failure(row.known, max_failures=pull.max_failures)
    desk.pulled.set_phase(row, known.phase, failures=known.failures)
    desk.count("series_failed")
    desk.note("failed", row, n=known.failures, reason=reason)
    _release_pushed(desk, row)
    if known.phase == "abandoned":
        desk.count("series_abandoned")
        desk.note("abandoned", row, reason=reason)
        return None
    return retry_wait_s(known.failures, first_s=pull.retry_first_s)


def _release_pushed(desk: Desk, row: Row) -> None:
    """What a device sent by itself does not wait for the retrieval."""
    series = desk.spooled(row)
    if desk.device.mode == "both" and series is not None and series.generation > series.settled:
        desk.watch(series.id)
