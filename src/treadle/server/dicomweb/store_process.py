"""Reads and packs received instances; runs in a process of its own, trusts nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

from treadle.dicom.classify import classify
from treadle.dicom.header import NotDicomError, header_json, read_facts, read_header
from treadle.dicom.identity import InstanceFacts, representative
from treadle.dicom.mapping import map_instance
from treadle.dicom.pack import member_name, pack_series
from treadle.dicom.routing import Route
from treadle.dicom.tags import BROKEN_VALUE
from treadle.server.dicomweb.reading import Packed, Received


def read_received(paths: list[str]) -> list[Received]:
    """What the files are, in their order."""
    return [_read(path) for path in paths]


def _read(path: str) -> Received:
    try:
        facts = read_facts(path)
    except (NotDicomError, OverflowError, MemoryError, *BROKEN_VALUE):
        return Received(path)
    return Received(path, facts.study_uid, facts.series_uid, facts.sop_uid, facts.sop_class_uid)


def pack_received(paths: list[str], folder: str, route: Route) -> list[Packed]:
    """A zip for each series among these files."""
    series: dict[tuple[str, str], list[InstanceFacts]] = defaultdict(list)
    for path in paths:
        facts = read_facts(path)
        series[facts.study_uid, facts.series_uid].append(facts)
    return [
        _pack(members, Path(folder) / f"{number}.zip", route)
        for number, members in enumerate(series.values())
    ]


def _pack(members: list[InstanceFacts], target: Path, route: Route) -> Packed:
    first = representative(members)
    ds = read_header(str(first.path))
    header = header_json(ds)
    kind = classify(header)
    names = {facts.sop_uid: member_name(facts.sop_uid, facts.modality) for facts in members}
    with target.open("wb") as out:
        result = pack_series(
            [(names[facts.sop_uid], str(facts.path)) for facts in members], cast(BinaryIO, out)
        )
    places = {member.name: asdict(member) for member in result.members}
    return Packed(
        str(target),
        first.study_uid,
        first.series_uid,
        map_instance(ds, route=route, acquisition_uid=first.series_uid).flat(),
        header,
        kind.modality,
        kind.classification,
        [_row(facts, places[names[facts.sop_uid]]) for facts in members],
    )


def _row(facts: InstanceFacts, place: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: getattr(facts, name) or None for name in ("sop_class_uid", "transfer_syntax")},
        **{name: getattr(facts, name) for name in ("sop_uid", "study_uid", "series_uid", "number", "frames")},
        **{name: getattr(facts, name) for name in ("rows", "columns")},
        **{
            name: list(value) if (value := getattr(facts, name)) else None
            for name in ("position", "orientation")
        },
        "member": place["name"],
        **{name: place[name] for name in ("offset", "compressed_size", "size", "method")},
    }
