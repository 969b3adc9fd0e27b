"""HTTP conditions and byte ranges (RFC 9110 sections 13 and 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request

from treadle.server.kit.errors import RangeInvalid

_RANGE = re.compile(r"bytes\s*=\s*(.*)", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r"\s*(\d*)\s*-\s*(\d*)\s*")
_DIGITS = 19


@dataclass(frozen=True)
class Span:
    """A part of a content, `end` exclusive."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """Its number of bytes."""
        return self.end - self.start


def read_range(header: str | None, size: int) -> Span | None:
    """The one range asked for; None for the whole content. Several ranges get the whole, as RFC 9110 allows."""
    found = _RANGE.fullmatch((header or "").strip())
    if found is None:
        return None
    part = _PART.fullmatch(found[1])
    if part is None or (not part[1] and not part[2]) or max(len(part[1]), len(part[2])) > _DIGITS:
        return None
    if not part[1]:
        length = min(int(part[2]), size)
        if length == 0:
            raise _outside(size)
        return Span(size - length, size)
    start = int(part[1])
    end = min(int(part[2]) + 1, size) if part[2] else size
    if part[2] and int(part[2]) < start:
        return None
    if start >= size:
        raise _outside(size)
    return Span(start, end)


def _outside(size: int) -> RangeInvalid:
    return RangeInvalid(f"The requested range lies outside the file of {size} bytes.", size=size)


def wanted_span(request: Request, etag: str, size: int) -> Span | None:
    """The range of a request, unless If-Range names another content."""
    condition = request.headers.get("if-range")
    if condition is not None and condition.strip() != etag:
        return None
    return read_range(request.headers.get("range"), size)


def is_known(request: Request, etag: str) -> bool:
    """Whether the client already has this content (If-None-Match)."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags
