"""The report of an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image as Pillow

from treadle.gearkit.chart import chart
from treadle.gearkit.checks import Check, is_passed
from treadle.gearkit.page import Page
from treadle.gearkit.picture import data_uri
from treadle.gearkit.volume import Image

MEANING = {
    "snr": ("Signal to noise", "", "mean of the object over the noise of the air; higher is better"),
    "noise_sd": ("Noise", "", "standard deviation, from the air"),
    "signal_mean": ("Signal", "", "mean of the object"),
    "fber": ("Object to air energy", "", "high when there are no ghosts"),
    "efc": ("Entropy focus", "", "0 sharp, 1 blurred or ghosted; compare within one protocol"),
    "tsnr": ("Temporal signal to noise", "", "median over the object, drift taken out"),
    "dvars_mean": ("DVARS, mean", "%", "change from volume to volume, of the mean signal"),
    "fd_mean": ("Displacement, mean", "mm", "of a head of 50 mm radius from volume to volume"),
    "fd_max": ("Displacement, largest", "mm", ""),
}


@dataclass(frozen=True)
class Series:
    """What changes from volume to volume."""

    displacement: Sequence[float]
    dvars: Sequence[float]
    parameters: Sequence[Any]
    threshold: float


Shown = tuple[Pillow.Image, Series | None]


def page(
    name: str, image: Image, checks: Sequence[Check], figures: Mapping[str, Any], shown: Shown | None
) -> Page:
    """Verdict, figures, montage, motion."""
    size = " x ".join(map(str, image.shape))
    voxel = " x ".join(f"{one:.3g}" for one in image.spacing)
    every = f", every {image.repetition_s:.3g} s" if image.repetition_s else ""
    made = Page(name, f"{size} voxels of {voxel} mm{every}", "pass" if is_passed(checks) else "fail")
    made.checks((one.name, one.state, one.why) for one in checks)
    made.heading("Figures")
    made.figures(
        (title, f"{figures[key]:.4g} {unit}".strip(), why)
        for key, (title, unit, why) in MEANING.items()
        if figures.get(key) is not None
    )
    if shown:
        picture, series = shown
        made.heading("Montage", "From the top, the front and the side; the patient's right is on the left.")
        made.picture(data_uri(picture), f"Slices of {name}")
        if series:
            _series(made, series)
    return made


def _series(made: Page, series: Series) -> None:
    if series.parameters:
        six = np.array(series.parameters)
        made.heading(
            "Framewise displacement", f"Volumes above the dashed line, {series.threshold:g} mm, have moved."
        )
        made.drawing(chart({"displacement": series.displacement}, unit="mm", limit=series.threshold))
        made.heading("Movement against the first volume")
        shifts = dict(zip(("to the right", "to the front", "upwards"), six[:, :3].T, strict=True))
        made.drawing(chart(shifts, unit="mm"))
        turns = dict(zip(("nodding", "tilting", "shaking"), np.degrees(six[:, 3:]).T, strict=True))
        made.drawing(chart(turns, unit="degrees"))
    made.heading("DVARS")
    made.drawing(chart({"change": series.dvars}, unit="% of the mean signal"))
