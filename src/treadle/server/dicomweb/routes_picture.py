"""An image of a file as a picture, for a viewer that cannot decode it yet."""

from __future__ import annotations

from fastapi import Request, Response

from treadle.server.access.guard import ScopedGuard
from treadle.server.delivery.instances import find_instance
from treadle.server.delivery.ranges import is_known
from treadle.server.delivery.routes_viewer import cache_of, looked_at
from treadle.server.dicomweb import decoded
from treadle.server.dicomweb.errors import InstanceUnreadable
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/x/files", tags=["web"])

_PNG = "image/png"


@router.get("/{file_id}/instances/{sop_uid}/picture", response_class=Response)
async def read_picture(
    request: Request, guard: ScopedGuard, file_id: str, sop_uid: str, version: str | None = None
) -> Response:
    """The first image of a DICOM instance as PNG, windowed as its header says, its pixels square.

    204 where it cannot be decoded: whoever asks looks at the instance itself next, and tells why.
    """
    number = read_count(version, "version")
    target = await looked_at(guard, file_id, number)
    item = await find_instance(guard.connection, target, sop_uid)
    etag = f'"{target.blob_sha384}-{sop_uid}-picture"'
    headers = {"Cache-Control": cache_of(number), "ETag": etag}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    place = item.place(target.blob_sha384)
    try:
        data = await decoded.picture(request.app.state.blobs, place, 1, _PNG, square=True)
    except InstanceUnreadable:
        return Response(status_code=204, headers=headers)
    return Response(data, media_type=_PNG, headers=headers)
