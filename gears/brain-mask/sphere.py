"""A sphere of triangles of nearly equal size: an icosahedron, each triangle divided into four several times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Triangles = NDArray[np.int64]
_GOLDEN = (1 + 5**0.5) / 2


def sphere(divisions: int) -> tuple[Points, Triangles]:
    """Points at distance 1 (42, 162, 642, 2562, ... of them) and the triangles between them, seen from outside."""
    corners = [(0.0, a, b * _GOLDEN) for a in (-1, 1) for b in (-1, 1)]
    points = np.array([np.roll(corner, turn) for turn in range(3) for corner in corners])
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    near = np.isclose(distance, 2)
    triangles = np.array(
        [
            (a, b, c)
            for a in range(12)
            for b in range(a + 1, 12)
            for c in range(b + 1, 12)
            if near[a, b] and near[b, c] and near[a, c]
        ]
    )
    inward = np.einsum("ij,ij->i", _normals(points, triangles), points[triangles].sum(1)) < 0
    triangles[inward] = triangles[inward][:, ::-1]
    for _ in range(divisions):
        points, triangles = _divided(points, triangles)
    return points / np.linalg.norm(points, axis=1, keepdims=True), triangles


def _normals(points: Points, triangles: Triangles) -> Points:
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


def _divided(points: Points, triangles: Triangles) -> tuple[Points, Triangles]:
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, place = np.unique(edges, axis=0, return_inverse=True)
    middle = points[unique].mean(1)
    middle /= np.linalg.norm(middle, axis=1, keepdims=True) / np.linalg.norm(points[0])
    ab, bc, ca = (place.reshape(-1, 3) + len(points)).T
    a, b, c = triangles.T
    parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.vstack([points, middle]), np.vstack([np.stack(part, 1) for part in parts])
