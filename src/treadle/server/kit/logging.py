"""Logs: events with fields on standard error; JSON in production, readable on a terminal; never patient data.

The request id lives in a context variable: everything logged while a request is handled carries it, and error
bodies repeat it.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_REQUEST_ID = re.compile(r"[0-9A-Za-z._:-]{1,64}")


def get_logger(name: str) -> Any:
    """A logger to be called as `log.info("series_placed", session=...)`."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def bind_request_id(offered: str | None = None) -> Iterator[str]:
    """The id of the request handled inside the block: the caller's own if it is harmless, else a new one."""
    value = offered if offered and _REQUEST_ID.fullmatch(offered) else secrets.token_hex(8)
    token = request_id.set(value)
    try:
        yield value
    finally:
        request_id.reset(token)


def configure_logging(
    *,
    role: str,
    form: Literal["auto", "json", "console"] = "auto",
    level: str = "info",
    stream: TextIO | None = None,
) -> None:
    """Send our events and those of libraries to one stream in one form; `role` stands in every event."""
    out = stream or sys.stderr
    readable = form == "console" or (form == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_role(role),
        _with_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(readable, colors=out.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in (
        "sqlalchemy.engine",
        "httpx",
        "httpcore",
        "httpx2",
        "httpcore2",
        "pydicom",
        "pynetdicom",
        "asyncio",
    ):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _renderers(readable: bool, *, colors: bool) -> list[Processor]:
    if readable:
        return [
            structlog.dev.ConsoleRenderer(
                colors=colors, exception_formatter=structlog.dev.plain_traceback, pad_event_to=24
            )
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]


def _with_role(role: str) -> Processor:
    def add(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event.setdefault("role", role)
        return event

    return add


def _with_request_id(_logger: Any, _method: str, event: EventDict) -> EventDict:
    value = request_id.get()
    if value is not None:
        event.setdefault("request_id", value)
    return event
