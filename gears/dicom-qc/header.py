"""Checks of the headers: one series, every image once, one protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from slices import CONSTANT, IDENTITY, Series

from treadle.gearkit.checks import Check, some


def readable(series: Series) -> Check:
    """Every file is DICOM and whole."""
    if series.broken:
        faults = [f"{name}: {why}" for name, why in series.broken.items()]
        return Check("readable", "fail", some(faults), {"files": list(series.broken)})
    return Check("readable", "pass", f"{series.files} files, each whole")


def one_series(series: Series) -> Check:
    """All images are of one patient, study, series and frame of reference."""
    mixed = {name: len(found) for name in IDENTITY if len(found := _values(series, name)) > 1}
    if mixed:
        faults = [f"{count} values of {name}" for name, count in mixed.items()]
        return Check("one-series", "fail", some(faults), {"values": mixed})
    return Check("one-series", "pass", "one patient, study, series and frame of reference")


def duplicates(series: Series) -> Check:
    """No image is there twice."""
    counts = Counter(one.uid for one in series.slices)
    twice = [one.name for one in series.slices if counts[one.uid] > 1]
    if twice:
        return Check("duplicates", "fail", f"the same image in: {some(twice)}", {"files": twice})
    return Check("duplicates", "pass", f"{len(counts)} different images")


def numbers(series: Series) -> Check:
    """Instance numbers without gaps; not a fault by themselves, since some scanners leave some out."""
    found = sorted({one.number for one in series.slices if one.number is not None})
    if not found:
        return Check("instance-numbers", "note", "the images have no numbers")
    missing = sorted(set(range(found[0], found[-1] + 1)) - set(found)) if found[-1] - found[0] < 10**6 else []
    said = f"numbers {found[0]} to {found[-1]}"
    if missing:
        return Check(
            "instance-numbers",
            "note",
            f"{said} without {some(list(map(str, missing)))}",
            {"missing": missing},
        )
    return Check("instance-numbers", "pass", said)


def constant(series: Series, may_vary: Collection[str]) -> Check:
    """The protocol is the same in every image. Echo times may differ when every echo has as many images."""
    varying: dict[str, list[Any]] = {
        name: found
        for name in CONSTANT
        if name not in may_vary and not series.is_localizer and len(found := _values(series, name)) > 1
    }
    echoes = Counter(one.values["EchoTime"] for one in series.slices)
    if len(set(echoes.values())) > 1 and "EchoTime" not in may_vary:
        varying["EchoTime"] = list(echoes)
    if varying:
        faults = [f"{name} is {some([_said(value) for value in values])}" for name, values in varying.items()]
        return Check("protocol-consistency", "fail", some(faults), {"varying": varying})
    return Check("protocol-consistency", "pass", "the same in every image")


def _values(series: Series, name: str) -> list[Any]:
    return list(dict.fromkeys(one.values[name] for one in series.slices))


def _said(value: Any) -> str:
    if value is None:
        return "missing"
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)
