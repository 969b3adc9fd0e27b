"""The instances of a bucket as they may leave, and what they are then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom.dataset import Dataset

from treadle.connector.api import Api
from treadle.connector.bundle import Described
from treadle.connector.config import DeviceConfig
from treadle.connector.privacy.labels import is_routed, outgoing
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.recipes import Recipes
from treadle.connector.privacy.report import SeriesReport
from treadle.connector.privacy.work import Done, Task
from treadle.deid import Code
from treadle.deid.presets.dummies import DUMMIES
from treadle.dicom.header import read_header
from treadle.dicom.identity import InstanceFacts, representative
from treadle.dicom.mapping import map_instance
from treadle.dicom.routing import Route
from treadle.dicom.tags import read_text

_PATIENT_ID, _PATIENT_NAME = "PatientID", "PatientName"
_FILLING = frozenset(DUMMIES[vr] for vr in ("LO", "DA", "DT", "AS"))

Runner = Callable[[Recipe, Sequence[Task]], Iterable[Done]]


@dataclass(frozen=True)
class Disguise:
    """De-identified instances by the UID of their original, and the hashes of the originals' data sets."""

    members: Mapping[str, InstanceFacts]
    hashes: Mapping[str, str]
    report: SeriesReport


def route_of(original: Described, device: DeviceConfig) -> Route:
    """What of the routing string of a bucket may leave."""
    return outgoing(original.route, original.header, original.path, device.mapping.routing)


def recipe_of(
    recipes: Recipes, api: Api, device: DeviceConfig, original: Described, *, study: str
) -> Recipe | None:
    """What must be done to a bucket before it leaves; None for nothing, AskedToWaitError while nobody can say."""
    if recipes.goes_as_it_is(device, original.route):
        return None
    route = route_of(original, device)
    recipe = recipes.recipe(api, device, route, study=study)
    if recipe is None and (route.group, route.project) != (original.route.group, original.route.project):
        recipe = recipes.recipe(api, device, original.route, study=study)
    return None if recipe is None else told(recipe, route, original, device)


def told(recipe: Recipe, route: Route, original: Described, device: DeviceConfig) -> Recipe:
    """The recipe with what the routing string says of the patient, and that it stands in place of a PatientID."""
    routed = is_routed(original.header, _PATIENT_ID, device.mapping.routing)
    identity = (route.subject or "") if routed else None
    context = replace(recipe.context, subject=route.subject, session=route.session, identity=identity)
    return replace(recipe, context=context)


def disguise(members: Sequence[InstanceFacts], recipe: Recipe, run: Runner, folder: Path) -> Disguise:
    """De-identify originals into a folder; those that are rejected are in the report alone."""
    tasks = [
        Task(one.sop_uid, one.path, folder / f"{number}.dcm")
        for number, one in enumerate(members)
        if one.path is not None
    ]
    report = SeriesReport()
    done = list(run(recipe, tasks))
    for one in done:
        report.add(one.report)
    made = {one.sop: one.facts for one in done if one.facts is not None}
    report.reject(Code.DUPLICATE_SOP, _doubled(made))
    report.reject(Code.BAD_VALUE, sum(not (one.study_uid and one.series_uid) for one in made.values()))
    return Disguise(made, {one.sop: one.sha256 for one in done}, report)


def describe_disguised(
    members: Sequence[InstanceFacts], route: Route, recipe: Recipe, *, bucket: str, device: DeviceConfig
) -> Described:
    """What they are by their own headers, but for what the routing string decides."""
    path = representative(members).path
    if path is None:
        raise ValueError("no file")
    header = read_header(path)
    fields = map_instance(_speaking(header, recipe), device.mapping, route=route, acquisition_uid=bucket)
    return Described(path, header, route, fields)


def _speaking(header: Dataset, recipe: Recipe) -> Dataset:
    """The header without values that only fill a place: labels and times are not made of them."""
    found = deepcopy(header)
    for tag in list(found.keys()):
        value = found.get_item(tag).value
        if isinstance(value, bytes) and value.strip(b" \0") in _FILLING:
            del found[tag]
    if read_text(found, _PATIENT_NAME) == read_text(found, _PATIENT_ID):  # a code, not a name
        found.pop(_PATIENT_NAME, None)
    if (
        recipe.context.identity is not None and not recipe.gives_codes
    ):  # of the routing string, not of a patient
        found.pop(_PATIENT_ID, None)
    return found


def _doubled(made: Mapping[str, InstanceFacts]) -> int:
    return sum(count - 1 for count in Counter(one.sop_uid for one in made.values()).values())
