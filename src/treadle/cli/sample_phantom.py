"""A head made of ellipsoids, cut into slices; plain Python, milliseconds per slice.

Millimetres in patient coordinates (x to the left, y to the back, z to the head). Ellipsoids are painted in
order, run by run: a row crosses an ellipsoid in one interval, filled from a prepared strip of noisy tissue.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

AIR = "air"
STRIP = 4096


@dataclass(frozen=True)
class Ellipsoid:
    """One organ: tissue, centre and half axes."""

    tissue: str
    centre: tuple[float, float, float]
    half: tuple[float, float, float]


HEAD = (
    Ellipsoid("scalp", (0, 0, 0), (76, 96, 92)),
    Ellipsoid("bone", (0, 0, 0), (71, 91, 87)),
    Ellipsoid("fluid", (0, 0, 0), (65, 85, 81)),
    Ellipsoid("grey", (0, 0, 1), (62, 82, 78)),
    Ellipsoid("white", (-29, 0, 6), (25, 66, 58)),
    Ellipsoid("white", (29, 0, 6), (25, 66, 58)),
    Ellipsoid("grey", (-30, 4, -2), (9, 22, 14)),
    Ellipsoid("grey", (30, 4, -2), (9, 22, 14)),
    Ellipsoid("fluid", (-11, -6, 12), (6, 32, 13)),
    Ellipsoid("fluid", (11, -6, 12), (6, 32, 13)),
    Ellipsoid("fluid", (0, 8, -4), (2.5, 12, 10)),
    Ellipsoid("grey", (0, 34, -40), (40, 26, 20)),
    Ellipsoid("white", (0, 14, -50), (10, 9, 24)),
    Ellipsoid("fluid", (-31, -86, -26), (12, 12, 12)),
    Ellipsoid("fluid", (31, -86, -26), (12, 12, 12)),
    Ellipsoid("lesion", (34, -30, 26), (8, 10, 9)),
)


@dataclass(frozen=True)
class Plane:
    """One slice: where its first pixel lies and where rows and columns lead (one patient axis each)."""

    origin: tuple[float, float, float]
    along: tuple[int, int]  # axis of a row and its sign
    down: tuple[int, int]  # axis of a column and its sign
    size: int
    spacing: float


class Painter:
    """Paints slices in one contrast: tissue -> (mean, noise)."""

    def __init__(self, contrast: Mapping[str, tuple[int, int]], *, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - texture, and the same every time
        self._strips = {
            tissue: array("H", (max(0, round(self._random.gauss(mean, noise))) for _ in range(STRIP)))
            for tissue, (mean, noise) in contrast.items()
        }

    def paint(self, plane: Plane) -> bytes:
        """The pixels of a slice, 16 bit unsigned little endian, row by row."""
        pixels = array("H")
        for row in range(plane.size):
            pixels += self._row(plane, row)
        if pixels.itemsize != 2 or array("H", [1]).tobytes() != b"\x01\x00":
            pixels.byteswap()
        return pixels.tobytes()

    def _row(self, plane: Plane, row: int) -> array[int]:
        size = plane.size
        line = self._texture(AIR, size)
        point = list(plane.origin)
        axis, sign = plane.down
        point[axis] += sign * row * plane.spacing
        for organ in HEAD:
            first, last = _crossing(organ, point, plane)
            if first < last:
                line[first:last] = self._texture(organ.tissue, last - first)
        return line

    def _texture(self, tissue: str, length: int) -> array[int]:
        start = self._random.randrange(STRIP - length)
        return self._strips[tissue][start : start + length]


def _crossing(organ: Ellipsoid, point: list[float], plane: Plane) -> tuple[int, int]:
    """The pixels of a row inside the organ, first and one after the last."""
    axis, sign = plane.along
    rest = 1.0 - sum(
        ((point[other] - organ.centre[other]) / organ.half[other]) ** 2 for other in range(3) if other != axis
    )
    if rest <= 0:
        return 0, 0
    middle = sign * (organ.centre[axis] - point[axis]) / plane.spacing
    reach = organ.half[axis] * math.sqrt(rest) / plane.spacing
    return max(0, math.ceil(middle - reach)), min(plane.size, math.floor(middle + reach) + 1)
