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
from treadle.server.annotations.export_geometry import (
    axes_of,
    is_area,
    is_spatial,
    labels_of,
    on_image,
    outline,
)
from treadle.server.annotations.export_masks import affine_of, bounded, masks, numbered
from treadle.server.annotations.export_order import Order, Unsuitable, placed

_MEASURES = {
    "length_mm": (codes.SCT.Length, codes.UCUM.Millimeter),
    "width_mm": (Code("103340004", "SCT", "Short axis"), codes.UCUM.Millimeter),
    "area_mm2": (codes.SCT.Area, codes.UCUM.SquareMillimeter),
    "perimeter_mm": (codes.SCT.Perimeter, codes.UCUM.Millimeter),
    "angle_deg": (codes.SCT.Angle, codes.UCUM.Degree),
}
# Attributes that may be empty but not absent (PS3.3, type 2), and that what is written repeats.
_TYPE_2 = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "SliceThickness"),
)


def write(order: Order) -> bytes:
    """The file; Unsuitable says why there is none."""
    images = [
        _filled(dcmread(io.BytesIO(data), stop_before_pixels=True, force=True)) for data in order.headers
    ]
    try:
        return _WRITERS[order.kind](order, images)
    except (AttributeError, ValueError) as reason:
        raise Unsuitable(f"the images do not hold what it needs: {reason}") from None


def _filled(image: Dataset) -> Dataset:
    """The image with what every image should say, empty where it does not, as after de-identification."""
    for keyword in _TYPE_2:
        if keyword not in image:
            setattr(image, keyword, None)
    return image


def _report(order: Order, images: Sequence[Dataset]) -> bytes:
    """Structured report, TID 1500: regions on their images, those of other planes in the patient."""
    flat = [region for region in order.regions if region["ref"].get("sop_uid")]
    on_images = placed(flat, images) if flat else []
    in_patient = [region for region in order.regions if is_spatial(region)]
    if not on_images and not in_patient:
        raise Unsuitable("painted labels are written as seg or nifti, and nothing else is measured")
    groups = [_group(region, _flat(region, image)) for region, image in on_images]
    groups += [_group(region, _spatial(region)) for region in in_patient]
    evidence = {str(image.SOPInstanceUID): image for _, image in on_images}
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
    kind = hd.sr.Comprehensive3DSR if in_patient else hd.sr.ComprehensiveSR
    document = kind(
        evidence=list(evidence.values()) or [images[0]],
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


def _flat(region: Mapping[str, Any], image: Dataset) -> Any:
    """The region on its image, in pixels."""
    corners = on_image(region, image)
    kind = "POINT" if len(corners) == 1 else "POLYLINE"
    if is_area(region):
        corners = np.vstack([corners, corners[:1]])
    source = hd.sr.SourceImageForRegion(str(image.SOPClassUID), str(image.SOPInstanceUID))
    return hd.sr.ImageRegion(
        graphic_type=hd.sr.GraphicTypeValues[kind], graphic_data=corners, source_image=source
    )


def _spatial(region: Mapping[str, Any]) -> Any:
    """The region in the patient, in millimetres."""
    corners = outline(region, axes_of(region))
    kind = "POINT" if len(corners) == 1 else "POLYLINE"
    if is_area(region):
        corners, kind = np.vstack([corners, corners[:1]]), "POLYGON"
    return hd.sr.ImageRegion3D(
        graphic_type=hd.sr.GraphicTypeValues3D[kind],
        graphic_data=corners,
        frame_of_reference_uid=region["ref"]["frame_of_reference_uid"],
    )


def _group(region: Mapping[str, Any], place: Any) -> Any:
    measures = [
        hd.sr.Measurement(name=name, value=float(value), unit=unit)
        for stat, (name, unit) in _MEASURES.items()
        if (value := region.get("stats", {}).get(stat)) is not None
    ]
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(
            uid=hd.UID(), identifier=(region.get("label") or region["id"])[:64]
        ),
        referenced_region=place,
        finding_type=_code(region.get("label") or "unlabelled"),
        measurements=measures,
    )


def _segmentation(order: Order, images: Sequence[Dataset]) -> bytes:
    """Segmentation object: one binary segment per label, on the images that have regions."""
    numbers = numbered(order)
    labels = sorted(numbers, key=lambda label: numbers[label])
    used = sorted({mask.place for mask in masks(order, images) if mask.pixels.any()})
    if not used:
        raise Unsuitable("no region encloses a pixel")
    sources = [images[place] for place in used]
    rows, columns = int(sources[0].Rows), int(sources[0].Columns)
    bounded(len(sources) * rows * columns * len(labels))
    stack = np.zeros((len(sources), rows, columns, len(labels)), dtype=np.uint8)
    number_of = {place: number for number, place in enumerate(used)}
    for mask in masks(order, images):
        if mask.place in number_of and mask.label in labels:
            stack[number_of[mask.place], :, :, labels.index(mask.label)] |= mask.pixels
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
        pixel_array=stack,
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
    labels = numbered(order)
    shape = (int(images[0].Columns), int(images[0].Rows), len(images))
    bounded(shape[0] * shape[1] * shape[2])
    volume = np.zeros(shape, dtype=np.uint8 if max(labels.values()) < 256 else np.uint16)
    for mask in masks(order, images):
        if mask.label in labels:
            volume[:, :, mask.place][mask.pixels.T] = labels[mask.label]
    found = nibabel.Nifti1Image(volume, affine_of(images))
    found.header["descrip"] = order.name.encode("ascii", "replace")[:79]
    return gzip.compress(found.to_bytes(), mtime=0)


def _coco(order: Order, images: Sequence[Dataset]) -> bytes:
    """COCO's object detection form: outlines in pixels."""
    areas = [(region, image) for region, image in placed(order.regions, images) if is_area(region)]
    labels = labels_of([region for region, _ in areas])
    used = list({str(image.SOPInstanceUID): image for _, image in areas}.values())
    numbers = {str(image.SOPInstanceUID): number for number, image in enumerate(used, 1)}
    found = []
    for number, (region, image) in enumerate(areas, 1):
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


def _part10(document: Dataset) -> bytes:
    document.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    document.save_as(out, enforce_file_format=True)
    return out.getvalue()
