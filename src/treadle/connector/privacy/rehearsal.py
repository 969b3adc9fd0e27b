"""What a series would leave as, tried out without a pool, a spool or a word to the server but for its profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from treadle.connector.api import Api
from treadle.connector.bundle import Described
from treadle.connector.config import DeviceConfig
from treadle.connector.errors import AskedToWaitError, ConnectorError
from treadle.connector.privacy.buckets import bucket_name
from treadle.connector.privacy.disguise import describe_disguised, disguise, recipe_of, route_of, told
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.recipes import Recipes
from treadle.connector.privacy.work import Done, Task, de_identify, engine_of
from treadle.deid import Secrets
from treadle.dicom.identity import InstanceFacts


class Rehearsal:
    """Without a server, or when it cannot be asked, only the profile of the device itself is known."""

    def __init__(self, api: Api | None) -> None:
        self._api = api
        self._recipes = Recipes(lambda _study, _target, newest: newest)
        self._secrets = Secrets.random()
        self.trouble: str | None = None

    def bucket(
        self, members: Sequence[InstanceFacts], bucket: str, original: Described, device: DeviceConfig
    ) -> tuple[Described | None, dict[str, Any]]:
        """What the bucket would be on the server, None when it would be held; and what is to be said of it."""
        try:
            recipe = self._recipe(original, device, study=members[0].study_uid)
        except AskedToWaitError as error:
            return None, {"decision": "hold", "reason": str(error)}
        if recipe is None:
            return original, {}
        with TemporaryDirectory(prefix="treadle-deid-") as folder:
            made = disguise(members, recipe, _run, Path(folder))
            said = {"deid": recipe.record, "deid_report": made.report.document()}
            reason = made.report.reason()
            if reason is not None:
                return None, {**said, "decision": "hold", "reason": reason}
            facts = list(made.members.values())
            name = bucket_name(
                bucket, series=members[0].series_uid, new_series=facts[0].series_uid, recipe=recipe
            )
            route = route_of(original, device)
            return describe_disguised(facts, route, recipe, bucket=name, device=device), said

    def _recipe(self, original: Described, device: DeviceConfig, *, study: str) -> Recipe | None:
        if self._api is not None:
            try:
                return recipe_of(self._recipes, self._api, device, original, study=study)
            except AskedToWaitError:
                raise
            except ConnectorError as error:
                self._api, self.trouble = None, str(error)
        if device.deid.profile is None:
            return None
        recipe = Recipe(
            profile=device.deid.profile,
            secrets=self._secrets,
            profile_id=f"device:{device.id}",
            version=1,
            epoch=1,
        )
        return told(recipe, route_of(original, device), original, device)


def _run(recipe: Recipe, tasks: Sequence[Task]) -> Iterator[Done]:
    engine = engine_of(recipe)
    return (de_identify(engine, task) for task in tasks)
