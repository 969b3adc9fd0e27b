"""JSON out: orjson, times with offset, the client contract's small answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import Response
from pydantic import Field

from treadle.server.wire.model import Model


def _default(value: object) -> object:
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def dumps(body: object) -> bytes:
    """JSON bytes; NaN becomes null, instants ISO 8601 with offset."""
    return orjson.dumps(body, default=_default)


class JSON(Response):
    """A JSON answer rendered by orjson."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The body's bytes."""
        return dumps(content)


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> JSON:
    """An answer with this JSON body."""
    return JSON(body, status_code=status, headers=dict(headers or {}))


def listing(rows: Sequence[Any], *, total: int | None, envelope: bool) -> JSON:
    """A list as the client asked for it: a bare array, or the pagination envelope."""
    if not envelope:
        return json_answer(list(rows))
    return json_answer({"count": len(rows), "total": len(rows) if total is None else total, "results": rows})


def stamp(value: datetime | None) -> str | None:
    """An instant on the wire; null when unknown (never an empty text)."""
    return None if value is None else value.isoformat()


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition with the name for every client: ASCII and UTF-8."""
    kind = "inline" if inline else "attachment"
    plain = "".join(letter if " " <= letter < "\x7f" and letter not in '"\\%' else "_" for letter in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


Nothing = type(None)  # answer of a call with nothing to say: null


class InsertedId(Model):
    """Answer of a create call."""

    id: str = Field(alias="_id")


class Modified(Model):
    """Answer of a modify call."""

    modified: int = 1
    jobs_spawned: int = 0


class Deleted(Model):
    """Answer of a delete call."""

    deleted: int


class ErrorBody(Model):
    """Body of every refusal."""

    message: str
    status_code: int
    code: str
    request_id: str
    detail: Any = None
