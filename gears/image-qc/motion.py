"""Head motion: each volume laid onto the first by a rigid movement (Gauss-Newton on the differences of brightness).

The derivatives are those of the first volume, once for all (inverse compositional; Baker and Matthews 2004), so that
a volume costs a few interpolations at some ten thousand points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.transform import Rotation

from treadle.gearkit.mask import Mask
from treadle.gearkit.volume import Array

RADIUS_MM = 50.0  # of the head, to compare angles with distances (Power 2012)
POINTS = 40_000
SMOOTH_MM = 2.5
STEPS, ENOUGH_MM = 40, 1e-4

Numbers = NDArray[np.float64]


class Motion:
    """The movements of the volumes seen so far, against the first."""

    def __init__(self, first: Array, inside: Mask, spacing: tuple[float, float, float]) -> None:
        self._spacing = np.array(spacing)
        smooth = self._smooth(first)
        places = np.argwhere(ndimage.binary_dilation(inside, iterations=2))
        places = places[:: max(1, len(places) // POINTS)]
        self._centre = places.mean(0) * self._spacing
        self._points = places * self._spacing - self._centre
        self._values = smooth[tuple(places.T)].astype(np.float64)
        slopes = [along / size for along, size in zip(np.gradient(smooth), spacing, strict=True)]
        slope = np.stack([along[tuple(places.T)] for along in slopes], 1).astype(np.float64)
        self._slopes = np.hstack([slope, np.cross(self._points, slope)])  # by mm and by rad
        self._inverse = np.linalg.pinv(self._slopes)
        self._now = np.eye(4)
        self.parameters: list[Numbers] = [np.zeros(6)]

    def add(self, volume: Array) -> None:
        """One more volume; the search begins where the last one lay."""
        spline = ndimage.spline_filter(self._smooth(volume), order=3)
        for _ in range(STEPS):
            there = (self._points @ self._now[:3, :3].T + self._now[:3, 3] + self._centre) / self._spacing
            found = ndimage.map_coordinates(spline, there.T, order=3, mode="nearest", prefilter=False)
            energy = float(found @ found)
            scale = float(found @ self._values) / energy if energy else 1.0
            step = self._inverse @ (scale * found - self._values)
            self._now = self._now @ np.linalg.inv(_movement(step))
            if np.abs(step[:3]).max() + RADIUS_MM * np.abs(step[3:]).max() < ENOUGH_MM:
                break
        angles = Rotation.from_matrix(self._now[:3, :3]).as_euler("xyz")
        self.parameters.append(np.concatenate([self._now[:3, 3], angles]))

    def displacement(self) -> list[float]:
        """Framewise displacement in mm (Power 2012); that of the first volume is 0."""
        changes = np.abs(np.diff(np.array(self.parameters), axis=0))
        return [0.0, *(float(one[:3].sum() + RADIUS_MM * one[3:].sum()) for one in changes)]

    def _smooth(self, volume: Array) -> Array:
        smooth: Array = ndimage.gaussian_filter(volume, SMOOTH_MM / self._spacing)
        return smooth


def _movement(step: Numbers) -> Numbers:
    found = np.eye(4)
    found[:3, :3] = Rotation.from_rotvec(step[3:]).as_matrix()
    found[:3, 3] = step[:3]
    return found
