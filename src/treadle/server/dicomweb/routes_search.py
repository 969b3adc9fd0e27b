"""QIDO-RS (PS3.18 10.6): studies, series and instances that match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from fastapi import Request, Response
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog.tables import dicom_series, instance
from treadle.server.dicomweb import queries
from treadle.server.dicomweb.accept import DICOM_JSON, REFUSED, require_json
from treadle.server.dicomweb.attributes import (
    SERIES,
    SERIES_MORE,
    STUDY,
    STUDY_MORE,
    Attributes,
    add,
    attributes_of,
)
from treadle.server.dicomweb.matching import Search, read_search
from treadle.server.dicomweb.places import ROOTS, Place, find_place
from treadle.server.wire.routing import Router

router = Router(tags=["DICOMweb"])

_UIDS = {
    "studies": dicom_series.c.study_uid,
    "series": dicom_series.c.series_uid,
    "instances": instance.c.sop_uid,
}


async def search_dicom(request: Request, guard: ScopedGuard) -> Response:
    """The studies, series or instances that match, a page at a time."""
    require_json(request)
    level = request.scope["route"].path.rpartition("/")[2]
    asked = read_search(request, level)
    place = await find_place(request, guard, "files_view_metadata")
    above = [request.path_params[name] for name in ("study", "series") if name in request.path_params]
    within = [place.files, *queries.below(above)]
    uids = await queries.page(
        guard.connection,
        _UIDS[level],
        [*within, *asked.conditions],
        limit=asked.limit + 1,
        offset=asked.offset,
        instances=level == "instances",
    )
    warnings = list(asked.warnings)
    if len(uids) > asked.limit:
        uids = uids[: asked.limit]
        warnings.append("There are additional results that can be requested.")
    found = await _documents(guard.connection, level, uids, within, place, asked)
    headers = {"Cache-Control": "private, no-cache"}
    if warnings:
        headers["Warning"] = ", ".join(f'299 {request.url.netloc} "{text}"' for text in warnings)
    if not found:
        return Response(status_code=204, headers=headers)
    return Response(orjson.dumps(found), media_type=DICOM_JSON, headers=headers)


async def _documents(
    connection: AsyncConnection,
    level: str,
    uids: Sequence[str],
    within: Sequence[ColumnElement[bool]],
    place: Place,
    asked: Search,
) -> list[Attributes]:
    if not uids:
        return []
    if level == "instances":
        rows = await queries.instances(connection, uids, within)
        return [_instance(row, place, asked) for row in rows]
    make = _study if level == "studies" else _series
    where = within if level == "series" else within[:1]
    headers = await queries.headers(connection, _UIDS[level], uids, where)
    counts = await queries.counts(connection, _UIDS[level], uids, where)
    return [make(headers[uid], counts[uid], place, asked) for uid in uids if uid in counts]


def _fields(asked: Search, usual: Iterable[str], more: Iterable[str]) -> list[str]:
    return [*usual, *(more if asked.everything else ()), *asked.fields]


def _own(header: Any, *, series_uid: str | None, study_uid: str) -> dict[str, Any]:
    """The header as far as it speaks of this study and series."""
    said = header if isinstance(header, dict) else {}
    if said.get("StudyInstanceUID") != study_uid or (
        series_uid is not None and said.get("SeriesInstanceUID") != series_uid
    ):
        said = {}
    return {**said, "StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid}


def _study(row: Any, count: Any, place: Place, asked: Search) -> Attributes:
    said = _own(row.header, series_uid=None, study_uid=row.study_uid)
    found = attributes_of(said, _fields(asked, STUDY, STUDY_MORE))
    add(found, "ModalitiesInStudy", sorted(filter(None, count.modalities)))
    if asked.everything or "SOPClassesInStudy" in asked.fields:
        add(found, "SOPClassesInStudy", sorted(filter(None, count.classes)))
    add(found, "NumberOfStudyRelatedSeries", count.series)
    add(found, "NumberOfStudyRelatedInstances", count.instances)
    return _finished(found, place.address(row.study_uid))


def _series(row: Any, count: Any, place: Place, asked: Search) -> Attributes:
    said = _own(row.header, series_uid=row.series_uid, study_uid=row.study_uid)
    usual = (*STUDY, *SERIES) if asked.everything else (*SERIES, "StudyInstanceUID")
    found = attributes_of(said, _fields(asked, usual, (*STUDY_MORE, *SERIES_MORE)))
    add(found, "NumberOfSeriesRelatedInstances", count.instances)
    return _finished(found, place.address(row.study_uid, row.series_uid))


def _instance(row: Any, place: Place, asked: Search) -> Attributes:
    said = _own(row.header, series_uid=row.series_uid, study_uid=row.study_uid)
    of_series = {*STUDY, *STUDY_MORE, *SERIES, *SERIES_MORE}
    usual = (*STUDY, *SERIES) if asked.everything else ("StudyInstanceUID", "SeriesInstanceUID", "Modality")
    found = attributes_of(said, [*usual, *(asked.fields & of_series)])
    add(found, "SOPClassUID", row.sop_class_uid)
    add(found, "SOPInstanceUID", row.sop_uid)
    add(found, "AvailableTransferSyntaxUID", row.transfer_syntax)
    add(found, "InstanceNumber", row.number)
    add(found, "Rows", row.rows)
    add(found, "Columns", row.columns)
    add(found, "NumberOfFrames", row.frames if row.frames > 1 else None)
    return _finished(found, place.address(row.study_uid, row.series_uid, row.sop_uid))


def _finished(found: Attributes, address: str) -> Attributes:
    found["00080056"] = {"vr": "CS", "Value": ["ONLINE"]}
    found["00081190"] = {"vr": "UR", "Value": [address]}
    return dict(sorted(found.items()))


for _root in ROOTS:
    for _path in (
        "/studies",
        "/series",
        "/instances",
        "/studies/{study}/series",
        "/studies/{study}/instances",
        "/studies/{study}/series/{series}/instances",
    ):
        router.add_api_route(
            _root + _path,
            search_dicom,
            methods=["GET"],
            response_class=Response,
            responses={204: {"description": "Nothing matches."}, **REFUSED},
        )
