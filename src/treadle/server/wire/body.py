"""JSON request bodies as the clients send them: lenient in what is extra, strict in what is meant."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from pydantic import ConfigDict

from treadle.server.kit.errors import BadRequest, Invalid, TooLarge
from treadle.server.wire.model import Model

MAX_BODY = 64 << 20


class Wire(Model):
    """Base of request models: unknown fields are ignored, since other client versions send more."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


async def read_json(request: Request) -> Any:
    """The body as JSON; an empty one is an empty object."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            raise TooLarge(f"A JSON body has at most {MAX_BODY >> 20} MiB.")
        chunks.append(chunk)
    raw = b"".join(chunks)
    if not raw.strip():
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadRequest("The request body is not valid JSON.") from None
    if b"\\u0000" in raw:
        _refuse_nul(body)
    return body


def _refuse_nul(value: Any) -> None:
    """PostgreSQL text cannot hold NUL: say so instead of failing later."""
    if isinstance(value, str) and "\x00" in value:
        raise Invalid("Texts must not contain NUL characters.")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key)
            _refuse_nul(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_nul(item)


async def json_object(request: Request) -> dict[str, Any]:
    """The body, which must be a JSON object."""
    body = await read_json(request)
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise Invalid("The request body must be a JSON object.")
    return body


async def json_list(request: Request) -> list[Any]:
    """The body, which must be a JSON array."""
    body = await read_json(request)
    if not isinstance(body, list):
        raise Invalid("The request body must be a JSON array.")
    return body


ObjectBody = Annotated[dict[str, Any], Depends(json_object)]
ListBody = Annotated[list[Any], Depends(json_list)]
