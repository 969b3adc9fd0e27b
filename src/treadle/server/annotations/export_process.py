"""Writes SR, SEG, NIfTI and COCO; runs in a process of its own, since it reads stored headers."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping, Sequence
from typing import Any

import highdicom as hd
import nibabel
import numpy as np
import orjson
from pydicom import Dataset, dcmread
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian

from treadle import __version__
from treadle.server.annotations.export_geometry import is_area, labels_of, mask_of, on_image
from treadle.server.annotations.export_order import Order, Unsuitable

_MOST_VOXELS = 512 << 20
_GRAPHICS = {"probe": "POINT", "arrow": "POLYLINE", "length": "POLYLINE", "angle": "POLYLINE"}
_MEASURES = {
    "length_mm": (codes.SCT.Length, codes.UCUM.Millimeter),
    "width_mm": (Code("103340004", "SCT", "Short axis"), codes.UCUM.Millimeter),
    "area_mm2": (codes.SCT.Area, codes.UCUM.SquareMillimeter),
    "perimeter_mm": (codes.SCT.Perimeter, codes.UCUM.Millimeter),
    "angle_deg": (codes.SCT.Angle, codes.UCUM.Degree),
}


def write(order: Order) -> bytes:
    """The file; Unsuitable says why there is none."""
    images = [dcmread(io.BytesIO(data), stop_before_pixels=True, force=True) for data in order.headers]
    return _WRITERS[order.kind](order, images)


def _placed(order: Order, images: Sequence[Dataset]) -> list[tuple[dict[str, Any], Dataset]]:
    """Each region with its image; only plain images are known to have one place."""
    by_uid = {str(image.SOPInstanceUID): image for image in images}
    found = []
    for region in order.regions:
        image = by_uid.get(region["ref"].get("sop_uid", ""))
        if image is None:
            continue
        if int(image.get("NumberOfFrames") or 1) > 1:
            raise Unsuitable("regions on multi-frame images are exported as JSON, CSV or not at all")
        found.append((region, image))
    if not found:
        raise Unsuitable("none of the regions lies on an image of a DICOM series")
    return found


def _report(order: Order, images: Sequence[Dataset]) -> bytes:
    """Structured report, TID 1500."""
    groups = [_group(region, image) for region, image in _placed(order, images)]
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(name=order.author[:64]),
    )
    report = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=observer),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion
        if images[0].get("Modality") == "CT"
        else codes.SCT.ImagingProcedure,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    document = hd.sr.ComprehensiveSR(
        evidence=list({str(image.SOPInstanceUID): image for _, image in _placed(order, images)}.values()),
        content=report,
        series_number=900,
        series_instance_uid=hd.UID(),
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="Treadle",
        is_complete=True,
        is_verified=False,
        series_description=order.name[:64],
    )
    return _part10(document)


def _group(region: Mapping[str, Any], image: Dataset) -> Any:
    corners = on_image(region, image)
    kind = _GRAPHICS.get(region["tool"], "POLYLINE")
    if is_area(region):
        corners = np.vstack([corners, corners[:1]])
    source = hd.sr.SourceImageForRegion(str(image.SOPClassUID), str(image.SOPInstanceUID))
    measures = [
        hd.sr.Measurement(name=name, value=float(value), unit=unit)
        for stat, (name, unit) in _MEASURES.items()
        if (value := region.get("stats", {}).get(stat)) is not None
    ]
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(
            uid=hd.UID(), identifier=(region.get("label") or region["id"])[:64]
        ),
        referenced_region=hd.sr.ImageRegion(
            graphic_type=hd.sr.GraphicTypeValues[kind], graphic_data=corners, source_image=source
        ),
        finding_type=_code(region.get("label") or "unlabelled"),
        measurements=measures,
    )


def _segmentation(order: Order, images: Sequence[Dataset]) -> bytes:
    """Segmentation object: one binary segment per label, on the images that have regions."""
    areas = [(region, image) for region, image in _placed(order, images) if is_area(region)]
    if not areas:
        raise Unsuitable("no region encloses an area")
    labels = list(dict.fromkeys(region.get("label") or "unlabelled" for region, _ in areas))
    used = {str(image.SOPInstanceUID) for _, image in areas}
    sources = [image for image in images if str(image.SOPInstanceUID) in used]
    place = {str(image.SOPInstanceUID): number for number, image in enumerate(sources)}
    rows, columns = int(sources[0].Rows), int(sources[0].Columns)
    if any((int(image.Rows), int(image.Columns)) != (rows, columns) for image in sources):
        raise Unsuitable("the images differ in size")
    _bounded(len(sources) * rows * columns * len(labels))
    masks = np.zeros((len(sources), rows, columns, len(labels)), dtype=np.uint8)
    for region, image in areas:
        segment = labels.index(region.get("label") or "unlabelled")
        masks[place[str(image.SOPInstanceUID)], :, :, segment] |= mask_of(
            on_image(region, image), rows, columns
        )
    segments = [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=label[:64],
            segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
            segmented_property_type=_code(label),
            algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        )
        for number, label in enumerate(labels, 1)
    ]
    document = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=masks,
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=segments,
        series_instance_uid=hd.UID(),
        series_number=901,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="Treadle",
        manufacturer_model_name="Treadle",
        software_versions=__version__,
        device_serial_number="0",
        series_description=order.name[:64],
        content_creator_name=order.author[:64],
    )
    return _part10(document)


def _nifti(order: Order, images: Sequence[Dataset]) -> bytes:
    """A label volume on the grid of the series."""
    areas = [(region, image) for region, image in _placed(order, images) if is_area(region)]
    if not areas:
        raise Unsuitable("no region encloses an area")
    rows, columns = int(images[0].Rows), int(images[0].Columns)
    _bounded(rows * columns * len(images))
    labels = labels_of([region for region, _ in areas])
    volume = np.zeros(
        (columns, rows, len(images)), dtype=np.uint8 if max(labels.values()) < 256 else np.uint16
    )
    place = {str(image.SOPInstanceUID): number for number, image in enumerate(images)}
    for region, image in areas:
        mask = mask_of(on_image(region, image), rows, columns)
        volume[:, :, place[str(image.SOPInstanceUID)]][mask.T] = labels[region.get("label") or "unlabelled"]
    found = nibabel.Nifti1Image(volume, _affine(images))
    found.header["descrip"] = order.name.encode("ascii", "replace")[:79]
    return gzip.compress(found.to_bytes(), mtime=0)


def _affine(images: Sequence[Dataset]) -> Any:
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


def _coco(order: Order, images: Sequence[Dataset]) -> bytes:
    """COCO's object detection form: outlines in pixels."""
    placed = [(region, image) for region, image in _placed(order, images) if is_area(region)]
    labels = labels_of([region for region, _ in placed])
    used = list({str(image.SOPInstanceUID): image for _, image in placed}.values())
    numbers = {str(image.SOPInstanceUID): number for number, image in enumerate(used, 1)}
    found = []
    for number, (region, image) in enumerate(placed, 1):
        corners = on_image(region, image)
        low, high = corners.min(axis=0), corners.max(axis=0)
        x, y = corners[:, 0], corners[:, 1]
        found.append(
            {
                "id": number,
                "image_id": numbers[str(image.SOPInstanceUID)],
                "category_id": labels[region.get("label") or "unlabelled"],
                "segmentation": [[round(float(value), 3) for value in corners.reshape(-1)]],
                "bbox": [round(float(value), 3) for value in (*low, *(high - low))],
                "area": round(abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2, 3),
                "iscrowd": 0,
            }
        )
    pictures = [
        {
            "id": number,
            "file_name": f"{image.SOPInstanceUID}.dcm",
            "width": int(image.Columns),
            "height": int(image.Rows),
        }
        for number, image in enumerate(used, 1)
    ]
    names = [
        {"id": number, "name": label} for label, number in sorted(labels.items(), key=lambda one: one[1])
    ]
    return orjson.dumps({"images": pictures, "annotations": found, "categories": names})


_WRITERS = {"sr": _report, "seg": _segmentation, "nifti": _nifti, "coco": _coco}


def _code(label: str) -> Code:
    """A label as a code of this site's own: at most 16 characters, and its full meaning."""
    short = "".join(letter for letter in label if letter.isalnum())[:16] or "label"
    return Code(short, "99TREADLE", label[:64])


def _bounded(voxels: int) -> None:
    if voxels > _MOST_VOXELS:
        raise Unsuitable("the mask would be too large")


def _part10(document: Dataset) -> bytes:
    document.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    document.save_as(out, enforce_file_format=True)
    return out.getvalue()
