"""multipart/related answers (RFC 2387), a part at a time."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi.responses import StreamingResponse


@dataclass(frozen=True)
class Part:
    """One part: its media type, where else it can be had, its bytes."""

    kind: str
    location: str
    blocks: AsyncIterator[bytes]


async def multipart_answer(
    kind: str, parts: AsyncIterator[Part], headers: dict[str, str]
) -> StreamingResponse:
    """The parts as one answer; the first bytes are read before it begins, so what is missing is an error body."""
    boundary = secrets.token_hex(16)
    stream = _stream(boundary, parts)
    first = await anext(stream)

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for block in stream:
            yield block

    content_type = f'multipart/related; type="{kind}"; boundary={boundary}'
    return StreamingResponse(all_of_it(), headers={**headers, "Content-Type": content_type})


async def _stream(boundary: str, parts: AsyncIterator[Part]) -> AsyncIterator[bytes]:
    async for part in parts:
        head = f"--{boundary}\r\nContent-Type: {part.kind}\r\nContent-Location: {part.location}\r\n\r\n"
        pending = head.encode()
        async for block in part.blocks:
            yield pending + block if pending else block
            pending = b""
        yield pending + b"\r\n"
    yield f"--{boundary}--\r\n".encode()


async def one(data: bytes) -> AsyncIterator[bytes]:
    """Bytes that are at hand, as a stream."""
    yield data
