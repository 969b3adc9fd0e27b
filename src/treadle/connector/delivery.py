"""One complete series on its way: opt check, split into buckets, pack and upload of each (flow steps 3-7)."""

from collections.abc import Sequence
from dataclasses import replace
from time import time
from typing import cast

from treadle.connector.api import Api, Confirmed
from treadle.connector.bundle import Bundle, describe
from treadle.connector.devices import Devices
from treadle.connector.errand import Errand, Send
from treadle.connector.errors import ChangedError, HeldError
from treadle.connector.events import series_event
from treadle.connector.health import Health
from treadle.connector.privacy.desk import Desk
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.restore import Restorer
from treadle.connector.scratch import Scratch
from treadle.connector.spool.facts import facts_from_text
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.sent_as import SentAs
from treadle.connector.spool.state import Instance, Series, State
from treadle.dicom.config import SplitChoice
from treadle.dicom.digest import series_digest
from treadle.dicom.header import NotDicomError, read_header
from treadle.dicom.identity import InstanceFacts, representative, split_choice, split_series
from treadle.dicom.optin import decide_header
from treadle.dicom.routing import read_routing


class Delivery:
    """Delivers series; whatever goes wrong leaves it as an exception and the series to be delivered again."""

    def __init__(self, layout: Layout, state: State, devices: Devices, health: Health, desk: Desk) -> None:
        self._layout = layout
        self._state = state
        self._devices = devices
        self._health = health
        self._desk = desk
        self._sent_as = SentAs(state)
        self._restorer = Restorer(layout, state)

    def deliver(self, series_id: int, *, api: Api, scratch: Scratch, send: Send) -> None:
        """Bring the series as it is now to the server."""
        series = self._state.series(series_id)
        if series is None or series.generation <= series.settled:
            return
        device = self._devices.get(series.device)
        instances, away = self._restorer.complete_files(api, series)
        errand = Errand(
            series=series, device=device, instances=instances, away=away, api=api, scratch=scratch, send=send
        )
        at_hand = [row for row in instances if row.sop not in away]
        try:
            if not at_hand or self._is_skipped(errand, at_hand):
                self._skip(series, reason=f"opt-{device.opt.mode}" if at_hand else "no instances left")
                return
            reason = self._deliver_buckets(errand)
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

    def _is_skipped(self, errand: Errand, at_hand: Sequence[Instance]) -> bool:
        device = errand.device
        if device.opt.mode == "all":
            return False
        first = representative(self._facts(errand.series, at_hand))
        header = read_header(str(first.path))
        route = read_routing(header, device.mapping.routing)
        return decide_header(header, device.opt, route=route) == "skip"

    def _deliver_buckets(self, errand: Errand) -> str | None:
        """Why a bucket of it was parked, if one was."""
        reason = None
        series, mapping = errand.series, errand.device.mapping
        facts = self._facts(series, errand.instances)
        split = series.split or split_choice(facts, mapping)
        self._state.keep_split(series.id, split)
        mapping = replace(mapping, split_by_acquisition_number=cast(SplitChoice, split))
        for bucket, members in sorted(split_series(facts, mapping).items()):
            if any(one.sop_uid not in errand.away for one in members):  # else all of it was sent before
                reason = self._deliver_bucket(errand, bucket, members) or reason
        return reason

    def _deliver_bucket(self, errand: Errand, bucket: str, members: Sequence[InstanceFacts]) -> str | None:
        series, device = errand.series, errand.device
        described = describe([one for one in members if one.sop_uid not in errand.away], bucket, device)
        recipe = self._desk.recipe(errand, described)
        wanted = {one.sop_uid for one in members}
        rows = [row for row in errand.instances if row.sop in wanted]
        if self._is_known(series, bucket, rows, recipe):
            return None
        try:
            parcel = self._desk.parcel(errand, bucket, members, described, recipe)
            bundle = parcel.bundle
            series_event("packed", series, bucket=bucket, instances=len(members), bytes=bundle.size)
            self._state.put_digests(
                series.id, [(row, parcel.hashes[row.sop]) for row in rows if row.sop in parcel.hashes]
            )
            self._check_unchanged(series)
            if recipe is None and self._state.bucket_digest(series.id, bucket) == bundle.digest:
                return None
            confirmed = errand.send(errand.api, bundle)
            self._confirm(series, bucket, bundle, confirmed)
            source = series_digest((row.sop, parcel.hashes.get(row.sop, row.sha256)) for row in rows)
            self._sent_as.note(series.id, bucket, source, recipe.fingerprint if recipe else "", parcel.sent)
            return confirmed.reason
        finally:
            errand.scratch.clear()

    def _is_known(
        self, series: Series, bucket: str, members: Sequence[Instance], recipe: Recipe | None
    ) -> bool:
        """Whether the server has confirmed just these instances, changed in this way; one not yet packed is new."""
        digest = series_digest((row.sop, row.sha256) for row in members)
        known = (digest, recipe.fingerprint if recipe else "")
        return all(row.sha256 for row in members) and self._sent_as.bucket(series.id, bucket) == known

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
