"""The server's connector door as functions (one HTTP connection per worker, kept alive)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx

from treadle import __version__
from treadle.connector.errors import (
    AskedToWaitError,
    HeldError,
    NotAllowedError,
    SeriesTroubleError,
    ServerTroubleError,
    TicketGoneError,
)

_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_PIECE = 256 << 10
_HELD = frozenset((400, 409, 413, 422))
_RACE = "conflict"  # two requests made the same thing at once: the next attempt finds it
_DEID = "DEID_"
_LATER = frozenset((408, 425, 429, 502, 503, 504))


@dataclass(frozen=True)
class Confirmed:
    """What the server has of a bucket."""

    file_id: str
    version: int
    reason: str | None = None
    unchanged: bool = False  # it had these contents already


@dataclass(frozen=True)
class Ticket:
    """Permission to upload, from that position on, in parts of that size."""

    ticket: str
    resume_at: int
    part_size: int


@cache
def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Whose certificates are believed; read once for all connections (20 ms of processor time each)."""
    if ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    return ssl.create_default_context(cafile=str(ca_file))


class Api:
    """Talks to one server with one device key; all methods raise ConnectorErrors when that fails."""

    def __init__(self, *, url: str, api_key: str, ca_file: Path | None = None) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/api/",
            # Keys are also handed out as `host:port:key`.
            headers={
                "Authorization": f"scitran-user {api_key.rpartition(':')[2]}",
                "User-Agent": f"treadle-connector/{__version__}",
            },
            timeout=_TIMEOUT,
            verify=_trusted(ca_file),
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def deid(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """By which profile and secret series of a route are de-identified; AskedToWaitError while nobody can say."""
        return self._call("POST", "connector/deid", json=question)

    def announce(self, document: Mapping[str, Any]) -> Confirmed | Ticket:
        """Offer a bucket: confirmed when the server has it, else a ticket; AskedToWaitError when not yet."""
        answer = self._call("POST", "connector/series", json=document)
        if answer["status"] == "hold":
            raise AskedToWaitError(str(answer.get("reason") or "no reason given"))
        if answer["status"] == "unchanged":
            return Confirmed(answer["file_id"], answer["version"], answer.get("reason"), unchanged=True)
        return Ticket(answer["ticket"], answer["resume_at"], answer["part_size"])

    def put_part(self, ticket: str, *, offset: int, data: memoryview) -> int:
        """Send one part; the position the server wants next, also when it refused this one."""
        response = self._send(
            "PUT",
            f"connector/uploads/{ticket}",
            params={"offset": offset},
            headers={"Content-Length": str(len(data))},
            content=_pieces(data),
        )
        if (wanted := _resume_at(response)) is not None:
            return wanted
        _raise_for(response, ticket=True)
        return int(_document(response)["resume_at"])

    def complete(self, ticket: str, document: Mapping[str, Any]) -> Confirmed:
        """Finish the upload: the server has checked the hash and placed the file."""
        response = self._send("POST", f"connector/uploads/{ticket}/complete", json=document)
        if _resume_at(response) is not None:  # parts are missing, or somebody else has just completed it
            raise TicketGoneError(f"HTTP 409: {_message(response)}")
        _raise_for(response, ticket=True)
        answer = _document(response)
        return Confirmed(answer["file_id"], answer["version"], answer.get("reason"))

    def instance(self, *, file_id: str, version: int, sop: str) -> bytes | None:
        """The DICOM file of one instance in the archive; None when the file does not hold it."""
        response = self._send("GET", f"x/files/{file_id}/instances/{sop}", params={"version": version})
        if response.status_code == 404:
            return None
        _raise_for(response)
        return response.content

    def heartbeat(self, document: Mapping[str, Any]) -> None:
        """Tell the server that this device is alive and how it is."""
        self._call("PUT", "devices/self", json=document)

    def _call(self, method: Literal["POST", "PUT"], path: str, *, json: Any) -> dict[str, Any]:
        response = self._send(method, path, json=json)
        _raise_for(response)
        return _document(response)

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise ServerTroubleError(f"{type(error).__name__}: {error}") from error


def _pieces(data: memoryview) -> Iterator[bytes]:
    for at in range(0, len(data), _PIECE):
        yield bytes(data[at : at + _PIECE])


def _raise_for(response: httpx.Response, *, ticket: bool = False) -> None:
    status = response.status_code
    if status < 300:
        return
    why = f"HTTP {status}: {_message(response)}"
    if status in (401, 403):
        raise NotAllowedError(why)
    if ticket and status in (404, 410):
        raise TicketGoneError(why)
    if status == 409 and _code(response) == _RACE:
        raise SeriesTroubleError(why)
    if status == 409 and str(_code(response)).startswith(
        _DEID
    ):  # a profile has to be mended, or asked for anew
        raise AskedToWaitError(f"{_code(response)}: {_message(response)}")
    if status in _HELD:
        raise HeldError(why)
    if status in _LATER or status < 500:
        raise ServerTroubleError(why, retry_after_s=_retry_after(response))
    raise SeriesTroubleError(why)


def _resume_at(response: httpx.Response) -> int | None:
    """Where the server says the upload goes on, when it refused a call because it is elsewhere."""
    detail = _document(response).get("detail") if response.status_code == 409 else None
    wanted = detail.get("resume_at") if isinstance(detail, dict) else None
    return wanted if isinstance(wanted, int) else None


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])[:200]
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase


def _code(response: httpx.Response) -> object:
    return _document(response).get("code")


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise ServerTroubleError("the answer is not JSON; is server.url right?") from error
    if not isinstance(document, dict):
        raise ServerTroubleError("the answer is not a JSON object; is server.url right?")
    return document
