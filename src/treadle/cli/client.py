"""The HTTP side of commands that talk to a server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

PAGE = 250
TIMEOUT_S = 30.0


class ClientError(Exception):
    """The server cannot be reached or refuses; the message is one line."""


@dataclass(frozen=True)
class Target:
    """A server's base address and the bare key."""

    server: str
    key: str


def find_target(server: str | None, key: str | None, home: Path | None) -> Target:
    """Where to go: what was given, else the server whose `admin.json` lies in the home on this machine."""
    if key is None:
        found = _admin_file(home)
        if found is None:
            raise ClientError(
                "name a server with --server URL and --api-key KEY (or TREADLE_SERVER, TREADLE_API_KEY)"
            )
        return Target(_base(server or found.server), found.key)
    address, _, bare = key.strip().rpartition(":")
    if server is None:
        server = _server_of(address)
    if server is None:
        raise ClientError("the API key names no server; add --server URL")
    return Target(_base(server), bare)


def _server_of(address: str) -> str | None:
    """HOST, HOST:PORT or HOST:PORT:__force_insecure, as the official clients read it."""
    insecure = address.endswith(":__force_insecure")
    host = address.removesuffix(":__force_insecure")
    if not host:
        return None
    return f"{'http' if insecure else 'https'}://{host}"


def _base(server: str) -> str:
    if "://" not in server:
        server = f"https://{server}"
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ClientError(f"{server!r} is not a server address; write http://HOST:PORT")
    return server.rstrip("/").removesuffix("/api")


def _admin_file(home: Path | None) -> Target | None:
    default = "/var/lib/treadle" if os.geteuid() == 0 else str(Path.home() / ".treadle")
    folder = home or Path(os.environ.get("TREADLE_HOME", default))
    try:
        content = json.loads((folder / "admin.json").read_text(encoding="utf-8"))
        return Target(content["url"], content["api_key"].rpartition(":")[2])
    except (OSError, ValueError, KeyError):
        return None


class Client:
    """Calls of one server; every failure is a `ClientError` of one line."""

    def __init__(self, target: Target) -> None:
        self.server = target.server
        self._http = httpx.Client(
            base_url=f"{target.server}/api",
            headers={"Authorization": f"scitran-user {target.key}"},
            timeout=TIMEOUT_S,
            follow_redirects=True,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a GET."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a POST."""
        return self._call("POST", path, json=body)

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page."""
        query: dict[str, Any] = {"limit": PAGE}
        while page := self.get(path, **query):
            yield from page
            if len(page) < PAGE:
                return
            query["after_id"] = page[-1]["_id"]

    def _call(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise ClientError(f"{self.server} did not answer within {TIMEOUT_S:.0f} s") from error
        except httpx.HTTPError as error:
            raise ClientError(f"cannot reach {self.server}: {error}") from error
        try:
            content = answer.json() if answer.content else None
        except ValueError as error:
            raise ClientError(
                f"{self.server} is not a Treadle server (answered {answer.status_code})"
            ) from error
        if answer.is_error:
            message = content.get("message") if isinstance(content, dict) else None
            raise ClientError(f"{method} /api{path}: {answer.status_code} {message or answer.reason_phrase}")
        return content
