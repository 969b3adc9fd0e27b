"""Which voxels belong to the object, by their brightness alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from treadle.gearkit.volume import Array

Mask = NDArray[np.bool_]
_BINS = 256
_SMOOTH_MM = 2.0


def otsu(values: NDArray[Any]) -> float:
    """The threshold that parts the values into the two most compact groups (Otsu 1979)."""
    low, high = np.percentile(values, (0.1, 99.9))
    if not high > low:
        return float(low)
    counts, edges = np.histogram(np.clip(values, low, high), _BINS)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts).astype(float)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nanargmax(between[:-1])])


def object_mask(volume: Array, spacing: tuple[float, float, float]) -> Mask:
    """The largest bright body and what it encloses; nothing in a volume of one value."""
    smooth = ndimage.gaussian_filter(volume, [_SMOOTH_MM / size / 2 for size in spacing])
    if smooth.max() == smooth.min():
        return np.zeros(volume.shape, bool)
    found = largest(smooth > otsu(smooth))
    return np.asarray(ndimage.binary_fill_holes(found))


def largest(mask: Mask) -> Mask:
    """The largest connected part."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax())
