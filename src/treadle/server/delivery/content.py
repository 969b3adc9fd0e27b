"""Answers made of stored bytes: whole, part or zip member; no transaction is held while they flow."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.delivery.ranges import Span, is_known, wanted_span
from treadle.server.store.blobs import Blobs
from treadle.server.store.zips import STORED, Packed, inflate
from treadle.server.wire.answer import disposition

OCTETS = "application/octet-stream"
# A page of ours must never run what somebody uploaded.
_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


async def content_answer(
    request: Request,
    blobs: Blobs,
    packed: Packed,
    *,
    name: str,
    etag: str,
    media_type: str = OCTETS,
    inline: bool = False,
    cache: str = "private, no-cache",
) -> Response:
    """The content as this request wants it: 200, 206, 304 or 416; HEAD without the bytes."""
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": cache,
        "Content-Disposition": disposition(name, inline=inline),
        **_SAFE,
    }
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    span = wanted_span(request, etag, packed.size)
    whole = Span(0, packed.size)
    status = 200
    if span is not None:
        status = 206
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{packed.size}"
    wanted = span or whole
    headers["Content-Length"] = str(wanted.size)
    headers["Content-Type"] = media_type
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    # The first block is fetched before the answer starts: missing or damaged content is an error body.
    stream = packed_bytes(blobs, packed, wanted)
    first = await anext(stream, b"")
    return StreamingResponse(_chained(first, stream), status_code=status, headers=headers)


async def joined_answer(blobs: Blobs, parts: Sequence[Packed], *, media_type: str, cache: str) -> Response:
    """Several contents as one answer, one after the other; the first block is fetched before it starts."""
    headers = {
        "Cache-Control": cache,
        "Content-Length": str(sum(part.size for part in parts)),
        "Content-Type": media_type,
        **_SAFE,
    }
    stream = _joined(blobs, parts)
    first = await anext(stream, b"")
    return StreamingResponse(_chained(first, stream), headers=headers)


async def _joined(blobs: Blobs, parts: Sequence[Packed]) -> AsyncIterator[bytes]:
    for part in parts:
        async for block in packed_bytes(blobs, part, Span(0, part.size)):
            yield block


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in rest:
        yield block


def plain(sha384: str, size: int) -> Packed:
    """A stored content itself."""
    return Packed(sha384, 0, size, size, STORED)


def packed_bytes(blobs: Blobs, packed: Packed, span: Span) -> AsyncIterator[bytes]:
    """Part of a stored content or zip member, in blocks."""
    if packed.method == STORED and (packed.crc is None or span.size < packed.size):
        start = packed.offset + span.start
        return blobs.open_range(packed.sha384, start, start + span.size)
    if span.size == packed.size:
        return inflate(blobs, packed)
    return _cut(inflate(blobs, packed), span)


async def _cut(blocks: AsyncIterator[bytes], span: Span) -> AsyncIterator[bytes]:
    """The part of a stream: what lies before is inflated and dropped."""
    position = 0
    async for block in blocks:
        begin, end = max(span.start - position, 0), min(span.end - position, len(block))
        position += len(block)
        if begin < end:
            yield block[begin:end]
        if position >= span.end:
            return
