"""`treadle doctor`: looks at everything Treadle needs, changes nothing, says what to fix."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from treadle.server.app.supervise.checks import CannotStartError, check_port
from treadle.server.kit.operator import OperatorError
from treadle.server.kit.processes import LockFile, LockHeldError
from treadle.server.kit.settings import Settings
from treadle.server.store.check import check_database, plain_url
from treadle.server.store.embedded import running_url

LITTLE_SPACE = 5 * 2**30
CLOCK_OFF_S = 5.0
PROBE = ".treadle-doctor"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: fine, or what to do about it."""

    check: str
    ok: bool
    message: str

    def as_dict(self) -> dict[str, object]:
        """For output."""
        return asdict(self)


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in the order of what depends on what."""
    for check, look in (
        ("home", _home),
        ("disk", _disk),
        ("database", _database),
        ("clock", _clock),
        ("blobs", _blobs),
        ("http", _http),
        ("dicom", _dicom),
    ):
        yield _finding(check, look, settings)


def _finding(check: str, look: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(check, True, look(settings))
    except (OperatorError, OSError) as error:
        return Finding(check, False, " ".join(str(error).split()))


def _home(settings: Settings) -> str:
    home = settings.home
    if not home.exists():
        parent = next(folder for folder in home.parents if folder.exists())
        if not os.access(parent, os.W_OK):
            raise OperatorError(
                f"{home} cannot be made: {parent} is not writable; choose another TREADLE_HOME"
            )
        return f"{home} will be made at the first start"
    if not os.access(home, os.W_OK | os.X_OK):
        raise OperatorError(f"{home} is not writable by this account; change its owner or TREADLE_HOME")
    return f"{home} is writable"


def _disk(settings: Settings) -> str:
    folder = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    usage = shutil.disk_usage(folder)
    told = f"{usage.free / 2**30:.1f} GB of {usage.total / 2**30:.1f} GB free at {folder}"
    if usage.free < LITTLE_SPACE:
        raise OperatorError(f"only {told}; free some or move the blobs (TREADLE_BLOBS_URL)")
    return told


def _database(settings: Settings) -> str:
    url = _database_url(settings)
    if url is None:
        made = (settings.home / "postgres" / "PG_VERSION").exists()
        return "embedded, not running now" if made else "embedded, will be made at the first start"
    kind = "embedded" if settings.database_url is None else "external"
    return f"{kind}, PostgreSQL {check_database(url)}"


def _clock(settings: Settings) -> str:
    url = _database_url(settings)
    if url is None or settings.database_url is None:
        return "one machine, one clock"
    try:
        with psycopg.connect(plain_url(url), connect_timeout=10) as connection:
            row = connection.execute("SELECT clock_timestamp()").fetchone()
    except psycopg.Error:
        return "not compared: the database cannot be asked"
    assert row is not None  # noqa: S101 - a SELECT without FROM
    off = abs((datetime.now(UTC) - row[0]).total_seconds())
    if off > CLOCK_OFF_S:
        raise OperatorError(f"this machine and the database differ by {off:.0f} s; let NTP set both clocks")
    return f"differs from the database's by {off:.1f} s"


def _blobs(settings: Settings) -> str:
    url = urlsplit(settings.blobs)
    if url.scheme == "file":
        folder = Path(unquote(url.path))
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            raise OperatorError(
                f"{folder} is not writable by this account; change its owner or TREADLE_BLOBS_URL"
            )
        return f"{folder}"
    return _remote_blobs(settings.blobs)


def _remote_blobs(url: str) -> str:
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    try:
        store = from_url(url)
        store.put(PROBE, b"probe")
        same = bytes(store.get(PROBE).bytes()) == b"probe"
        store.delete(PROBE)
    except (BaseError, ValueError) as error:
        raise OperatorError(f"{url}: {' '.join(str(error).split())[:300]}") from error
    if not same:
        raise OperatorError(f"{url} answers with other bytes than were written; check proxies in between")
    return f"{url} can be written, read and deleted"


def _http(settings: Settings) -> str:
    if _is_up(settings):
        return f"{settings.http}, in use by the Treadle of this home"
    return _port(settings, "http")


def _dicom(settings: Settings) -> str:
    if _is_up(settings):
        return f"{settings.dicom}, in use by the Treadle of this home"
    return _port(settings, "dicom")


def _port(settings: Settings, name: str) -> str:
    address = settings.http if name == "http" else settings.dicom
    try:
        check_port(address, what=name.upper(), option=f"TREADLE_{name.upper()}")
    except CannotStartError as error:
        raise OperatorError(str(error)) from error
    return f"{address} is free"


def _database_url(settings: Settings) -> str | None:
    return settings.database_url or running_url(settings.home / "postgres")


def _is_up(settings: Settings) -> bool:
    path = settings.home / "run" / "up.lock"
    if not path.exists():
        return False
    lock = LockFile(path)
    try:
        lock.acquire()
    except LockHeldError:
        return True
    lock.release()
    return False
