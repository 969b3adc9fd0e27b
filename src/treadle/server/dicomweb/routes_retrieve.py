"""WADO-RS (PS3.18 10.4): whole instances, their metadata and bulk data."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.guard import StreamGuards
from treadle.server.delivery.content import content_answer
from treadle.server.delivery.ranges import is_known
from treadle.server.dicomweb import decoded, instance_bytes
from treadle.server.dicomweb.accept import (
    ANY,
    DICOM,
    DICOM_JSON,
    KNOWN,
    OCTETS,
    PARTIAL,
    REFUSED,
    Answers,
    Taken,
    choose,
    require_json,
)
from treadle.server.dicomweb.described import described, described_all, in_process
from treadle.server.dicomweb.errors import InstanceUnreadable, NotAcceptable, ObjectMissing
from treadle.server.dicomweb.located import Located, locate
from treadle.server.dicomweb.multipart import Part, multipart_answer, one
from treadle.server.dicomweb.places import ROOTS
from treadle.server.dicomweb.queries import Stored
from treadle.server.dicomweb.reading import BULK, bulk_value
from treadle.server.dicomweb.syntaxes import DEFLATED, LITTLE_ENDIAN, is_native
from treadle.server.store.blobs import Blobs
from treadle.server.wire.routing import Router

router = Router(tags=["DICOMweb"])

CACHE = {"Cache-Control": "private, no-cache"}
_BULK_URI = f'"BulkDataURI":"{BULK}'.encode()
_JSON_HEAD = 64 << 20


async def retrieve_dicom(request: Request, guards: StreamGuards) -> Response:
    """A study, a series or an instance: its instances as they are stored, or decoded when asked for."""
    taken = choose(request, (DICOM,))
    if not taken.multipart and taken.kind != ANY and "sop" not in request.path_params:
        raise NotAcceptable('Several instances come as multipart/related; type="application/dicom".')
    whole = "sop" in request.path_params
    found = await locate(
        request,
        guards,
        "files_view_contents" if whole else "files_download",
        noted="view_file" if whole else "download_file",
    )
    blobs: Blobs = request.app.state.blobs
    etag = found.etag("dicom", str(taken.syntax))
    if is_known(request, etag):
        return Response(status_code=304, headers={**CACHE, "ETag": etag})
    item = found.items[0]
    if whole and not taken.multipart and _as_stored(taken, item):
        return await content_answer(
            request,
            blobs,
            instance_bytes.packed(item),
            name=f"{item.sop_uid}.dcm",
            etag=etag,
            media_type=DICOM,
            cache=CACHE["Cache-Control"],
        )
    parts = _instances(blobs, found, taken)
    return await multipart_answer(DICOM, parts, {**CACHE, "ETag": etag})


def _as_stored(taken: Taken, item: Stored) -> bool:
    """Whether the stored form is what is asked for; nothing said means anything native."""
    if taken.syntax is None:
        return taken.kind == ANY or (is_native(item.transfer_syntax) and item.transfer_syntax != DEFLATED)
    return taken.syntax in ("*", item.transfer_syntax)


async def _instances(blobs: Blobs, found: Located, taken: Taken) -> AsyncIterator[Part]:
    for item in found.items:
        address = found.place.address(item.study_uid, item.series_uid, item.sop_uid)
        if _as_stored(taken, item) or taken.syntax not in (None, LITTLE_ENDIAN):
            yield _stored_part(blobs, item, address)
            continue
        try:
            blocks = decoded.little_endian(blobs, instance_bytes.packed(item))
            first = await anext(blocks)
        except InstanceUnreadable:  # no codec for it: the part says in which syntax it comes
            yield _stored_part(blobs, item, address)
            continue
        yield Part(f"{DICOM}; transfer-syntax={LITTLE_ENDIAN}", address, _behind(first, blocks))


def _stored_part(blobs: Blobs, item: Stored, address: str) -> Part:
    kind = f"{DICOM}; transfer-syntax={item.transfer_syntax}" if item.transfer_syntax else DICOM
    return Part(kind, address, instance_bytes.stream(blobs, item, 0, item.size))


async def _behind(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in rest:
        yield block


async def retrieve_metadata(request: Request, guards: StreamGuards) -> Response:
    """The attributes of all instances as DICOM JSON; large values behind addresses."""
    require_json(request)
    found = await locate(request, guards, "files_view_contents")
    etag = found.etag("metadata")
    headers = {**CACHE, "ETag": etag}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    stream = _metadata(request.app.state.blobs, found)
    first = await anext(stream)
    return StreamingResponse(_behind(first, stream), media_type=DICOM_JSON, headers=headers)


async def _metadata(blobs: Blobs, found: Located) -> AsyncIterator[bytes]:
    before = b"["
    async for item, said in described_all(blobs, found.items):
        address = found.place.address(item.study_uid, item.series_uid, item.sop_uid)
        yield before + said.json.replace(_BULK_URI, f'"BulkDataURI":"{address}/'.encode())
        before = b","
    yield b"]"


async def retrieve_bulk_data(request: Request, guards: StreamGuards, element: str) -> Response:
    """The value of one element, named by its tag, or by tags and item numbers inside sequences."""
    taken = choose(request, (OCTETS,))
    found = await locate(request, guards, "files_view_contents")
    blobs: Blobs = request.app.state.blobs
    item, path = found.items[0], element.split(".")
    said = await described(blobs, item)
    etag = found.etag("bulk", element)
    headers = {**CACHE, "ETag": etag}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    if said.pixels is not None and element.upper() == said.pixels.tag:
        start = said.pixels.offset
        end = item.size if said.pixels.length is None else start + said.pixels.length
        blocks = instance_bytes.stream(blobs, item, start, end)
    else:
        end = said.pixels.offset if said.pixels else min(item.size, _JSON_HEAD)
        head = await instance_bytes.read(blobs, item, 0, end)
        try:
            blocks = one(await in_process(bulk_value, head, path))
        except InstanceUnreadable:
            raise ObjectMissing(f"The instance has no bulk data '{element[:100]}'.") from None
    if not taken.multipart:
        return StreamingResponse(blocks, media_type=OCTETS, headers=headers)
    return await multipart_answer(OCTETS, _only(Part(OCTETS, str(request.url), blocks)), headers)


async def _only(part: Part) -> AsyncIterator[Part]:
    yield part


_STUDY = "/studies/{study}"
_SERIES = _STUDY + "/series/{series}"
INSTANCE = _SERIES + "/instances/{sop}"
_ANSWERS: Answers = {**KNOWN, **PARTIAL, **REFUSED}
for _root in ROOTS:
    for _path, _handler in (
        (_STUDY, retrieve_dicom),
        (_SERIES, retrieve_dicom),
        (INSTANCE, retrieve_dicom),
        (f"{_STUDY}/metadata", retrieve_metadata),
        (f"{_SERIES}/metadata", retrieve_metadata),
        (f"{INSTANCE}/metadata", retrieve_metadata),
        (f"{INSTANCE}/bulkdata/{{element}}", retrieve_bulk_data),
    ):
        router.add_api_route(
            _root + _path, _handler, methods=["GET"], response_class=Response, responses=_ANSWERS
        )
