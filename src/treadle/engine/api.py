"""The engine's side of the protocol (gears.md 7): each call as a function, each failure as one of three errors."""

from __future__ import annotations

import hashlib
import random
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import httpx

from treadle import __version__
from treadle.engine.errors import RunFailed

_TIMEOUT = httpx.Timeout(30.0, read=600.0, write=600.0)  # a large file is hashed before the answer
_PIECE = 1 << 20
_LATER = frozenset((408, 425, 429))
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 15.0
Answer = TypeVar("Answer")
Json = dict[str, Any]


class Unreachable(Exception):
    """No answer, or one that says "later": the same call may succeed in a while."""


class Refused(Exception):
    """The server will not do this."""


class NotOurs(Refused):
    """The job has ended, or is another engine's: whatever we know of it counts no more."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A job that is ours as long as the lease is."""

    job: str
    lease: str


class Api:
    """One server with one device key; used by many threads."""

    def __init__(self, *, url: str, key: str, stop: Event | None = None) -> None:
        self._stop = stop or Event()
        self._http = httpx.Client(
            base_url=f"{url}/api/",
            headers={
                "Authorization": f"scitran-user {key.rpartition(':')[2]}",
                "User-Agent": f"treadle-engine/{__version__}",
            },
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
            trust_env=False,
            verify=ssl.create_default_context(),  # the machine's own authorities, or those of SSL_CERT_FILE
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, wish: Json) -> list[Json]:
        """Jobs for us, now running; the server waits a while for one to appear."""
        found: list[Json] = self._call("POST", "jobs/ask", json=wish)["jobs"]
        return found

    def register(self, document: Json) -> None:
        """Tell what this engine is: jobs may then be sent to it by name."""
        self._call("PUT", "engine/self", json=document)

    def claim(self, job: str, *, lease: str | None = None) -> Json:
        """This one job: when it waits, or when it runs and the lease is its."""
        return self._call("POST", f"jobs/{job}/claim", params={"lease": lease} if lease else None)

    def config(self, hold: Hold) -> Json:
        """config.json, with a key for the gear that wants one."""
        return self._call("GET", f"jobs/{hold.job}/config.json", params={"lease": hold.lease})

    def report(self, hold: Hold) -> str:
        """Say that the job is alive; its state as the server has it."""
        return str(self._call("PUT", f"jobs/{hold.job}/heartbeat", params={"lease": hold.lease}).get("state"))

    def log(self, hold: Hold, records: list[Json]) -> None:
        """Add to the job's log."""
        self._call("POST", f"jobs/{hold.job}/logs", params={"lease": hold.lease}, json=records)

    def commit(self, hold: Hold, document: Json) -> Json:
        """The job's end with all that came of it; may be repeated."""
        return self._call("POST", "engine/commit", json={"job": hold.job, "lease": hold.lease, **document})

    def download(self, uri: str, target: Path, *, sha384: str, params: Json | None = None) -> int:
        """A file, checked; its size."""
        digest = hashlib.sha384()
        try:
            with self._http.stream("GET", uri.removeprefix("/api/").lstrip("/"), params=params) as response:
                if response.status_code != 200:
                    response.read()
                    _raise_for(response)
                with target.open("wb") as file:
                    for piece in response.iter_bytes(_PIECE):
                        digest.update(piece)
                        file.write(piece)
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        if digest.hexdigest() != sha384.rpartition("-")[2].rpartition(":")[2]:
            raise Unreachable(f"{target.name} did not arrive as it was sent")
        return target.stat().st_size

    def upload(self, hold: Hold, path: Path) -> tuple[str, int]:
        """The content of a file; its hash and size, for the commit."""
        answer = self._call(
            "PUT",
            "engine/blobs",
            params={"job": hold.job, "lease": hold.lease},
            headers={"Content-Length": str(path.stat().st_size)},
            content=_pieces(path),
        )
        return str(answer["hash"]), int(answer["size"])

    def patiently(
        self, call: Callable[[], Answer], *, for_s: float = 3600.0, code: str | None = None
    ) -> Answer:
        """Repeat a call until the server answers it. RunFailed with that code when it never does."""
        give_up = time.monotonic() + for_s
        wait = _FIRST_WAIT_S
        while True:
            try:
                return call()
            except Unreachable as trouble:
                if self._stop.is_set() or time.monotonic() > give_up:
                    if code is None:
                        raise
                    raise RunFailed(code, str(trouble)) from None
            except NotOurs:
                raise
            except Refused as refusal:
                if code is None:
                    raise
                raise RunFailed(code, str(refusal)) from None
            self._stop.wait(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def _call(self, method: str, path: str, **kwargs: Any) -> Json:
        try:
            response = self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        _raise_for(response)
        try:
            answer = response.json()
        except ValueError:
            raise Unreachable("the answer is not JSON; is the server's address right?") from None
        return answer if isinstance(answer, dict) else {}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _raise_for(response: httpx.Response) -> None:
    status = response.status_code
    if status < 300:
        return
    why = f"HTTP {status}: {_message(response)}"
    if status >= 500 or status in _LATER:
        raise Unreachable(why)
    if status in (404, 409):
        raise NotOurs(why)
    raise Refused(why)


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase
