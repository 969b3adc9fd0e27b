"""Where the work at hand comes from: set at the HTTP edge, read by whoever keeps records."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

LONGEST_CLIENT = 300


@dataclass(frozen=True)
class Source:
    """One request: its id, the caller's address, and the program that sent it."""

    request_id: str | None = None
    address: str | None = None
    client: str | None = None


NOWHERE = Source()  # work of our own, not asked for by a request

source: ContextVar[Source] = ContextVar("source", default=NOWHERE)
