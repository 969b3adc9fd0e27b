"""The HTTP side of commands that talk to a server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx

PAGE = 250
TIMEOUT_S = 30.0
TRANSFER_TIMEOUT_S = httpx.Timeout(30.0, read=600.0, write=600.0)  # a large file is hashed before the answer
CHUNK = 1 << 20


class ClientError(Exception):
    """The server cannot be reached or refuses; the message is one line, `status` that of a refusal."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


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
        parts = urlsplit(target.server)
        insecure = ":__force_insecure" if parts.scheme == "http" else ""
        self.key_prefix = (
            f"{parts.netloc}{insecure}:"  # before a bare key: the form the official clients take
        )
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

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> Any:
        """The answer to a GET."""
        return self._call("GET", path, params=query, headers=headers)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a POST."""
        return self._call("POST", path, json=body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a PUT."""
        return self._call("PUT", path, json=body)

    def delete(self, path: str) -> Any:
        """The answer to a DELETE."""
        return self._call("DELETE", path)

    def find(self, path: str) -> Any:
        """The answer to a GET, None for what is not there."""
        try:
            return self.get(path)
        except ClientError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def patch(self, path: str, body: Any) -> Any:
        """The answer to a PATCH."""
        return self._call("PATCH", path, json=body)

    def upload(
        self, path: str, name: str, content: bytes | BinaryIO, *, metadata: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send one file, read as it goes; the document of what was stored."""
        options: dict[str, Any] = {"files": {"file": (name, content)}, "timeout": TRANSFER_TIMEOUT_S}
        if metadata is not None:
            options["data"] = {"metadata": json.dumps(metadata)}
        return dict(self._call("POST", path, **options)[0])

    def put_content(self, path: str, content: BinaryIO) -> Any:
        """Send bytes as they are, read as they go; the answer."""
        chunks = iter(lambda: content.read(CHUNK), b"")
        return self._call("PUT", path, content=chunks, timeout=TRANSFER_TIMEOUT_S)

    @contextmanager
    def download(self, path: str, *, body: Mapping[str, Any] | None = None) -> Iterator[Iterator[bytes]]:
        """The bytes of a file, as they come; a body makes it a POST."""
        method = "GET" if body is None else "POST"
        try:
            with self._http.stream(method, path, json=body, timeout=TRANSFER_TIMEOUT_S) as answer:
                if answer.is_error:
                    answer.read()
                    self._content(method, path, answer)
                yield answer.iter_bytes(CHUNK)
        except httpx.HTTPError as error:
            raise ClientError(
                f"cannot read {self.server}/api{path}: {error or type(error).__name__}"
            ) from error

    def every(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page."""
        query["limit"] = PAGE
        while page := self.get(path, **query):
            yield from page
            if len(page) < PAGE:
                return
            query["after_id"] = page[-1]["_id"]

    def pieces(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a POST that does its work piece by piece (`X-Next`)."""
        following: str | None = ""
        while following is not None:
            after = {"after": following} if following else {}
            answer = self._request("POST", path, params={**query, **after}, timeout=TRANSFER_TIMEOUT_S)
            yield from self._content("POST", path, answer)
            following = answer.headers.get("X-Next")

    def _call(self, method: str, path: str, **options: Any) -> Any:
        return self._content(method, path, self._request(method, path, **options))

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise ClientError(f"{self.server} did not answer in time") from error
        except httpx.HTTPError as error:
            raise ClientError(f"cannot reach {self.server}: {error or type(error).__name__}") from error

    def _content(self, method: str, path: str, answer: httpx.Response) -> Any:
        try:
            content = answer.json() if answer.content else None
        except ValueError as error:
            raise ClientError(
                f"{self.server} is not a Treadle server (answered {answer.status_code})"
            ) from error
        if answer.is_error:
            message = content.get("message") if isinstance(content, dict) else None
            told = f"{method} /api{path}: {answer.status_code} {message or answer.reason_phrase}"
            raise ClientError(told, status=answer.status_code)
        return content
