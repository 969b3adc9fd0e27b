"""How strong the signal of one volume is against the noise around it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from treadle.gearkit.mask import Mask
from treadle.gearkit.volume import Array

MARGIN_MM = 6.0  # between the object and what is called background
LEAST = 500  # voxels of background that a figure needs


@dataclass(frozen=True)
class Noise:
    """Figures of one volume; None where there is no background to compare with."""

    signal_mean: float
    signal_sd: float
    noise_sd: float | None
    snr: float | None
    fber: float | None
    efc: float

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def noise(volume: Array, inside: Mask, spacing: tuple[float, float, float]) -> Noise:
    """Figures of a volume and the mask of its object.

    In the air of a magnitude image noise has a Rayleigh distribution, whose mean square is twice the variance of the
    noise (Gudbjartsson 1995). Numbers below zero mean that it is none: then the spread of the air is the noise.
    """
    signal = volume[inside].astype(np.float64)
    air = volume[_background(volume, inside, spacing)].astype(np.float64)
    sigma, energy = 0.0, 0.0
    if air.size >= LEAST:
        sigma = math.sqrt(np.mean(air**2) / 2) if volume.min() >= 0 else float(air.std())
        energy = float(np.median(air**2))
    mean = float(signal.mean())
    return Noise(
        signal_mean=mean,
        signal_sd=float(signal.std()),
        noise_sd=sigma or None,
        snr=mean / sigma if sigma else None,
        fber=float(np.median(signal**2)) / energy if energy else None,
        efc=_focus(volume),
    )


def _background(volume: Array, inside: Mask, spacing: tuple[float, float, float]) -> Mask:
    """The air, away from the object; voxels that are exactly 0 were blanked and hold no noise."""
    distance = ndimage.distance_transform_edt(~inside, spacing)
    return (distance > MARGIN_MM) & (volume != 0)


def _focus(volume: Array) -> float:
    """Entropy focus criterion (Atkinson 1997): 0 when one voxel holds all energy, 1 when all hold the same."""
    size = np.abs(volume.astype(np.float64)).ravel()
    total = math.sqrt(float(np.sum(size**2)))
    if not total:
        return 1.0
    parts = size[size > 0] / total
    most = size.size * (1 / math.sqrt(size.size)) * math.log(1 / math.sqrt(size.size))
    return float(np.sum(parts * np.log(parts)) / most)
