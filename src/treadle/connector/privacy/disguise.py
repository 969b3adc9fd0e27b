"""The instances of a bucket as they may leave, and what they are then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

from treadle.connector.bundle import Described
from treadle.connector.config import DeviceConfig
from treadle.connector.privacy.labels import is_routed, outgoing
from treadle.connector.privacy.pool import Pool
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.report import SeriesReport
from treadle.connector.privacy.work import Task
from treadle.deid import Code
from treadle.dicom.header import read_header
from treadle.dicom.identity import InstanceFacts, representative
from treadle.dicom.mapping import map_instance
from treadle.dicom.routing import Route

_PATIENT_ID = "PatientID"


@dataclass(frozen=True)
class Disguise:
    """De-identified instances by the UID of their original, and the hashes of the originals' data sets."""

    members: Mapping[str, InstanceFacts]
    hashes: Mapping[str, str]
    report: SeriesReport


def route_of(original: Described, device: DeviceConfig) -> Route:
    """What of the routing string of a bucket may leave."""
    return outgoing(original.route, original.header, original.path, device.mapping.routing)


def told(recipe: Recipe, route: Route, original: Described, device: DeviceConfig) -> Recipe:
    """The recipe with what the routing string says of the patient, and that it stands in place of a PatientID."""
    routed = is_routed(original.header, _PATIENT_ID, device.mapping.routing)
    identity = (route.subject or "") if routed else None
    context = replace(recipe.context, subject=route.subject, session=route.session, identity=identity)
    return replace(recipe, context=context)


def disguise(members: Sequence[InstanceFacts], recipe: Recipe, pool: Pool, folder: Path) -> Disguise:
    """De-identify originals into a folder; those that are rejected are in the report alone."""
    tasks = [
        Task(one.sop_uid, one.path, folder / f"{number}.dcm")
        for number, one in enumerate(members)
        if one.path is not None
    ]
    report = SeriesReport()
    done = list(pool.run(recipe, tasks))
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
    speaking = header
    if recipe.context.identity is not None and not recipe.gives_codes:
        speaking = copy(header)  # what became of the routing string is no patient
        speaking.pop(_PATIENT_ID, None)
    fields = map_instance(speaking, device.mapping, route=route, acquisition_uid=bucket)
    return Described(path, header, route, fields)


def _doubled(made: Mapping[str, InstanceFacts]) -> int:
    return sum(count - 1 for count in Counter(one.sop_uid for one in made.values()).values())
