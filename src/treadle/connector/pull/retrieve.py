"""C-MOVE and C-GET of one series or one instance (PS3.4 C.4.2 and C.4.3, study root)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic

from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian
from pynetdicom import ALL_TRANSFER_SYNTAXES, StoragePresentationContexts, build_role
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelGet as StudyRootGet,
)
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelMove as StudyRootMove,
)

from treadle.connector.arrivals import Arrivals, Expected
from treadle.connector.config import DeviceConfig
from treadle.connector.pull.errors import NoAnswerError, RefusedError
from treadle.connector.pull.get_landing import GetLanding
from treadle.connector.pull.query import open_query
from treadle.connector.pull.scu import Scu
from treadle.dicom.tags import read_text

_PENDING = (0xFF00, 0xFF01)
_SETTLE_S = 30.0  # after the source has finished, for the indexer
_LOOK_EVERY_S = 1.0
_MOST_CONTEXTS = 128
_PLAIN_FIRST = [
    ExplicitVRLittleEndian,
    *(one for one in ALL_TRANSFER_SYNTAXES if one != ExplicitVRLittleEndian),
]
_MEANING = {
    0xA701: "it is out of resources",
    0xA702: "it could not send the images to us; check that it reaches our DICOM port",
    0xA801: "it does not know our AE title {calling}: register that there, with this machine's address and port",
    0xA900: "it does not understand the request",
    0xB000: "it could not send all images to us",
    0xFE00: "the transfer was cancelled there",
}

_OTHER = "it failed; check there that our AE title {calling} is registered and that it reaches our DICOM port"


@dataclass(frozen=True)
class Wanted:
    """What to retrieve: a series, or one instance of it; and how many instances that must be at least."""

    study: str
    series: str
    count: int
    instance: str = ""


class Retriever:
    """Retrieves from one source, by C-MOVE to ourselves or by C-GET."""

    def __init__(
        self, scu: Scu, device: DeviceConfig, arrivals: Arrivals, *, landing: GetLanding | None
    ) -> None:
        """`landing` is where C-GET puts instances; None: C-MOVE."""
        self._scu = scu
        self._device = device
        self._arrivals = arrivals
        self._landing = landing

    def retrieve(self, wanted: Wanted) -> int:
        """The number of distinct instances that are now in the spool, at least as wanted; else a PullError."""
        with self._arrivals.expect(
            device=self._device.id, study=wanted.study, series=wanted.series
        ) as expected:
            if self._landing is None:
                self._move(wanted, expected)
            else:
                self._get(wanted, expected, self._landing)
            if not expected.wait_for(wanted.count, patience_s=_SETTLE_S):
                raise RefusedError(
                    f"{expected.count} of {wanted.count} instances arrived although {self._scu.address} reports "
                    f"success; it must send as {self._scu.address.called} to our AE title "
                    f"{self._scu.address.calling}"
                )
            return expected.count

    def _move(self, wanted: Wanted, expected: Expected) -> None:
        with self._scu.associate([build_context(StudyRootMove)]) as association:
            responses = association.send_c_move(_identifier(wanted), self._scu.address.calling, StudyRootMove)
            self._follow(association, responses, expected)

    def _classes(self, wanted: Wanted) -> frozenset[str]:
        with open_query(self._scu, self._device) as query:
            instances = query.instances(study=wanted.study, series=wanted.series)
            return frozenset(read_text(instance, "SOPClassUID") for instance in instances) - {""}

    def _get(self, wanted: Wanted, expected: Expected, landing: GetLanding) -> None:
        storage = _storage_contexts(self._classes(wanted))
        roles = [build_role(uid, scp_role=True) for uid in {str(one.abstract_syntax) for one in storage}]
        contexts = [build_context(StudyRootGet), *storage]
        with self._scu.associate(contexts, negotiation=roles, on_store=landing.store) as association:
            try:
                responses = association.send_c_get(_identifier(wanted), StudyRootGet)
                self._follow(association, responses, expected)
            finally:
                landing.drop_unfinished(association)

    def _follow(
        self,
        association: Association,
        responses: Iterator[tuple[Dataset, Dataset | None]],
        expected: Expected,
    ) -> None:
        association.dimse_timeout = None  # sources may be silent until the end; the watch breaks off
        with self._watched(expected) as note:
            for status, _ in responses:
                note()
                if "Status" not in status:
                    raise NoAnswerError(f"{self._scu.address} broke off the transfer")
                if status.Status not in _PENDING and status.Status != 0:
                    raise RefusedError(self._reason(status))

    @contextmanager
    def _watched(self, expected: Expected) -> Iterator[Callable[[], None]]:
        """Break off once neither a response nor an instance has come for long."""
        over = Event()
        answered_at = monotonic()

        def note() -> None:
            nonlocal answered_at
            answered_at = monotonic()

        def watch() -> None:
            while not over.wait(_LOOK_EVERY_S):
                if monotonic() - max(answered_at, expected.moved_at) > self._device.pull.idle_s:
                    self._scu.break_off()

        Thread(target=watch, name="pull-watch", daemon=True).start()
        try:
            yield note
        finally:
            over.set()

    def _reason(self, status: Dataset) -> str:
        meaning = _MEANING.get(status.Status, _OTHER).format(calling=self._scu.address.calling)
        failed = status.get("NumberOfFailedSuboperations")
        parts = [f"{self._scu.address} answered 0x{status.Status:04X}: {meaning}"]
        if failed:
            parts.append(f"{failed} instances failed")
        if status.get("ErrorComment"):
            parts.append(str(status.ErrorComment))
        return "; ".join(parts)


def _identifier(wanted: Wanted) -> Dataset:
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "IMAGE" if wanted.instance else "SERIES"
    identifier.StudyInstanceUID = wanted.study
    identifier.SeriesInstanceUID = wanted.series
    if wanted.instance:
        identifier.SOPInstanceUID = wanted.instance
    return identifier


def _storage_contexts(classes: frozenset[str]) -> list[PresentationContext]:
    """One context for each class and transfer syntax, so that images come as they are stored."""
    each = [build_context(UID(uid), syntax) for uid in sorted(classes) for syntax in ALL_TRANSFER_SYNTAXES]
    if each and len(each) < _MOST_CONTEXTS:
        return each
    if classes and len(classes) < _MOST_CONTEXTS:
        return [build_context(UID(uid), _PLAIN_FIRST) for uid in sorted(classes)]
    return [
        build_context(str(context.abstract_syntax), _PLAIN_FIRST)
        for context in StoragePresentationContexts[: _MOST_CONTEXTS - 1]
    ]
