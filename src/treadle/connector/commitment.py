"""Storage commitment: tells a device which of its instances are safe (PS3.4 annex J).

Requests lie in `commitments/<device>/` until they are answered. The report goes out on a new association once
every instance is safe, or when the device's time is over with those that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic, time

from pydicom import dcmread
from pydicom.dataset import Dataset

from treadle.connector.backoff import delay
from treadle.connector.config import DeviceConfig
from treadle.connector.devices import Devices
from treadle.connector.health import Health, log_event
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import State
from treadle.dicom.tags import BROKEN_VALUE

NO_SUCH_INSTANCE = 0x0112
ALL_SAFE, SOME_FAILED = 1, 2
_LOOK_EVERY_S = 1.0
_REPEAT_FOR_S = 24 * 3600.0
_FIRST_REPEAT_S = 5.0
_MOST_VALUES = 500  # in one question to the state file


@dataclass(frozen=True)
class Request:
    """What a device asks: class and instance UIDs, under the number it gave the question."""

    transaction: str
    instances: tuple[tuple[str, str], ...]


@dataclass
class _Waiting:
    device: str
    request: Request
    failures: int = 0
    again_at: float = 0.0


Report = Callable[[DeviceConfig, Dataset, int], None]


def read_request(path: Path) -> Request:
    """The request in a file; ValueError when it is none."""
    try:
        ds = dcmread(path)
        items = [
            (str(item.ReferencedSOPClassUID), str(item.ReferencedSOPInstanceUID))
            for item in ds.ReferencedSOPSequence
        ]
        return Request(str(ds.TransactionUID), tuple(items))
    except BROKEN_VALUE as error:
        raise ValueError(f"no storage commitment request: {error}") from error


def event_report(request: Request, safe: Iterable[str]) -> tuple[int, Dataset]:
    """Event type and information of the answer, with these instances safe."""
    known = set(safe)
    ds = Dataset()
    ds.TransactionUID = request.transaction
    good = [_item(*pair) for pair in request.instances if pair[1] in known]
    bad = [_item(*pair, reason=NO_SUCH_INSTANCE) for pair in request.instances if pair[1] not in known]
    if good:
        ds.ReferencedSOPSequence = good
    if bad:
        ds.FailedSOPSequence = bad
    return (SOME_FAILED if bad else ALL_SAFE), ds


def _item(sop_class: str, sop_instance: str, *, reason: int | None = None) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, sop_instance
    if reason is not None:
        item.FailureReason = reason
    return item


class Commitments:
    """Answers requests in its own thread; `report` delivers an answer and raises OSError when it cannot."""

    def __init__(
        self, layout: Layout, state: State, devices: Devices, health: Health, *, report: Report
    ) -> None:
        self._layout = layout
        self._state = state
        self._devices = devices
        self._health = health
        self._report = report
        self._waiting: dict[Path, _Waiting] = {}
        self._stop = Event()
        self._thread = Thread(target=self._run, name="commitments", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, *, timeout_s: float) -> None:
        """Answer no more; what is left is answered after the next start."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_S):
            self._find()
            for path, waiting in list(self._waiting.items()):
                if monotonic() >= waiting.again_at and not self._stop.is_set():
                    self._look(path, waiting)

    def _find(self) -> None:
        for path in sorted(self._layout.commitments.glob("*/*.dcm")):
            if path in self._waiting:
                continue
            try:
                self._waiting[path] = _Waiting(path.parent.name, read_request(path))
            except ValueError as error:
                path.unlink(missing_ok=True)
                log_event("commitment unreadable", level=30, device=path.parent.name, reason=str(error))

    def _look(self, path: Path, waiting: _Waiting) -> None:
        device = self._devices.get(waiting.device)
        if device.commitment is None:  # no longer configured
            self._end(path, "commitment dropped", waiting)
            return
        age = time() - path.stat().st_mtime
        sops = [sop for _, sop in waiting.request.instances]
        safe = self._safe(waiting.device, sops, uploaded=device.commitment.commit_when == "uploaded")
        if len(safe) < len(set(sops)) and age < device.commitment.commit_timeout_s:
            return
        kind, information = event_report(waiting.request, safe)
        try:
            self._report(device, information, kind)
        except OSError as error:
            self._later(
                path, waiting, error, gives_up=age > device.commitment.commit_timeout_s + _REPEAT_FOR_S
            )
        else:
            self._health.trouble(f"commitment {waiting.device}", None)
            self._health.count(waiting.device, "committed" if kind == ALL_SAFE else "commitments_failed")
            self._end(path, "commitment reported", waiting, missing=len(set(sops)) - len(safe))

    def _safe(self, device: str, sops: list[str], *, uploaded: bool) -> set[str]:
        """Which of the instances are here, or on the server as they are here."""
        done = " AND state = 'uploaded' AND generation = settled" if uploaded else ""
        safe: set[str] = set()
        for at in range(0, len(sops), _MOST_VALUES):
            some = sops[at : at + _MOST_VALUES]
            marks = ", ".join("?" * len(some))
            rows = self._state.execute(
                "SELECT sop FROM instance JOIN series ON id = series_id"
                f" WHERE device = ? AND sop IN ({marks}){done}",
                device,
                *some,
            )
            safe.update(row[0] for row in rows)
        return safe

    def _later(self, path: Path, waiting: _Waiting, error: OSError, *, gives_up: bool) -> None:
        waiting.failures += 1
        waiting.again_at = monotonic() + delay(waiting.failures, first_s=_FIRST_REPEAT_S)
        why = f"{waiting.device}: storage commitment cannot be reported: {error}"
        self._health.trouble(f"commitment {waiting.device}", why)
        log_event("commitment not reported", level=30, device=waiting.device, reason=str(error))
        if gives_up:
            self._end(path, "commitment given up", waiting)

    def _end(self, path: Path, event: str, waiting: _Waiting, **fields: int) -> None:
        path.unlink(missing_ok=True)
        del self._waiting[path]
        count = len(waiting.request.instances)
        log_event(event, device=waiting.device, instances=count, **fields)
