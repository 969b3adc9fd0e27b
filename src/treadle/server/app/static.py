"""The built web app: hashed assets for ever, its page for every address outside `/api` (web.md 1)."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Match, Route

STATIC = Path(__file__).with_name("static")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# A page is more than a hundred small files: threads that open, read and close each cost more than reading it here.
_AT_ONCE = 256 << 10

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
        "connect-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("font/woff2", ".woff2")


def _asset(request: Request, found: Path) -> Response:
    """The file, pre-compressed when the browser takes it."""
    accepted = request.headers.get("accept-encoding", "")
    # The viewer's page is embedder-isolated, so its worker scripts must be too.
    headers = {**HEADERS, "Vary": "Accept-Encoding", "Cross-Origin-Embedder-Policy": "require-corp"}
    hashed = found.parent.name == "assets"
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    media = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    for name, suffix in _ENCODINGS:
        packed = found.with_name(found.name + suffix)
        if name in accepted and packed.is_file():
            found = packed
            headers["Content-Encoding"] = name
            break
    if hashed and found.stat().st_size <= _AT_ONCE:
        return Response(found.read_bytes(), headers=headers, media_type=media)
    return FileResponse(found, headers=headers, media_type=media)


def _known_elsewhere(request: Request) -> bool:
    """Whether an endpoint has this address for another method."""
    return any(route.matches(request.scope)[0] is Match.PARTIAL for route in request.app.router.routes)


async def _serve(request: Request) -> Response:
    """An asset, or the app's page: it shows 'Page not found' itself for addresses it does not know."""
    if request.url.path.startswith("/api/"):
        raise HTTPException(405 if _known_elsewhere(request) else 404)
    if request.method not in ("GET", "HEAD"):
        raise HTTPException(405)
    wanted = (STATIC / request.path_params["path"].lstrip("/")).resolve()
    if wanted.is_relative_to(STATIC) and wanted.is_file() and wanted.name != "index.html":
        return _asset(request, wanted)
    if wanted.parent.name == "assets":  # an old page asks for an asset that a new release no longer has
        return PlainTextResponse("Not found.", 404)
    index = STATIC / "index.html"
    if not index.is_file():
        return PlainTextResponse("The web app is not built: run 'make setup'.", 503)
    headers = {**HEADERS, "Cache-Control": "no-store"}
    if request.url.path.startswith("/viewer"):
        headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    return FileResponse(index, headers=headers, media_type="text/html")


def mount(app: FastAPI) -> None:
    """Serve the web app wherever no endpoint is."""
    app.router.routes.append(Route("/{path:path}", _serve, methods=_METHODS, include_in_schema=False))
