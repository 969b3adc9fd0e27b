"""What the points of a region measure: lengths in mm, areas in mm2, angles in degrees.

>>> line = [(0.0, 0.0, 0.0), (3.0, 4.0, 0.0)]
>>> measured("length", line)
{'length_mm': 5.0}
>>> round(measured("rectangle", [(0, 0, 0), (42, 0, 0), (42, 42, 0), (0, 42, 0)])["area_mm2"])
1764
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

Point = tuple[float, float, float]
Points = Sequence[Point]

# How many points a tool has: least and most (None: any).
COUNTS: dict[str, tuple[int, int | None]] = {
    "length": (2, 2),
    "angle": (3, 4),
    "bidirectional": (4, 4),
    "rectangle": (4, 4),
    "ellipse": (4, 4),
    "circle": (2, 2),
    "freehand": (2, None),
    "arrow": (1, 2),
    "probe": (1, 1),
    "mask": (0, None),
}


def measured(tool: str, points: Points, *, closed: bool = False) -> dict[str, float]:
    """The measures of a region; tools that only mark a place measure nothing."""
    measure = _MEASURES.get(tool)
    if tool == "freehand":
        return _polygon(points) if closed else {"length_mm": _path(points)}
    return measure(points) if measure else {}


def _length(points: Points) -> dict[str, float]:
    return {"length_mm": _path(points)}


def _angle(points: Points) -> dict[str, float]:
    """Between two legs that meet in the middle point, or (Cobb) between two lines."""
    if len(points) == 3:
        one, other = _minus(points[0], points[1]), _minus(points[2], points[1])
        return {"angle_deg": _between(one, other)}
    angle = _between(_minus(points[1], points[0]), _minus(points[3], points[2]))
    return {"angle_deg": min(angle, 180.0 - angle)}


def _bidirectional(points: Points) -> dict[str, float]:
    """The long axis, then the short one."""
    return {"length_mm": math.dist(points[0], points[1]), "width_mm": math.dist(points[2], points[3])}


def _polygon(points: Points) -> dict[str, float]:
    return {"area_mm2": area(points), "perimeter_mm": _path([*points, points[0]])}


def _ellipse(points: Points) -> dict[str, float]:
    """By the ends of its axes: two of the one, two of the other."""
    a, b = math.dist(points[0], points[1]) / 2, math.dist(points[2], points[3]) / 2
    return {"area_mm2": math.pi * a * b, "perimeter_mm": _ramanujan(a, b)}


def _circle(points: Points) -> dict[str, float]:
    """By its centre and a point on it."""
    radius = math.dist(points[0], points[1])
    return {"area_mm2": math.pi * radius**2, "perimeter_mm": 2 * math.pi * radius}


_MEASURES: dict[str, Callable[[Points], dict[str, float]]] = {
    "length": _length,
    "angle": _angle,
    "bidirectional": _bidirectional,
    "rectangle": _polygon,
    "ellipse": _ellipse,
    "circle": _circle,
}


def area(points: Points) -> float:
    """Of a plane polygon anywhere in space (Newell)."""
    normal = [0.0, 0.0, 0.0]
    for one, other in pairwise([*points, points[0]]):
        for axis in range(3):
            second, third = (axis + 1) % 3, (axis + 2) % 3
            normal[axis] += one[second] * other[third] - one[third] * other[second]
    return math.hypot(*normal) / 2


def _path(points: Points) -> float:
    return math.fsum(math.dist(one, other) for one, other in pairwise(points))


def _minus(one: Point, other: Point) -> Point:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _between(one: Point, other: Point) -> float:
    size = math.hypot(*one) * math.hypot(*other)
    if not size:
        return 0.0
    cosine = math.fsum(a * b for a, b in zip(one, other, strict=True)) / size
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _ramanujan(a: float, b: float) -> float:
    """Perimeter of an ellipse, good to some 1e-5 for any axes that are seen."""
    if a + b == 0:
        return 0.0
    h = ((a - b) / (a + b)) ** 2
    return math.pi * (a + b) * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))
