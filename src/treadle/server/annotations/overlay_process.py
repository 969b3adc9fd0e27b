"""Reads SR, SEG and RTSTRUCT as regions and labels of images, in a process of its own: strangers stored them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import highdicom as hd
import nibabel
import numpy as np
from highdicom.spatial import ImageToReferenceTransformer
from pydicom import Dataset, dcmread

from treadle.server.annotations.export_geometry import grid_of
from treadle.server.annotations.export_masks import affine_of, bounded
from treadle.server.annotations.export_order import Unsuitable
from treadle.server.annotations.measures import measured
from treadle.server.annotations.overlay_order import Overlay

MOST_REGIONS = 5000
_MOST_POINTS = 20_000
_ON_IMAGE_MM = 0.6  # how far a contour without a reference may lie from its image
_LABELS = 255
# What the libraries raise for objects that lack a part of theirs.
_DAMAGED = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)


def regions(order: Overlay) -> dict[str, Any]:
    """Regions in the canonical form, and the labels that have a volume."""
    images = _images(order)
    if order.kind == "seg":
        return {"rois": [], "segments": _segments(dcmread(io.BytesIO(order.data), stop_before_pixels=True))}
    source = _report if order.kind == "sr" else _structures
    try:
        return {"rois": _checked(source(order.data, images)), "segments": []}
    except _DAMAGED as reason:
        raise Unsuitable(f"it is damaged: {reason}") from None


def labels(order: Overlay) -> bytes:
    """The labels of a segmentation on the grid of the images."""
    images = _images(order)
    if order.kind != "seg":
        raise Unsuitable("only a segmentation has labels in voxels")
    rows, columns = int(images[0].Rows), int(images[0].Columns)
    bounded(rows * columns * len(images))
    try:
        segmentation = hd.seg.segread(io.BytesIO(order.data))
        if segmentation.number_of_segments > _LABELS:
            raise Unsuitable(f"it has more than {_LABELS} labels")
        pixels = segmentation.get_pixels_by_source_instance(
            [str(image.SOPInstanceUID) for image in images],
            combine_segments=True,
            skip_overlap_checks=True,
            assert_missing_frames_are_empty=True,
            ignore_spatial_locations=True,
        )
    except _DAMAGED as reason:
        raise Unsuitable(f"it does not lie on the pixels of these images: {reason}") from None
    if pixels.shape != (len(images), rows, columns):
        raise Unsuitable("its pixels are not those of these images")
    volume = nibabel.Nifti1Image(np.ascontiguousarray(pixels.astype(np.uint8).T), affine_of(images))
    return gzip.compress(volume.to_bytes(), compresslevel=1, mtime=0)


def _images(order: Overlay) -> list[Dataset]:
    images: list[Dataset] = [
        dcmread(io.BytesIO(data), stop_before_pixels=True, force=True) for data in order.headers
    ]
    if not images:
        raise Unsuitable("the series has no images")
    return images


def _segments(ds: Dataset) -> list[dict[str, Any]]:
    return [
        {"value": int(item.SegmentNumber), "label": str(item.get("SegmentLabel") or item.SegmentNumber)[:64]}
        for item in ds.SegmentSequence
    ]


def _checked(source: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for region in source:
        if len(found) == MOST_REGIONS:
            raise Unsuitable(f"it has more than {MOST_REGIONS} outlines")
        points = region["points"]
        if len(points) > _MOST_POINTS:
            raise Unsuitable(f"an outline has more than {_MOST_POINTS} points")
        stats = measured(region["tool"], points, closed=region["closed"])
        found.append({"id": str(len(found) + 1), "comment": "", **region, "stats": stats})
    return found


def _report(data: bytes, images: Sequence[Dataset]) -> Iterator[dict[str, Any]]:
    """The planar regions of a measurement report (TID 1500) that lie on these images."""
    by_uid = {str(image.SOPInstanceUID): image for image in images}
    frames = {str(image.get("FrameOfReferenceUID", "")) for image in images}
    content = hd.sr.srread(io.BytesIO(data)).content
    if not isinstance(content, hd.sr.MeasurementReport):
        raise Unsuitable("it is no measurement report (TID 1500)")
    for group in content.get_planar_roi_measurement_groups():
        roi = group.roi
        label = _label(group)
        if isinstance(roi, hd.sr.ImageRegion3D):
            frame = str(roi.frame_of_reference_uid)
            if frame in frames:
                place: dict[str, Any] = {"frame": 1, "frame_of_reference_uid": frame}
                yield _shape(roi.graphic_type.value, roi.value, label, place)
        elif isinstance(roi, hd.sr.ImageRegion):
            (source,) = roi.ContentSequence[:1]
            image = by_uid.get(str(source.ReferencedSOPSequence[0].ReferencedSOPInstanceUID))
            if image is not None:
                yield _shape(roi.graphic_type.value, _in_patient(roi.value, image), label, _place(image))


def _label(group: Any) -> str:
    finding = group.finding_type
    name = finding.meaning if finding is not None else group.tracking_identifier
    return str(name or "")[:255]


def _in_patient(corners: Any, image: Dataset) -> Any:
    try:
        transform = ImageToReferenceTransformer(**grid_of(image))
    except AttributeError:
        raise Unsuitable("the images do not say where they lie in the patient") from None
    return transform(np.atleast_2d(corners))


def _place(image: Dataset) -> dict[str, Any]:
    frame = image.get("FrameOfReferenceUID")
    return {
        "sop_uid": str(image.SOPInstanceUID),
        "frame": 1,
        **({"frame_of_reference_uid": str(frame)} if frame else {}),
    }


def _shape(kind: str, value: Any, label: str, place: dict[str, Any]) -> dict[str, Any]:
    """A graphic of DICOM as a region; the tools follow from how many corners there are."""
    points = [tuple(float(part) for part in point) for point in np.atleast_2d(value)]
    closed = len(points) > 3 and points[0] == points[-1]
    if kind in ("POINT", "MULTIPOINT"):
        tool, points, closed = "probe", points[:1], False
    elif kind == "CIRCLE":
        tool, closed = "circle", True
    elif kind == "ELLIPSE":
        tool, closed = "ellipse", True
    elif closed or kind == "POLYGON":
        tool, points, closed = "freehand", points[:-1] if closed else points, True
    else:
        tool = {2: "length", 3: "angle"}.get(len(points), "freehand")
    return {"tool": tool, "label": label, "ref": place, "points": points, "closed": closed}


def _structures(data: bytes, images: Sequence[Dataset]) -> Iterator[dict[str, Any]]:
    """The contours of a structure set that lie on these images."""
    ds = dcmread(io.BytesIO(data))
    names = {int(item.ROINumber): str(item.get("ROIName") or "") for item in ds.StructureSetROISequence}
    by_uid = {str(image.SOPInstanceUID): image for image in images}
    depths = _depths(images)
    for roi in ds.get("ROIContourSequence", []):
        color = roi.get("ROIDisplayColor")
        about: Mapping[str, Any] = (
            {"color": "#" + "".join(f"{int(part) & 255:02x}" for part in color)} if color else {}
        )
        label = names.get(int(roi.ReferencedROINumber), "")[:255]
        for contour in roi.get("ContourSequence", []):
            points = np.array([float(part) for part in contour.ContourData]).reshape(-1, 3)
            uids = [str(item.ReferencedSOPInstanceUID) for item in contour.get("ContourImageSequence", [])]
            image = next((by_uid[uid] for uid in uids if uid in by_uid), None) or _at(points, images, depths)
            if image is None:
                continue
            kind = str(contour.get("ContourGeometricType", "CLOSED_PLANAR"))
            graphic = {"POINT": "POINT", "OPEN_PLANAR": "POLYLINE"}.get(kind, "POLYGON")
            yield {**_shape(graphic, points, label, _place(image)), **about}


def _depths(images: Sequence[Dataset]) -> tuple[Any, Any] | None:
    """The normal of the series, and how far along it each image lies."""
    if not all(
        image.get("ImagePositionPatient") and image.get("ImageOrientationPatient") for image in images
    ):
        return None
    axes = np.array([float(value) for value in images[0].ImageOrientationPatient]).reshape(2, 3)
    normal = np.cross(axes[0], axes[1])
    origins = np.array([[float(value) for value in image.ImagePositionPatient] for image in images])
    return normal, origins @ normal


def _at(points: Any, images: Sequence[Dataset], depths: tuple[Any, Any] | None) -> Dataset | None:
    """The image that a contour without a reference lies on."""
    if depths is None or not len(points):
        return None
    normal, far = depths
    away = np.abs(far - float(points[0] @ normal))
    nearest = int(away.argmin())
    return images[nearest] if away[nearest] <= _ON_IMAGE_MM else None
