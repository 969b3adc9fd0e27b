"""How steady a series of volumes is: temporal signal to noise and DVARS, in one pass over the volumes."""

from __future__ import annotations

import math

import numpy as np

from treadle.gearkit.mask import Mask
from treadle.gearkit.volume import Array


class OverTime:
    """Sums over the volumes seen so far, so that none has to be kept but the last."""

    def __init__(self, inside: Mask) -> None:
        self._inside = inside
        shape = int(inside.sum())
        self._sum, self._squares, self._with_time = (np.zeros(shape) for _ in range(3))
        self._last: np.ndarray | None = None
        self._count = 0
        self.dvars: list[float] = []

    def add(self, volume: Array) -> None:
        """One more volume."""
        values = volume[self._inside].astype(np.float64)
        change = math.nan if self._last is None else math.sqrt(np.mean((values - self._last) ** 2))
        self.dvars.append(change)
        self._sum += values
        self._squares += values**2
        self._with_time += values * self._count
        self._last = values
        self._count += 1

    def tsnr(self) -> float | None:
        """Median of mean over standard deviation in time, the linear drift taken out."""
        count = self._count
        if count < 4:
            return None
        mean = self._sum / count
        times = count * (count**2 - 1) / 12  # sum of squares of 0..count-1 around their mean
        drift = (self._with_time - (count - 1) / 2 * self._sum) ** 2 / times
        rest = np.maximum(self._squares - count * mean**2 - drift, 0)
        spread = np.sqrt(rest / (count - 2))
        known = spread > 1e-6 * np.abs(mean).max(initial=1e-9)
        return float(np.median(np.abs(mean[known]) / spread[known])) if known.any() else None

    def relative_dvars(self) -> list[float]:
        """DVARS in percent of the mean signal."""
        mean = abs(float(self._sum.mean())) / max(self._count, 1)
        return [100 * value / mean if mean else math.nan for value in self.dvars]
