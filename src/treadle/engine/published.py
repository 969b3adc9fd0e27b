"""Published gears: archives of a whole root file system at an https address, known by their hash (gears.md 3)."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from treadle.engine.errors import RunFailed

_HASH = re.compile(r"sha384:[0-9a-f]{96}")
_PIECE = 1 << 20
_TRIES, _FIRST_WAIT_S = 4, 2.0
_TIMEOUT = httpx.Timeout(30.0, read=120.0)
_CODE = "image_pull"


def require_hash(address: str, sha384: str) -> None:
    """Refuse an archive that could be another one tomorrow."""
    if not _HASH.fullmatch(sha384):
        raise RunFailed(
            _CODE, f"{address} has no rootfs-hash (sha384:...): what is there now may be anything"
        )


def fetch(address: str, target: Path, *, sha384: str, came: Callable[[int], None]) -> None:
    """Write the archive, checked; RunFailed when it cannot be had. `came` is told bytes, and may break it off."""
    wait_s = _FIRST_WAIT_S
    for left in reversed(range(_TRIES)):
        try:
            found = _download(address, target, came)
        except (httpx.TransportError, httpx.DecodingError) as error:
            if not left:
                raise RunFailed(
                    _CODE, f"{address} cannot be reached: {type(error).__name__}: {error}"
                ) from None
            time.sleep(wait_s)
            wait_s *= 2
            continue
        if found != sha384[-96:]:
            raise RunFailed(_CODE, f"{address} has not the content it was published with ({sha384})")
        return


def _download(address: str, target: Path, came: Callable[[int], None]) -> str:
    digest = hashlib.sha384()
    with (
        httpx.Client(timeout=_TIMEOUT, follow_redirects=True, event_hooks={"request": [_only_https]}) as http,
        # As it is stored: what `gzip` is for the archive is none of the connection's.
        http.stream("GET", address, headers={"Accept-Encoding": "identity"}) as answer,
    ):
        if answer.status_code >= 500:
            raise httpx.RemoteProtocolError(f"status {answer.status_code}")
        if answer.status_code != 200:
            raise RunFailed(_CODE, f"{address} answers with status {answer.status_code}")
        with target.open("wb") as file:
            for piece in answer.iter_raw(_PIECE):
                digest.update(piece)
                file.write(piece)
                came(len(piece))
    return digest.hexdigest()


def _only_https(request: httpx.Request) -> None:
    if request.url.scheme != "https":
        raise RunFailed(_CODE, f"{request.url} is no https address")
