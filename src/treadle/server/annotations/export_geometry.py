"""Regions on the pixels of their images: outlines in image coordinates, masks by the centres of pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from highdicom.spatial import ReferenceToImageTransformer
from pydicom.dataset import Dataset

from treadle.server.annotations.export_order import Unsuitable

_ROUND = 180  # corners of an ellipse
AREAS = ("rectangle", "ellipse", "circle", "freehand")


def is_area(region: Mapping[str, Any]) -> bool:
    """Whether the region encloses something."""
    return region["tool"] in AREAS and (region["tool"] != "freehand" or bool(region.get("closed")))


def grid_of(image: Dataset) -> dict[str, Any]:
    """How the image lies in the patient (mm), in highdicom's words; AttributeError when it does not say."""
    return {
        "image_position": [float(value) for value in image.ImagePositionPatient],
        "image_orientation": [float(value) for value in image.ImageOrientationPatient],
        "pixel_spacing": [float(value) for value in image.PixelSpacing],
    }


def on_image(region: Mapping[str, Any], image: Dataset) -> Any:
    """The region's points as (column, row) of the image, from the corner of its first pixel; N x 2."""
    try:
        transform = ReferenceToImageTransformer(**grid_of(image))
    except AttributeError:
        raise Unsuitable("the image does not say where it lies in the patient") from None
    axes = np.array([float(value) for value in image.ImageOrientationPatient]).reshape(2, 3)
    return transform(outline(region, axes))[:, :2]


def is_spatial(region: Mapping[str, Any]) -> bool:
    """Whether the region lies on a plane between images, in coordinates that it names."""
    ref = region["ref"]
    return bool(not ref.get("sop_uid") and ref.get("frame_of_reference_uid") and region["points"])


def axes_of(region: Mapping[str, Any]) -> Any:
    """Two directions of the plane that the region was drawn on."""
    if not region.get("normal") or not region.get("up"):
        return np.eye(3)[:2]
    up = np.array(region["up"], dtype=float)
    return np.array([np.cross(np.array(region["normal"], dtype=float), up), up])


def outline(region: Mapping[str, Any], axes: Any) -> Any:
    """The corners in patient coordinates; round shapes as polygons."""
    points = np.array(region["points"], dtype=float)
    if region["tool"] == "ellipse":
        centre = points.mean(axis=0)
        return _round(centre, (points[0] - points[1]) / 2, (points[2] - points[3]) / 2)
    if region["tool"] == "circle":
        radius = math.dist(points[0], points[1])
        return _round(points[0], axes[0] * radius, axes[1] * radius)
    return points


def _round(centre: Any, one: Any, other: Any) -> Any:
    turn = np.linspace(0, 2 * math.pi, _ROUND, endpoint=False)[:, np.newaxis]
    return centre + np.cos(turn) * one + np.sin(turn) * other


def mask_of(corners: Any, rows: int, columns: int) -> Any:
    """Pixels whose centres lie in the polygon (even-odd rule)."""
    mask = np.zeros((rows, columns), dtype=bool)
    first = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, None)
    last = np.minimum(np.ceil(corners.max(axis=0)).astype(int), (columns, rows))
    if (last <= first).any():
        return mask
    x, y = np.meshgrid(np.arange(first[0], last[0]) + 0.5, np.arange(first[1], last[1]) + 0.5)
    inside = np.zeros(x.shape, dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            inside ^= ((y1 <= y) != (y2 <= y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    mask[first[1] : last[1], first[0] : last[0]] = inside
    return mask


def labels_of(regions: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """A number for each label, from 1; those that regions ask for are kept where they do not collide."""
    found: dict[str, int] = {}
    for region in regions:
        wanted, label = region.get("label_value"), region.get("label") or "unlabelled"
        if label not in found and wanted and wanted not in found.values() and 0 < wanted < 256:
            found[label] = wanted
    for region in regions:
        label = region.get("label") or "unlabelled"
        if label not in found:
            found[label] = next(number for number in range(1, 10_000) if number not in found.values())
    return found
