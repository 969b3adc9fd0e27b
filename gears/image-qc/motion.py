"""Head motion: each volume laid onto the first by a rigid movement (Gauss-Newton on the differences of brightness).

The derivatives are those of the first volume, once for all (inverse compositional; Baker and Matthews 2004), so that
a volume costs a few interpolations at some ten thousand points. Points that the movement takes out of the image do not
count. Blurred volumes are laid on each other first, from where the last one lay and from the start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.transform import Rotation

from treadle.gearkit.mask import Mask
from treadle.gearkit.volume import Array

RADIUS_MM = 50.0  # of the head, to compare angles with distances (Power 2012)
POINTS = 40_000
BLURS_MM = (8.0, 2.5)  # coarse to fine
STEPS, ENOUGH_MM = 40, 1e-4
LEAST_INSIDE = 0.3  # of the points, for a movement to be believed

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """The first volume, blurred: its values at the points, and their derivatives by mm and by rad."""

    blur_mm: float
    values: Numbers
    slopes: Numbers


class Motion:
    """The movements of the volumes seen so far, against the first."""

    def __init__(self, first: Array, inside: Mask, spacing: tuple[float, float, float]) -> None:
        self._spacing = np.array(spacing)
        places = np.argwhere(ndimage.binary_dilation(inside, iterations=2))
        places = places[:: max(1, len(places) // POINTS)]
        self._centre = places.mean(0) * self._spacing
        self._points = places * self._spacing - self._centre
        self._levels = [self._level(first, places, blur) for blur in BLURS_MM]
        self._now = np.eye(4)
        self.parameters: list[Numbers] = [np.zeros(6)]

    def add(self, volume: Array) -> None:
        """One more volume."""
        coarse, *finer = self._levels
        spline = self._spline(volume, coarse)
        found = min(
            (self._search(spline, coarse, start) for start in (self._now, np.eye(4))), key=lambda one: one[1]
        )
        for level in finer:
            found = self._search(self._spline(volume, level), level, found[0])
        self._now = found[0]
        angles = Rotation.from_matrix(self._now[:3, :3]).as_euler("xyz")
        self.parameters.append(np.concatenate([self._now[:3, 3], angles]))

    def displacement(self) -> list[float]:
        """Framewise displacement in mm (Power 2012); that of the first volume is 0."""
        changes = np.abs(np.diff(np.array(self.parameters), axis=0))
        return [0.0, *(float(one[:3].sum() + RADIUS_MM * one[3:].sum()) for one in changes)]

    def _level(self, first: Array, places: NDArray[np.int64], blur_mm: float) -> Level:
        smooth = ndimage.gaussian_filter(first.astype(np.float64), blur_mm / self._spacing)
        along = [
            one[tuple(places.T)] / size for one, size in zip(np.gradient(smooth), self._spacing, strict=True)
        ]
        slope = np.stack(along, 1)
        return Level(blur_mm, smooth[tuple(places.T)], np.hstack([slope, np.cross(self._points, slope)]))

    def _spline(self, volume: Array, level: Level) -> Numbers:
        smooth = ndimage.gaussian_filter(volume.astype(np.float64), level.blur_mm / self._spacing)
        return np.asarray(ndimage.spline_filter(smooth, order=3))

    def _search(self, spline: Numbers, level: Level, start: Numbers) -> tuple[Numbers, float]:
        """The movement that fits best near a start, and the mean square that is left."""
        now, left, edge = start, np.inf, np.array(spline.shape) - 1
        for _ in range(STEPS):
            there = (self._points @ now[:3, :3].T + now[:3, 3] + self._centre) / self._spacing
            seen = ((there >= 0) & (there <= edge)).all(1)
            if seen.mean() < LEAST_INSIDE:
                return start, np.inf
            found = ndimage.map_coordinates(spline, there[seen].T, order=3, mode="nearest", prefilter=False)
            wanted, slopes = level.values[seen], level.slopes[seen]
            energy = float(found @ found)
            scale = float(found @ wanted) / energy if energy else 1.0
            missed = scale * found - wanted
            left = float(missed @ missed) / len(missed)
            step = np.linalg.lstsq(slopes.T @ slopes, slopes.T @ missed, rcond=None)[0]
            now = now @ np.linalg.inv(_movement(step))
            if np.abs(step[:3]).max() + RADIUS_MM * np.abs(step[3:]).max() < ENOUGH_MM:
                break
        return now, left


def _movement(step: Numbers) -> Numbers:
    found = np.eye(4)
    found[:3, :3] = Rotation.from_rotvec(step[3:]).as_matrix()
    found[:3, 3] = step[:3]
    return found
