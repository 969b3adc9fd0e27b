"""Refused writes are security events: each leaves a line in the access log (roles.md 8)."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from treadle.server.access import audit
from treadle.server.access.identity import ANONYMOUS, Identity
from treadle.server.kit.errors import Forbidden
from treadle.server.store.db import Database
from treadle.server.wire.http import on_treadle_error

log = structlog.get_logger("treadle.access")


async def _on_forbidden(request: Request, error: Exception) -> Response:
    """The usual answer; the request's own transaction is rolled back by now, so the line has one of its own."""
    if request.method not in audit.SAFE_METHODS and isinstance(error, Forbidden):
        try:
            await _record(request, error)
        except SQLAlchemyError:  # the refusal stands all the same
            log.exception("refusal_not_recorded")
    return await on_treadle_error(request, error)


async def _record(request: Request, error: Forbidden) -> None:
    identity: Identity = getattr(request.state, "identity", ANONYMOUS)
    database: Database = request.app.state.database
    async with database.transaction() as connection:
        await audit.record(
            connection,
            identity=identity,
            access_type="write_refused",
            context={"code": error.code, **error.fields},
            method=request.method,
            path=request.url.path,
        )


def install(app: FastAPI) -> None:
    """Record refusals of this application."""
    app.add_exception_handler(Forbidden, _on_forbidden)
