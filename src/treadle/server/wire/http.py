"""The HTTP edge: undecoded paths, request ids, error bodies."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from treadle.server.kit.errors import TreadleError, Trouble
from treadle.server.kit.settings import Settings
from treadle.server.kit.source import LONGEST_CLIENT, Source, source
from treadle.server.wire.answer import JSON, json_answer

log = structlog.get_logger("treadle.http")

_STATUS_WORDS = {404: "Not found: there is no such address.", 405: "This address does not take this method."}


# Answers of the API are data: should a browser open one as a page, it can do nothing. Handlers may say otherwise.
_HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'; sandbox",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"cross-origin-resource-policy": b"same-origin",
}
_HSTS = (b"strict-transport-security", b"max-age=31536000")


def public_base(request: Request) -> str:
    """The site's address as the settings name it, else as this caller reached it; without a slash at the end."""
    settings: Settings = request.app.state.settings
    return settings.public_url or str(request.base_url).rstrip("/")


class EdgeMiddleware:
    """Routes on the undecoded path and gives each request its id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI event."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        if scope["path"].startswith("/api/"):
            scope["path"] = raw.partition(b"?")[0].decode("latin-1")
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        came_from = source.set(_source(scope, request_id))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(scope, message.get("headers", []), request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            source.reset(came_from)
            structlog.contextvars.unbind_contextvars("request_id")


def _source(scope: Scope, request_id: str) -> Source:
    """Who sent this; text that a database can keep."""
    sent = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    client = sent.decode("latin-1").replace("\x00", "")[:LONGEST_CLIENT]
    peer = scope.get("client")
    return Source(request_id, peer[0] if peer else None, client or None)


def _completed(
    scope: Scope, headers: Iterable[tuple[bytes, bytes]], request_id: str
) -> list[tuple[bytes, bytes]]:
    """The answer's headers with the request's id, and what protects it."""
    found = [*headers, (b"x-request-id", request_id.encode())]
    if scope["path"].startswith("/api/"):
        there = {name.lower() for name, _ in found}
        found += [(name, value) for name, value in _HEADERS.items() if name not in there]
    if scope["scheme"] == "https":
        found.append(_HSTS)
    return found


def _body(request: Request, status: int, code: str, message: str, detail: Any = None, **more: Any) -> JSON:
    body = {
        "message": message,
        "status_code": status,
        "code": code,
        "request_id": getattr(request.state, "request_id", ""),
        **more,
    }
    if detail is not None:
        body["detail"] = detail
    return json_answer(body, status)


async def on_treadle_error(request: Request, error: Exception) -> JSON:
    """The body of a refusal or of trouble."""
    assert isinstance(error, TreadleError)  # noqa: S101 - registered for this class
    if error.status >= 500:
        log.warning("trouble", code=error.code, message=error.message)
    detail = error.detail
    if detail is None and error.status == 422:  # the form of validation details, as the clients read them
        detail = [{"loc": ["body"], "msg": error.message, "type": error.code}]
    answer = _body(request, error.status, error.code, error.message, detail, **error.fields)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "scitran-user"
    if error.status == 416 and "size" in error.fields:
        answer.headers["Content-Range"] = f"bytes */{error.fields['size']}"
    if isinstance(error, Trouble) and error.status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def _plain(detail: Any) -> Any:
    """Validation details without the input values: those may be patient data."""
    return [{"loc": list(item["loc"]), "msg": item["msg"], "type": item["type"]} for item in detail]


async def _on_validation(request: Request, error: Exception) -> JSON:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = _plain(error.errors())
    if any(problem["type"] == "json_invalid" for problem in problems):
        return _body(request, 400, "bad_json", "The request body is not valid JSON.", problems)
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return _body(request, 422, "invalid", f"{place}: {first['msg']}" if place else first["msg"], problems)


async def _on_model(request: Request, error: Exception) -> JSON:
    assert isinstance(error, ValidationError)  # noqa: S101
    problems = _plain(error.errors(include_url=False, include_context=False, include_input=False))
    first = problems[0]
    place = ".".join(map(str, first["loc"]))
    return _body(request, 422, "invalid", f"{place}: {first['msg']}" if place else first["msg"], problems)


async def _on_http(request: Request, error: Exception) -> JSON:
    assert isinstance(error, HTTPException)  # noqa: S101
    message = _STATUS_WORDS.get(error.status_code) or str(error.detail)
    answer = _body(request, error.status_code, f"http_{error.status_code}", message)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _on_database(request: Request, error: Exception) -> JSON:
    # The access log and the search index speak to the driver itself: what it raises then comes as it is.
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlstate", None) or ""
    if isinstance(cause, psycopg.DataError) or code.startswith("22") or code == "54000":
        # data exception: a value the database cannot take
        return _body(
            request, 422, "invalid_value", "A value has a form the database cannot store or compare."
        )
    if code in (
        "23505",
        "23503",
    ):  # another request came first: made the same, or took away what this one names
        return _body(request, 409, "conflict", "Another request changed this at the same time; look again.")
    if code in ("40001", "40P01", "55P03", "57014", "57P01", "57P03", "53100", "53300") or isinstance(
        cause, psycopg.OperationalError | psycopg.InterfaceError
    ):
        log.warning("database_trouble", sqlstate=code)
        answer = _body(request, 503, "database_trouble", "The database is busy or restarting; try again.")
        answer.headers["Retry-After"] = "2"
        return answer
    log.error("database_error", sqlstate=code, exc_info=error)
    return _body(request, 500, "bug", "Something went wrong on the server; quote the request id.")


async def _on_bug(request: Request, error: Exception) -> JSON:
    log.error("bug", exc_info=error)
    return _body(request, 500, "bug", "Something went wrong on the server; quote the request id.")


def install(app: FastAPI) -> None:
    """Error bodies and the edge middleware for this application."""
    app.add_exception_handler(TreadleError, on_treadle_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(ValidationError, _on_model)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DBAPIError, _on_database)
    app.add_exception_handler(psycopg.Error, _on_database)
    app.add_exception_handler(Exception, _on_bug)
    app.add_middleware(EdgeMiddleware)
