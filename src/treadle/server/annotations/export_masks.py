"""Labels on the pixels of images: of regions that enclose something, and of volumes that were painted."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import nibabel
import numpy as np
from pydicom import Dataset

from treadle.server.annotations.export_geometry import is_area, labels_of, mask_of, on_image
from treadle.server.annotations.export_order import Order, Unsuitable, placed

_MOST_VOXELS = 512 << 20
_SAME_PLACE = 0.05  # voxels
_HEADER = 1 << 16


class Mask(NamedTuple):
    """The pixels of one label on one image."""

    place: int  # of the image, along the patient
    label: str
    pixels: Any  # rows x columns, bool


def bounded(voxels: int) -> None:
    """Go on only with what fits into the memory of a process that writes it."""
    if voxels > _MOST_VOXELS:
        raise Unsuitable("the mask would be too large")


def numbered(order: Order) -> dict[str, int]:
    """The labels that enclose something, with a number each."""
    found = labels_of([region for region in order.regions if is_area(region) or region["tool"] == "mask"])
    if not found:
        raise Unsuitable("no region encloses an area")
    return found


def masks(order: Order, images: Sequence[Dataset]) -> Iterator[Mask]:
    """Every label on every image that has some of it."""
    size = int(images[0].Rows), int(images[0].Columns)
    if any((int(image.Rows), int(image.Columns)) != size for image in images):
        raise Unsuitable("the images differ in size")
    bounded(size[0] * size[1] * len(images))
    if order.painted is not None:
        yield from _painted(order.painted, order.regions, images)
    areas = [region for region in order.regions if is_area(region)]
    if areas:
        at = {str(image.SOPInstanceUID): number for number, image in enumerate(images)}
        for region, image in placed(areas, images):
            pixels = mask_of(on_image(region, image), *size)
            yield Mask(at[str(image.SOPInstanceUID)], region.get("label") or "unlabelled", pixels)


def _painted(
    packed: bytes, regions: Sequence[Mapping[str, Any]], images: Sequence[Dataset]
) -> Iterator[Mask]:
    volume = _volume(packed, images)
    names = {
        region["label_value"]: region.get("label") or "unlabelled"
        for region in regions
        if region["tool"] == "mask" and region.get("label_value")
    }
    for place in range(len(images)):
        pixels = volume[:, :, place].T
        for value in np.unique(pixels[pixels > 0]):
            yield Mask(place, names.get(int(value), f"label {value}"), pixels == value)


def _volume(packed: bytes, images: Sequence[Dataset]) -> Any:
    """The voxels of a NIfTI volume that lies exactly on the images."""
    shape = (int(images[0].Columns), int(images[0].Rows), len(images))
    most = 2 * int(np.prod(shape)) + _HEADER
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as plain:
            data = plain.read(most + 1)
        if len(data) > most:
            raise Unsuitable("the labels lie on other images")
        image = nibabel.Nifti1Image.from_bytes(data)
        voxels = np.asanyarray(image.dataobj)
        step = np.linalg.inv(affine_of(images)) @ image.affine
    except (OSError, EOFError, ValueError, nibabel.spatialimages.HeaderDataError) as reason:
        raise Unsuitable("the file beside the labels is no NIfTI volume") from reason
    far = np.abs((step - np.eye(4)) @ np.array([*shape, 1])).max()
    if voxels.shape != shape or not np.issubdtype(voxels.dtype, np.integer) or far > _SAME_PLACE * max(shape):
        raise Unsuitable("the labels lie on other images")
    return voxels


def affine_of(images: Sequence[Dataset]) -> Any:
    """From voxels to millimetres, in NIfTI's directions (RAS)."""
    first, last = images[0], images[-1]
    axes = np.array([float(value) for value in first.ImageOrientationPatient]).reshape(2, 3)
    spacing = [float(value) for value in first.PixelSpacing]
    start = np.array([float(value) for value in first.ImagePositionPatient])
    end = np.array([float(value) for value in last.ImagePositionPatient])
    thick = float(first.get("SpacingBetweenSlices") or first.get("SliceThickness") or 1)
    step = (end - start) / (len(images) - 1) if len(images) > 1 else np.cross(axes[0], axes[1]) * thick
    affine = np.eye(4)
    affine[:3] = np.column_stack([axes[0] * spacing[1], axes[1] * spacing[0], step, start])
    return np.diag([-1, -1, 1, 1]) @ affine
