"""Checks of the geometry: directions, distances, volumes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from slices import Series, Slice

from treadle.gearkit.checks import Check, some

SAME_DIRECTION = 1e-3  # of the cosines
SAME_PLACE = 0.02  # mm along the normal
NO_GEOMETRY = "the images say nothing of their place"


def stacks(series: Series) -> list[list[Slice]]:
    """Images of one orientation each."""
    found: list[list[Slice]] = []
    for one in series.slices:
        if one.position is None or one.orientation is None:
            continue
        for stack in found:
            if np.allclose(stack[0].orientation, one.orientation, atol=SAME_DIRECTION):
                stack.append(one)
                break
        else:
            found.append([one])
    return found


def places(stack: Sequence[Slice]) -> list[tuple[float, list[Slice]]]:
    """Distances along the normal of a stack, and the images at each."""
    normal = stack[0].normal
    ordered = sorted(((float(np.dot(normal, one.position)), one) for one in stack), key=lambda pair: pair[0])
    found: list[tuple[float, list[Slice]]] = []
    for at, one in ordered:
        if found and at - found[-1][0] <= SAME_PLACE:
            found[-1][1].append(one)
        else:
            found.append((at, [one]))
    return found


def orientation(series: Series) -> Check:
    """All images look the same way; those of a localizer need not."""
    found = stacks(series)
    if not found:
        return Check("orientation", "note", NO_GEOMETRY)
    if len(found) > 1 and not series.is_localizer:
        sizes = ", ".join(str(len(stack)) for stack in found)
        return Check(
            "orientation", "fail", f"{len(found)} directions, of {sizes} images", {"directions": len(found)}
        )
    said = "one direction" if len(found) == 1 else f"{len(found)} directions, as a localizer has"
    return Check("orientation", "pass", said, {"directions": len(found)})


def spacing(series: Series, tolerance: float) -> Check:
    """Neighbouring slices are equally far from each other; a multiple of the distance means missing ones."""
    faults: list[str] = []
    missing, usual = 0, []
    for stack in stacks(series):
        at = [place for place, _ in places(stack)]
        steps = [after - before for before, after in pairwise(at)]
        if not steps:
            continue
        step = float(np.median(steps))
        usual.append(round(step, 4))
        for place, found in zip(at, steps, strict=False):
            if abs(found - step) <= tolerance * step:
                continue
            times = round(found / step)
            if times >= 2 and abs(found - times * step) <= tolerance * step:
                missing += times - 1
                faults.append(f"{times - 1} missing after {place:.2f} mm")
            else:
                faults.append(f"{found:.2f} mm instead of {step:.2f} after {place:.2f} mm")
    if faults:
        return Check("slice-spacing", "fail", some(faults), {"missing": missing, "spacing_mm": usual})
    if not usual:
        return Check("slice-spacing", "note", "fewer than two places" if stacks(series) else NO_GEOMETRY)
    said = ", ".join(f"{step:.2f} mm" for step in usual)
    return Check("slice-spacing", "pass", f"even, {said}", {"missing": 0, "spacing_mm": usual})


def volumes(series: Series) -> Check:
    """Every place has as many images as the others, and there are as many volumes as the header announces."""
    found = [places(stack) for stack in stacks(series)]
    if not found:
        return Check("volumes", "note", NO_GEOMETRY)
    counts = [len(images) for stack in found for _, images in stack]
    most, at = max(counts), [place for stack in found for place, images in stack]
    data = {"slices": len(counts), "volumes": most}
    short = [
        f"{count} of {most} at {place:.2f} mm"
        for place, count in zip(at, counts, strict=True)
        if count < most
    ]
    if short:
        return Check("volumes", "fail", f"images are missing: {some(short)}", data)
    announced = series.first.get("NumberOfTemporalPositions")
    if announced and most < int(announced):
        return Check("volumes", "fail", f"{most} volumes; the header announces {announced}", data)
    return Check("volumes", "pass", f"{len(counts)} places with {most} image{'s' * (most > 1)} each", data)
