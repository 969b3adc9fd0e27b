"""STOW-RS (PS3.18 10.5): instances into a project."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from fastapi import Request, Response

from treadle.server.access.guard import Rule, StreamGuards
from treadle.server.catalog.rows import Container
from treadle.server.dicomweb import store
from treadle.server.dicomweb.accept import DICOM_JSON, REFUSED, require_json
from treadle.server.dicomweb.attributes import Attributes, add
from treadle.server.dicomweb.described import in_process
from treadle.server.dicomweb.places import Place, find_place
from treadle.server.dicomweb.reading import Packed, Received, pack_received, read_received
from treadle.server.dicomweb.store_body import receive_parts
from treadle.server.kit.settings import Settings
from treadle.server.store.blobs import Blobs, Receipt
from treadle.server.wire.routing import Router

router = Router(tags=["DICOMweb"])

# Failure reasons of PS3.18 table I.2-2.
_DUPLICATE, _OTHER_STUDY, _UNREADABLE = 0x0111, 0xA900, 0xC000


async def store_instances(request: Request, guards: StreamGuards, project_id: str) -> Response:
    """Store instances in the project: a series becomes one file of one acquisition."""
    require_json(request)
    async with guards() as guard:
        project = await store.find_project(guard, project_id)
        place = await find_place(request, guard)
        await guard.record_rest(Rule.SCOPED)
    settings: Settings = request.app.state.settings
    with tempfile.TemporaryDirectory(prefix="treadle-") as folder:
        paths = await receive_parts(request, Path(folder), settings.uploads)
        received = await in_process(read_received, list(map(str, paths)))
        failed, new = await _sorted(request, guards, project, received)
        packed = await in_process(pack_received, [item.path for item in new], folder, store.route_to(project))
        await _place(request.app.state.blobs, guards, project_id, packed)
    good = [item for item in received if item.path not in failed]
    return _answer(place, received, good, failed)


async def _sorted(
    request: Request, guards: StreamGuards, project: Container, received: Sequence[Received]
) -> tuple[dict[str, int], list[Received]]:
    """By path why an instance is refused, and those that are new."""
    blobs: Blobs = request.app.state.blobs
    async with guards() as guard:
        guard.decided()
        known = await store.there_already(guard.connection, project.id, received)
    study = request.path_params.get("study")
    failed: dict[str, int] = {}
    new: dict[str, Received] = {}
    for item in received:
        if not item.is_readable:
            failed[item.path] = _UNREADABLE
        elif study is not None and item.study_uid != study:
            failed[item.path] = _OTHER_STUDY
        elif item.sop_uid in known:
            if not await store.is_same(blobs, known[item.sop_uid], item):
                failed[item.path] = _DUPLICATE
        elif item.sop_uid in new:
            if Path(item.path).read_bytes() != Path(new[item.sop_uid].path).read_bytes():
                failed[item.path] = _DUPLICATE
        else:
            new[item.sop_uid] = item
    return failed, list(new.values())


async def _place(blobs: Blobs, guards: StreamGuards, project_id: str, packed: Sequence[Packed]) -> None:
    receipts: list[Receipt] = []
    try:
        for series in packed:
            receipts.append(await store.take(blobs, Path(series.path)))
        async with guards() as guard:
            project = await store.find_project(guard, project_id)
            for series, receipt in zip(packed, receipts, strict=True):
                await store.place(guard, project, series, receipt, blobs)
    finally:
        await asyncio.gather(*(receipt.close() for receipt in receipts))


def _answer(
    place: Place, received: Sequence[Received], good: Sequence[Received], failed: dict[str, int]
) -> Response:
    body: Attributes = {}
    studies = sorted({item.study_uid for item in good})
    if len(studies) == 1:
        body["00081190"] = {"vr": "UR", "Value": [place.address(studies[0])]}
    if failed:
        items = [
            _reference(item, {"00081197": _short(failed[item.path])})
            for item in received
            if item.path in failed
        ]
        body["00081198"] = {"vr": "SQ", "Value": items}
    if good:
        items = [
            _reference(
                item,
                {
                    "00081190": {
                        "vr": "UR",
                        "Value": [place.address(item.study_uid, item.series_uid, item.sop_uid)],
                    }
                },
            )
            for item in good
        ]
        body["00081199"] = {"vr": "SQ", "Value": items}
    status = 200 if not failed else (202 if good else 409)
    return Response(orjson.dumps(body), status_code=status, media_type=DICOM_JSON)


def _short(number: int) -> dict[str, Any]:
    return {"vr": "US", "Value": [number]}


def _reference(item: Received, more: Attributes) -> Attributes:
    found: Attributes = {}
    add(found, "ReferencedSOPClassUID", item.sop_class_uid or None)
    add(found, "ReferencedSOPInstanceUID", item.sop_uid or None)
    return {**found, **more}


for _path in ("/studies", "/studies/{study}"):
    router.add_api_route(
        f"/dicomweb/projects/{{project_id}}{_path}",
        store_instances,
        methods=["POST"],
        response_class=Response,
        responses={
            202: {"description": "Some instances were refused; the answer says which and why."},
            415: {"description": "The body is not multipart/related of application/dicom."},
            **REFUSED,
        },
    )
