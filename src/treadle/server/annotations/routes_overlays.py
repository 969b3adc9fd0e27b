"""Reports, segmentations and structure sets that lie in the project, as regions and labels of a series."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request, Response
from sqlalchemy import ColumnElement, and_, select

from treadle.server.access.guard import Guard, Rule, ScopedGuard, StreamGuards
from treadle.server.annotations import rules
from treadle.server.annotations.errors import OverlayMissing, OverlayUnreadable
from treadle.server.annotations.export_order import Unsuitable
from treadle.server.annotations.headers import headers_of
from treadle.server.annotations.overlay_order import KINDS, Overlay, labels_of_object, regions_of
from treadle.server.annotations.wire import OverlayDocument, OverlayRegions
from treadle.server.catalog.files import get_file
from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.rows import File
from treadle.server.catalog.tables import dicom_series, file, instance
from treadle.server.delivery.instances import instances_of
from treadle.server.dicomweb import instance_bytes
from treadle.server.dicomweb.described import in_process
from treadle.server.dicomweb.queries import among, stored
from treadle.server.wire.answer import json_answer
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/x/files", tags=["web"])

_MOST = 200
T = TypeVar("T")
_MOST_IMAGES = 5000
_LARGEST = 128 << 20  # bytes of an object
_HERE = dicom_series.join(file, file.c.id == dicom_series.c.file_version_id).join(
    instance,
    and_(
        instance.c.file_version_id == dicom_series.c.file_version_id,
        instance.c.series == dicom_series.c.number,
    ),
)


def _of_its_study(guard: Guard, target: File) -> list[ColumnElement[bool]]:
    """The condition on instances: objects about images, of the same study in the same project."""
    studies = select(dicom_series.c.study_uid).where(dicom_series.c.file_version_id == target.id)
    shown = file.c.analysis_id.is_(None) | guard.allowed(file.c.project_id, "analyses_view_metadata")
    return [
        LIVE_FILE,
        shown,
        file.c.project_id == target.project_id,
        dicom_series.c.study_uid.in_(studies),
        instance.c.sop_class_uid.in_(KINDS),
    ]


async def _target(guard: Guard, file_id: str, version: str | None) -> File:
    target = await get_file(guard.connection, file_id, version=read_count(version, "version"))
    await rules.require_pixels(guard, target)
    guard.record_once("view_file", target.context, of=f"{target.file_id}:{target.version}")
    return target


@router.get("/{file_id}/overlays", response_model=list[OverlayDocument])
async def list_overlays(guard: ScopedGuard, file_id: str, version: str | None = None) -> Response:
    """The reports, segmentations and structure sets of the same study, newest first."""
    target = await _target(guard, file_id, version)
    rows = await guard.connection.execute(
        select(instance.c.sop_uid, instance.c.sop_class_uid, file.c.file_id, file.c.version, file.c.name)
        .select_from(_HERE)
        .where(*_of_its_study(guard, target))
        .order_by(file.c.id.desc(), instance.c.sop_uid)
        .limit(_MOST)
    )
    return json_answer(
        [
            {
                "sop_uid": row.sop_uid,
                "kind": KINDS[row.sop_class_uid],
                "file_id": row.file_id,
                "version": row.version,
                "name": row.name,
            }
            for row in rows
        ]
    )


@router.get("/{file_id}/overlays/{sop_uid}", response_model=OverlayRegions)
async def get_overlay(
    request: Request, guards: StreamGuards, file_id: str, sop_uid: str, version: str | None = None
) -> Response:
    """What the object says of this series: regions (`treadle.roi/1`), and the names of its labels."""
    order = await _order(request, guards, file_id, sop_uid, version)
    return json_answer(await _read(regions_of, order))


@router.get("/{file_id}/overlays/{sop_uid}/labels", response_class=Response)
async def get_overlay_labels(
    request: Request, guards: StreamGuards, file_id: str, sop_uid: str, version: str | None = None
) -> Response:
    """The labels of a segmentation on the grid of this series, as NIfTI packed with gzip."""
    order = await _order(request, guards, file_id, sop_uid, version)
    return Response(await _read(labels_of_object, order), media_type="application/gzip")


async def _read(read: Callable[[Overlay], T], order: Overlay) -> T:
    try:
        return await in_process(read, order)
    except Unsuitable as reason:
        raise OverlayUnreadable(f"This object cannot be shown: {reason}.") from None


async def _order(
    request: Request, guards: StreamGuards, file_id: str, sop_uid: str, version: str | None
) -> Overlay:
    async with guards() as guard:
        target = await _target(guard, file_id, version)
        conditions = _of_its_study(guard, target)
        found = await stored(guard.connection, [*conditions, among([sop_uid])])
        if not found:
            raise OverlayMissing
        kinds = await guard.connection.execute(
            select(instance.c.sop_class_uid).select_from(_HERE).where(*conditions, among([sop_uid])).limit(1)
        )
        kind = KINDS[kinds.scalar_one()]
        known = {item.sop_uid: item for item in await stored(guard.connection, [file.c.id == target.id])}
        items = [known[item.sop_uid] for item in await instances_of(guard.connection, target) if item.rows]
        guard.record_once("view_file", found[0].context, of=f"{found[0].context['file']['id']}")
        await guard.record_rest(Rule.SCOPED)
    if len(items) > _MOST_IMAGES:
        raise OverlayUnreadable(f"The series has more than {_MOST_IMAGES} images.")
    if found[0].size > _LARGEST:
        raise OverlayUnreadable("The object is too large to be shown.")
    blobs = request.app.state.blobs
    data = await instance_bytes.read(blobs, found[0], 0, found[0].size)
    return Overlay(kind, data, await headers_of(blobs, items))
