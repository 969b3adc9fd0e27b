"""Measurement sets in other programs' forms (web.md 8.1)."""

from __future__ import annotations

from fastapi import Request, Response
from sqlalchemy import ColumnElement

from treadle.server.access.guard import Rule, StreamGuards
from treadle.server.annotations import rules
from treadle.server.annotations.errors import NotExportable
from treadle.server.annotations.export_order import Order, Unsuitable, written
from treadle.server.annotations.export_plain import as_csv
from treadle.server.annotations.headers import headers_of
from treadle.server.annotations.queries import Measurements
from treadle.server.annotations.roi import SCHEMA
from treadle.server.annotations.sets import companion_of
from treadle.server.annotations.wire import annotation_doc
from treadle.server.catalog.files import get_file
from treadle.server.catalog.tables import file, instance
from treadle.server.delivery.instances import instances_of
from treadle.server.dicomweb.described import in_process
from treadle.server.dicomweb.queries import Stored, stored
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import disposition, dumps
from treadle.server.wire.routing import Router

router = Router(prefix="/v3/annotations", tags=["annotations"])

# Form -> media type and suffix.
_FORMS = {
    "json": ("application/json", "json"),
    "csv": ("text/csv", "csv"),
    "coco": ("application/json", "coco.json"),
    "sr": ("application/dicom", "sr.dcm"),
    "seg": ("application/dicom", "seg.dcm"),
    "nifti": ("application/gzip", "nii.gz"),
}
_MOST_IMAGES = 5000
_MOST_PAINTED = 64 << 20  # bytes, packed


@router.get("/{annotation_id}/export", response_class=Response)
async def export_annotation(
    request: Request, guards: StreamGuards, annotation_id: str, format: str = "json"
) -> Response:
    """A set as JSON, CSV, COCO, DICOM SR (TID 1500), DICOM SEG or NIfTI labels."""
    if format not in _FORMS:
        raise NotExportable(f"'format' must be one of: {', '.join(_FORMS)}.")
    async with guards() as guard:
        found = await rules.readable(guard, annotation_id)
        items: list[Stored] = []
        if format not in ("json", "csv"):
            target = await get_file(guard.connection, found.file_id, version=found.file_version)
            await rules.require_pixels(guard, target)
            order = [item.sop_uid for item in await instances_of(guard.connection, target)]
            known = {item.sop_uid: item for item in await stored(guard.connection, _images(found, format))}
            items = [known[uid] for uid in order if uid in known]
        await guard.record_rest(Rule.SCOPED)
    kind, suffix = _FORMS[format]
    data = await _data(request.app.state.blobs, found, format, items)
    headers = {"Content-Disposition": disposition(f"{found.name}.{suffix}")}
    return Response(data, media_type=kind, headers=headers)


def _images(found: Measurements, format: str) -> list[ColumnElement[bool]]:
    """The images that are needed: those with regions, or for a volume all of them."""
    regions = found.shown.data.get("rois", [])
    uids = {region["ref"].get("sop_uid") for region in regions}
    of_file = file.c.id == found.file_version_id
    # Volumes and painted labels are on all images; what was drawn between images refers to any of them.
    if regions and (format == "nifti" or None in uids):
        return [of_file]
    return [of_file, instance.c.sop_uid.in_(uids)]


async def _painted(blobs: Blobs, found: Measurements) -> bytes | None:
    """The volume beside labels that were painted."""
    companion = companion_of(found.shown)
    if companion is None or not any(region["tool"] == "mask" for region in found.shown.data["rois"]):
        return None
    if companion.blob.size > _MOST_PAINTED:
        raise NotExportable("The volume of labels is too large.")
    return await blobs.read(companion.blob.sha384, 0, companion.blob.size)


async def _data(blobs: Blobs, found: Measurements, format: str, items: list[Stored]) -> bytes:
    document = annotation_doc(found)
    if format == "json":
        return dumps(document)
    if found.shown.data.get("schema") != SCHEMA:
        raise NotExportable("Annotations of older viewers are exported as JSON only.")
    if format == "csv":
        return as_csv(document)
    if not items:
        raise NotExportable("None of the regions lies on an image of a DICOM series.")
    if len(items) > _MOST_IMAGES:
        raise NotExportable(f"The series has more than {_MOST_IMAGES} images.")
    headers = await headers_of(blobs, items)
    painted = await _painted(blobs, found)
    order = Order(format, found.name, found.author_id, found.shown.data["rois"], headers, painted)
    try:
        return await in_process(written, order)
    except Unsuitable as reason:
        raise NotExportable(f"This cannot be written as {format}: {reason}.") from None
