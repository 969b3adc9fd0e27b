"""One complete series on its way: opt check, split into buckets, pack and upload of each (flow steps 3-7)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import time
from typing import cast

from treadle.connector.api import Api, Confirmed
from treadle.connector.bundle import Bundle, make_bundle
from treadle.connector.config import DeviceConfig
from treadle.connector.devices import Devices
from treadle.connector.errors import ChangedError, HeldError
from treadle.connector.events import series_event
from treadle.connector.health import Health
from treadle.connector.restore import Restorer
from treadle.connector.scratch import Scratch
from treadle.connector.spool.facts import facts_from_text
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Instance, Series, State
from treadle.dicom.config import SplitChoice
from treadle.dicom.digest import series_digest
from treadle.dicom.header import NotDicomError, read_header
from treadle.dicom.identity import InstanceFacts, representative, split_choice, split_series
from treadle.dicom.optin import decide_header
from treadle.dicom.routing import read_routing

Send = Callable[[Api, Bundle], Confirmed]


class Delivery:
    """Delivers series; whatever goes wrong leaves it as an exception and the series to be delivered again."""

    def __init__(self, layout: Layout, state: State, devices: Devices, health: Health) -> None:
        self._layout = layout
        self._state = state
        self._devices = devices
        self._health = health
        self._restorer = Restorer(layout, state)

    def deliver(self, series_id: int, *, api: Api, scratch: Scratch, send: Send) -> None:
        """Bring the series as it is now to the server."""
        series = self._state.series(series_id)
        if series is None or series.generation <= series.settled:
            return
        device = self._devices.get(series.device)
        instances = self._restorer.complete_files(api, series)
        try:
            if not instances or self._is_skipped(series, instances, device):
                self._skip(series, reason=f"opt-{device.opt.mode}" if instances else "no instances left")
                return
            reason = self._deliver_buckets(series, instances, device, api=api, scratch=scratch, send=send)
        except NotDicomError as error:
            raise HeldError(f"header unreadable: {error}") from error
        self._state.settle_series(series.id, generation=series.generation, state="uploaded", reason=reason)
        last_came = max(row.mtime_ns for row in instances) / 1e9
        self._health.uploaded(series.device, series.id, waited_s=time() - last_came)

    def _skip(self, series: Series, *, reason: str) -> None:
        self._state.settle_series(series.id, generation=series.generation, state="skipped")
        self._health.count(series.device, "series_skipped")
        series_event("skipped", series, reason=reason)

    def _facts(self, series: Series, instances: Sequence[Instance]) -> list[InstanceFacts]:
        folder = self._layout.series(device=series.device, study=series.study, series=series.series)
        return [facts_from_text(row.facts, path=folder / f"{row.sop}.dcm") for row in instances]

    def _is_skipped(self, series: Series, instances: Sequence[Instance], device: DeviceConfig) -> bool:
        if device.opt.mode == "all":
            return False
        first = representative(self._facts(series, instances))
        header = read_header(str(first.path))
        route = read_routing(header, device.mapping.routing)
        return decide_header(header, device.opt, route=route) == "skip"

    def _deliver_buckets(
        self,
        series: Series,
        instances: Sequence[Instance],
        device: DeviceConfig,
        *,
        api: Api,
        scratch: Scratch,
        send: Send,
    ) -> str | None:
        """Why a bucket of it was parked, if one was."""
        reason = None
        facts = self._facts(series, instances)
        split = series.split or split_choice(facts, device.mapping)
        self._state.keep_split(series.id, split)
        mapping = replace(device.mapping, split_by_acquisition_number=cast(SplitChoice, split))
        rows = {row.sop: row for row in instances}
        for bucket, members in sorted(split_series(facts, mapping).items()):
            if self._is_known(series, bucket, [rows[one.sop_uid] for one in members]):
                continue
            try:
                bundle = make_bundle(members, bucket=bucket, device=device, scratch=scratch)
                series_event("packed", series, bucket=bucket, instances=len(members), bytes=bundle.size)
                self._state.put_digests(series.id, [(rows[sop], one) for sop, one in bundle.hashes.items()])
                self._check_unchanged(series)
                if self._state.bucket_digest(series.id, bucket) != bundle.digest:
                    confirmed = send(api, bundle)
                    self._confirm(series, bucket, bundle, confirmed)
                    reason = reason or confirmed.reason
            finally:
                scratch.clear()
        return reason

    def _is_known(self, series: Series, bucket: str, members: Sequence[Instance]) -> bool:
        """Whether the server has confirmed just these instances; one not yet packed is new."""
        digest = series_digest((row.sop, row.sha256) for row in members)
        return all(row.sha256 for row in members) and self._state.bucket_digest(series.id, bucket) == digest

    def _check_unchanged(self, series: Series) -> None:
        now = self._state.series(series.id)
        if now is None or now.generation != series.generation:
            raise ChangedError

    def _confirm(self, series: Series, bucket: str, bundle: Bundle, confirmed: Confirmed) -> None:
        self._state.put_bucket(
            series.id, bucket, digest=bundle.digest, file_id=confirmed.file_id, version=confirmed.version
        )
        self._health.count(series.device, "files")
        self._health.count(series.device, "bytes_sent", bundle.size)
        if confirmed.reason:
            self._health.count(series.device, f"misrouted_{confirmed.reason}")
        series_event(
            "unchanged" if confirmed.unchanged else "uploaded",
            series,
            bucket=bucket,
            file=confirmed.file_id,
            version=confirmed.version,
        )
        series_event("placed", series, bucket=bucket, reason=confirmed.reason or "ok")
