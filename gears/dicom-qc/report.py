"""The report of a series."""

from __future__ import annotations

from itertools import pairwise

from geometry import places, stacks
from slices import Series

from treadle.gearkit.chart import chart
from treadle.gearkit.checks import Check
from treadle.gearkit.page import Page

DRAWN = 4  # stacks of a localizer that are drawn


def page(name: str, series: Series, checks: list[Check], passed: bool) -> Page:
    """Verdict, checks, distances and counts along the stack."""
    said = series.summary()
    words = [str(said[key]) for key in ("Modality", "Manufacturer", "SeriesDescription") if said[key]]
    made = Page(name, ", ".join([*words, f"{series.files} files"]), "pass" if passed else "fail")
    made.checks((one.name, one.state, one.why) for one in checks)
    for number, stack in enumerate(stacks(series)[:DRAWN], 1):
        found = places(stack)
        if len(found) < 3:
            continue
        direction = f" of direction {number}" if number > 1 else ""
        made.heading(
            f"Distance to the next slice{direction}", "A peak is a gap; slices are counted from one end."
        )
        made.drawing(
            chart({"distance": [after[0] - before[0] for before, after in pairwise(found)]}, unit="mm")
        )
        if any(len(images) > 1 for _, images in found):
            made.heading(f"Images at each place{direction}", "A dip is a volume that is not complete.")
            made.drawing(chart({"images": [len(images) for _, images in found]}, unit="images"))
    return made
