"""WADO-RS frames and pictures (PS3.18 10.4.1.1.6 and 10.4.1.1.4)."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Sequence

from fastapi import Request, Response

from treadle.server.access.guard import StreamGuards
from treadle.server.delivery.ranges import is_known
from treadle.server.dicomweb import decoded
from treadle.server.dicomweb.accept import KNOWN, OCTETS, REFUSED, choose, wanted
from treadle.server.dicomweb.described import described
from treadle.server.dicomweb.errors import NotAcceptable, ObjectMissing, QueryInvalid
from treadle.server.dicomweb.frames import FrameReader
from treadle.server.dicomweb.instance_bytes import packed
from treadle.server.dicomweb.located import Located, locate
from treadle.server.dicomweb.multipart import Part, multipart_answer, one
from treadle.server.dicomweb.places import ROOTS
from treadle.server.dicomweb.reading import Described
from treadle.server.dicomweb.routes_retrieve import CACHE, INSTANCE
from treadle.server.dicomweb.syntaxes import DEFLATED, LITTLE_ENDIAN, is_native, kind_of
from treadle.server.store.blobs import Blobs
from treadle.server.wire.routing import Router

router = Router(tags=["DICOMweb"])

_MOST = 1000
_PICTURES = ("image/jpeg", "image/png")
_FUNCTIONS = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}
_LARGEST_SIDE = 8192


async def retrieve_frames(request: Request, guards: StreamGuards, frames: str) -> Response:
    """Frames of an instance: compressed ones as they are stored, or decoded when plain bytes are asked for."""
    numbers = _numbers(frames)
    found = await locate(request, guards, "files_view_contents")
    blobs: Blobs = request.app.state.blobs
    said = await described(blobs, found.items[0])
    kind, syntax, is_multipart = _form(request, said.syntax)
    etag = found.etag("frames", frames, kind, syntax)
    headers = {**CACHE, "ETag": etag}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    stream = _read(blobs, found, said, numbers, is_stored=syntax == said.syntax or is_native(said.syntax))
    full = f"{kind}; transfer-syntax={syntax}"
    if is_multipart:
        return await multipart_answer(kind, _parts(request, full, numbers, stream), headers)
    if len(numbers) > 1:
        raise NotAcceptable("Several frames come as multipart/related.")
    return Response(await anext(stream), media_type=full, headers=headers)


def _numbers(text: str) -> list[int]:
    if not re.fullmatch(r"[0-9]{1,7}(,[0-9]{1,7}){0,%d}" % (_MOST - 1), text):  # noqa: UP031
        raise QueryInvalid(f"Frames are numbers from 1, with commas between them, at most {_MOST}.")
    return [int(word) for word in text.split(",")]


def _form(request: Request, stored: str) -> tuple[str, str, bool]:
    """Media type and transfer syntax of the answer, and whether it is multipart."""
    kind, native = kind_of(stored), is_native(stored)
    for taken in wanted(request):
        as_stored = taken.syntax in ("*", stored)
        if native and taken.takes(OCTETS):
            return OCTETS, LITTLE_ENDIAN, taken.multipart
        if not native and (
            (as_stored and (taken.takes(kind) or taken.takes(OCTETS)))
            or (taken.syntax is None and taken.takes(kind) and taken.kind != OCTETS)
        ):
            return kind, stored, taken.multipart
        if not native and taken.takes(OCTETS) and taken.syntax in (None, LITTLE_ENDIAN):
            return OCTETS, LITTLE_ENDIAN, taken.multipart
    raise NotAcceptable(f"The frames come as {OCTETS}" + ("." if native else f" or {kind}."))


async def _read(
    blobs: Blobs, found: Located, said: Described, numbers: Sequence[int], *, is_stored: bool
) -> AsyncIterator[bytes]:
    item = found.items[0]
    if said.pixels is None and said.syntax != DEFLATED:
        raise ObjectMissing("The instance has no pixel data.")
    if said.pixels is not None and max(numbers) > said.pixels.frames:
        raise ObjectMissing(f"The instance has frames 1 to {said.pixels.frames}.")
    if said.pixels is not None and is_stored:
        reader = FrameReader(blobs, item, said.pixels)
        for number in numbers:
            yield await reader.read(number)
        return
    for frame in await decoded.frames(blobs, packed(item), list(numbers)):
        yield frame


async def _parts(
    request: Request, kind: str, numbers: Sequence[int], stream: AsyncIterator[bytes]
) -> AsyncIterator[Part]:
    base = str(request.url.replace(query="")).rpartition("/")[0]
    place = 0
    async for data in stream:
        yield Part(kind, f"{base}/{numbers[place]}", one(data))
        place += 1


async def retrieve_rendered(request: Request, guards: StreamGuards) -> Response:
    """One frame as a JPEG or PNG picture, windowed and scaled as asked."""
    number = _numbers(request.path_params.get("frame", "1"))[0]
    taken = choose(request, _PICTURES)
    kind = next(kind for kind in _PICTURES if taken.takes(kind))
    query = request.query_params
    window, size, quality = _window(query.get("window")), _viewport(query.get("viewport")), 90
    if query.get("quality"):
        quality = _numbers(query["quality"])[0]
        if not 1 <= quality <= 100:
            raise QueryInvalid("quality must be from 1 to 100.")
    found = await locate(request, guards, "files_view_contents")
    if not 1 <= number <= found.items[0].frames:
        raise ObjectMissing(f"The instance has frames 1 to {found.items[0].frames}.")
    etag = found.etag("rendered", str(number), kind, str((window, size, quality)))
    headers = {**CACHE, "ETag": etag}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    data = await decoded.picture(
        request.app.state.blobs,
        packed(found.items[0]),
        number,
        kind,
        window=window,
        size=size,
        quality=quality,
    )
    return Response(data, media_type=kind, headers=headers)


def _window(text: str | None) -> decoded.Window | None:
    if not text:
        return None
    words = text.split(",")
    try:
        centre, width = float(words[0]), float(words[1])
        function = _FUNCTIONS[words[2].lower() if len(words) > 2 else "linear"]
    except (ValueError, IndexError, KeyError):
        raise QueryInvalid("window is centre,width[,linear|linear-exact|sigmoid].") from None
    if not (math.isfinite(centre) and math.isfinite(width) and width > 0):
        raise QueryInvalid("window needs finite numbers and a positive width.")
    return centre, width, function


def _viewport(text: str | None) -> tuple[int, int] | None:
    if not text:
        return None
    sides = _numbers(text)
    if len(sides) != 2 or not all(1 <= side <= _LARGEST_SIDE for side in sides):
        raise QueryInvalid(f"viewport is width,height in pixels, at most {_LARGEST_SIDE}.")
    return sides[0], sides[1]


for _root in ROOTS:
    for _path, _handler in (
        ("/frames/{frames}", retrieve_frames),
        ("/rendered", retrieve_rendered),
        ("/frames/{frame}/rendered", retrieve_rendered),
    ):
        router.add_api_route(
            _root + INSTANCE + _path,
            _handler,
            methods=["GET"],
            response_class=Response,
            responses={**KNOWN, **REFUSED},
        )
