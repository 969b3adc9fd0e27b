"""The surface that grows from the middle of the head until it meets the skull (Smith 2002, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from sphere import Points, Triangles, sphere

from treadle.gearkit.mask import Mask
from treadle.gearkit.run import Refused
from treadle.gearkit.volume import Array

DIVISIONS = 4  # 2562 points
ROUNDS = 1000
SMOOTHEST_MM, ROUGHEST_MM = 10.0, 3.33  # radii of curvature between which smoothing sets in
LOOK_DARK_MM, LOOK_BRIGHT_MM = 7, 3  # how deep below the surface brightness is looked up
PACE = 0.05  # of the distance of two points, per round
HEAD_PART = 0.1  # of the range of brightness: above it is head

Spacing = tuple[float, float, float]


@dataclass(frozen=True)
class Brightness:
    """What counts as dark, head, bright; the middle of the head, its radius and usual brightness inside."""

    dark: float
    head: float
    bright: float
    middle: Points
    radius: float
    usual: float


def brightness(volume: Array, spacing: Spacing, radius: float | None = None) -> Brightness:
    """Measured over the image; refused when it is blank."""
    dark, bright = (float(value) for value in np.percentile(volume, (2, 98)))
    head = dark + HEAD_PART * (bright - dark)
    inside = volume > head
    if not bright > dark or not inside.any():
        raise Refused("the image is blank")
    weight = np.where(inside, np.clip(volume, dark, bright) - dark, 0)
    middle = np.array(ndimage.center_of_mass(weight)) * spacing
    radius = radius or float((inside.sum() * np.prod(spacing) * 3 / (4 * np.pi)) ** (1 / 3))
    along = [
        (np.arange(count) * size - at) ** 2
        for count, size, at in zip(volume.shape, spacing, middle, strict=True)
    ]
    values = volume[np.add.outer(np.add.outer(along[0], along[1]), along[2]) < radius**2]
    values = values[(values > dark) & (values < bright)]
    return Brightness(dark, head, bright, middle, radius, float(np.median(values)) if values.size else head)


def grow(volume: Array, spacing: Spacing, light: Brightness, fraction: float) -> tuple[Points, Triangles]:
    """Points in mm, and the triangles between them."""
    unit, triangles = sphere(DIVISIONS)
    points = light.middle + unit * light.radius / 2
    edges = np.unique(np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0)
    ones = np.ones(len(edges))
    one_way = sparse.coo_matrix((ones, edges.T), shape=(len(points), len(points)))
    around = (one_way + one_way.T).tocsr()
    around = sparse.diags(1 / np.asarray(around.sum(1)).ravel()) @ around
    for _ in range(ROUNDS):
        step = float(np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1).mean())
        normal = _normal(points, triangles)
        pull = around @ points - points
        across = np.einsum("ij,ij->i", pull, normal)[:, None] * normal
        push = PACE * step * _push(volume, spacing, light, points, normal, fraction)
        points = points + (pull - across) / 2 + _stiffness(across, step) * across + push[:, None] * normal
    return points, triangles


def fill(points: Points, triangles: Triangles, shape: tuple[int, ...], spacing: Spacing) -> Mask:
    """The voxels whose middle lies within the surface."""
    corners = [points[triangles[:, corner]] for corner in range(3)]
    a, b, c = corners
    outwards = np.cross(b - a, c - a)
    longest = max(float(np.linalg.norm(corners[n] - corners[n - 1], axis=1).max()) for n in range(3))
    parts = int(np.ceil(2 * longest / min(spacing))) + 1
    shell, beyond = np.zeros(shape, bool), np.zeros(shape)
    for i in range(parts + 1):
        for j in range(parts + 1 - i):
            u, v = i / parts, j / parts
            on = a * (1 - u - v) + b * u + c * v
            index = _index(on, shape, spacing)
            shell[index] = True
            np.add.at(beyond, index, np.einsum("ij,ij->i", np.stack(index, 1) * spacing - on, outwards))
    return np.asarray(ndimage.binary_fill_holes(shell) & ~(shell & (beyond > 0)))


def _normal(points: Points, triangles: Triangles) -> Points:
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    summed = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(faces[:, axis], 3), minlength=len(points))
            for axis in range(3)
        ],
        1,
    )
    return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)


def _stiffness(across: Points, step: float) -> NDArray[np.float64]:
    """How much of the pull across the surface is followed: little where it is smooth, all where it is rough."""
    curvature = 2 * np.linalg.norm(across, axis=1) / step**2
    middle = (1 / ROUGHEST_MM + 1 / SMOOTHEST_MM) / 2
    slope = 6 / (1 / ROUGHEST_MM - 1 / SMOOTHEST_MM)
    return ((1 + np.tanh(slope * (curvature - middle))) / 2)[:, None]


def _push(
    volume: Array, spacing: Spacing, light: Brightness, points: Points, normal: Points, fraction: float
) -> NDArray[np.float64]:
    """Outwards where it is bright below the surface, inwards where it is dark: between -2 and 2."""
    below = np.stack(
        [
            np.where(
                _is_within(places := points - depth * normal, volume.shape, spacing),
                volume[_index(places, volume.shape, spacing)],
                light.dark,
            )
            for depth in range(LOOK_DARK_MM + 1)
        ]
    )
    darkest = np.clip(below.min(0), light.dark, light.usual)
    brightest = np.clip(below[: LOOK_BRIGHT_MM + 1].max(0), light.head, light.usual)
    edge = (brightest - light.dark) * fraction + light.dark
    return 2 * (darkest - edge) / np.maximum(brightest - light.dark, 1e-6)


def _is_within(points: Points, shape: tuple[int, ...], spacing: Spacing) -> Mask:
    """Where there is an image; beyond its edge it is taken for dark, so that the surface stays within."""
    return np.asarray(((points > 0) & (points < (np.array(shape) - 1) * spacing)).all(1))


def _index(points: Points, shape: tuple[int, ...], spacing: Spacing) -> tuple[NDArray[np.int64], ...]:
    nearest = np.rint(points / spacing).astype(np.int64)
    return tuple(np.clip(nearest[:, axis], 0, shape[axis] - 1) for axis in range(3))
