"""Slices of a volume as one PNG, with the outline of a mask over them."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from scipy import ndimage

from treadle.gearkit.volume import Array

_TILE = 170  # pixels
_GAP = 4
_LINE = (255, 96, 64)
_AXES = (2, 1, 0)  # axial, coronal, sagittal


def montage(
    volume: Array, spacing: tuple[float, float, float], *, across: int = 6, mask: NDArray[Any] | None = None
) -> Pillow.Image:
    """Three rows of slices seen from the top, the front and the right, as wide as they are in mm.

    The left of the picture is the patient's right, as radiologists hang images.
    """
    low, high = window(volume)
    grey = np.clip((volume - low) / (high - low), 0, 1)
    rows = [_row(grey, spacing, axis, across, mask) for axis in _AXES]
    width = max(row.width for row in rows)
    height = sum(row.height for row in rows) + _GAP * (len(rows) - 1)
    picture = Pillow.new("RGB", (width, height))
    top = 0
    for row in rows:
        picture.paste(row, ((width - row.width) // 2, top))
        top += row.height + _GAP
    return picture


def window(volume: Array) -> tuple[float, float]:
    """Numbers shown black and white: the first of a hundred parts and the last of two hundred of what is not 0."""
    inside = volume[volume != 0]
    if inside.size == 0:
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(inside, (1, 99.5)))
    return (low, high) if high > low else (low, low + 1.0)


def png(picture: Pillow.Image, path: Path) -> None:
    """Write the picture."""
    picture.save(path, "PNG", optimize=True)


def data_uri(picture: Pillow.Image) -> str:
    """The picture as text that a page can hold."""
    held = io.BytesIO()
    picture.save(held, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode("ascii")


def _row(
    grey: Array, spacing: tuple[float, float, float], axis: int, across: int, mask: NDArray[Any] | None
) -> Pillow.Image:
    count = grey.shape[axis]
    inner = np.linspace(0.12 * (count - 1), 0.88 * (count - 1), min(across, count)).round().astype(int)
    flat = [other for other in range(3) if other != axis]
    size_mm = [grey.shape[other] * spacing[other] for other in flat]
    scale = _TILE / max(size_mm)
    width, height = (max(1, round(size * scale)) for size in size_mm)
    row = Pillow.new("RGB", (across * (width + _GAP) - _GAP, height))
    for place, number in enumerate(np.unique(inner)):
        cut = _hung(np.take(grey, number, axis))
        tile = Pillow.fromarray((cut * 255).astype(np.uint8)).resize(
            (width, height), Pillow.Resampling.BILINEAR
        )
        tile = tile.convert("RGB")
        if mask is not None:
            _outline(tile, _hung(np.take(mask, number, axis)))
        row.paste(tile, (place * (width + _GAP), 0))
    return row


def _hung(cut: NDArray[Any]) -> NDArray[Any]:
    """Up is the front or the top; left is the patient's right, on sagittal slices the front."""
    return cut.T[::-1, ::-1]


def _outline(tile: Pillow.Image, inside: NDArray[Any]) -> None:
    drawn = Pillow.fromarray(inside.astype(np.uint8) * 255).resize(tile.size, Pillow.Resampling.BILINEAR)
    filled = np.asarray(drawn) > 127
    edge = filled & ~ndimage.binary_erosion(filled)
    pixels = np.array(tile)
    pixels[edge] = _LINE
    tile.paste(Pillow.fromarray(pixels))
