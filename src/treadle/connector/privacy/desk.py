"""Where a bucket on its way to the server is de-identified, if a profile applies to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from treadle.connector.bundle import Bundle, Described, make_bundle
from treadle.connector.errand import Errand
from treadle.connector.errors import HeldError
from treadle.connector.health import Health
from treadle.connector.privacy.buckets import bucket_name
from treadle.connector.privacy.disguise import Disguise, describe_disguised, disguise, recipe_of, route_of
from treadle.connector.privacy.pool import Pool
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.recipes import Recipes
from treadle.connector.privacy.report import Reports
from treadle.connector.restore import fetch_file
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.sent_as import Sent, SentAs
from treadle.connector.spool.state import Series, State
from treadle.dicom.header import read_facts
from treadle.dicom.identity import InstanceFacts


@dataclass(frozen=True)
class Parcel:
    """A bundle of what may leave, hashes of the originals at hand, and what was sent for which of them."""

    bundle: Bundle
    hashes: Mapping[str, str]
    sent: Mapping[str, Sent | None]


class Desk:
    """De-identifies buckets; safe to use from several threads."""

    def __init__(self, layout: Layout, state: State, health: Health, pool: Pool) -> None:
        self._layout = layout
        self._state = state
        self._health = health
        self._pool = pool
        self._sent_as = SentAs(state)
        self._recipes = Recipes(self._sent_as.kept_epoch)
        self._reports = Reports(layout.reports)

    def recipe(self, errand: Errand, original: Described) -> Recipe | None:
        """What must be done to a bucket before it leaves; None for nothing, AskedToWaitError while nobody can say."""
        return recipe_of(self._recipes, errand.api, errand.device, original, study=errand.series.study)

    def parcel(
        self,
        errand: Errand,
        bucket: str,
        members: Sequence[InstanceFacts],
        original: Described,
        recipe: Recipe | None,
    ) -> Parcel:
        """The bucket as it may leave; HeldError when some of it may not."""
        gone = {one.sop_uid: errand.away[one.sop_uid] for one in members if one.sop_uid in errand.away}
        if gone:
            self._check_same(errand.series, bucket, recipe, len(gone))
        if recipe is None:
            bundle = make_bundle(
                members, original, bucket=bucket, device=errand.device, scratch=errand.scratch
            )
            return Parcel(bundle, bundle.hashes, dict.fromkeys(bundle.hashes))
        with TemporaryDirectory(dir=self._layout.outbox, prefix="deid-") as name:
            return self._disguised(errand, bucket, members, original, recipe, gone, Path(name))

    def _disguised(
        self,
        errand: Errand,
        bucket: str,
        members: Sequence[InstanceFacts],
        original: Described,
        recipe: Recipe,
        gone: Mapping[str, Sent],
        folder: Path,
    ) -> Parcel:
        series, device = errand.series, errand.device
        made = disguise([one for one in members if one.sop_uid not in gone], recipe, self._pool.run, folder)
        self._note(series, bucket, recipe, made)
        whole = {**made.members, **self._fetched(errand, gone, folder)}
        new_series = next(iter(made.members.values())).series_uid
        name = bucket_name(bucket, series=series.series, new_series=new_series, recipe=recipe)
        facts = list(whole.values())
        described = describe_disguised(facts, route_of(original, device), recipe, bucket=name, device=device)
        bundle = make_bundle(
            facts, described, bucket=name, device=device, scratch=errand.scratch, deid=recipe.record
        )
        sent = {sop: Sent(one.sop_uid, bundle.hashes[one.sop_uid]) for sop, one in whole.items()}
        return Parcel(bundle, made.hashes, sent)

    def _note(self, series: Series, bucket: str, recipe: Recipe, made: Disguise) -> None:
        short = hashlib.sha256(bucket.encode()).hexdigest()[:8]
        self._reports.keep(series, short, recipe, made.report)
        reason = made.report.reason()
        if reason is not None:
            self._health.count(series.device, "deid_rejected", sum(made.report.rejected.values()))
            raise HeldError(reason)
        self._health.count(series.device, "deidentified", made.report.instances)

    def _check_same(self, series: Series, bucket: str, recipe: Recipe | None, count: int) -> None:
        before = self._sent_as.bucket(series.id, bucket)
        if recipe is None or before is None or before[1] != recipe.fingerprint:
            raise HeldError(
                f"{count} images were sent under another de-identification profile, and their originals are gone:"
                " send the whole series from the device again"
            )

    def _fetched(self, errand: Errand, gone: Mapping[str, Sent], folder: Path) -> dict[str, InstanceFacts]:
        """What the server has of instances whose originals are gone; it was made in the same way."""
        files = self._state.bucket_files(errand.series.id)
        found = {}
        for number, (sop, sent) in enumerate(gone.items()):
            path = folder / f"sent-{number}.dcm"
            if not fetch_file(errand.api, files, sent.sop, sent.sha256, path):
                raise HeldError(
                    "the server no longer has images that were sent before: send the whole series again"
                )
            found[sop] = read_facts(path)
        return found
