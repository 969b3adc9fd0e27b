"""A Treadle started for tests, or one that runs already; usable without pytest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from treadle.testing.ports import free_port

START_LIMIT_S = 120.0
STOP_LIMIT_S = 20.0
LOOK_S = 0.05
# Series are complete after a second of silence: tests do not wait for scanners that pause. Gears whose images exist
# nowhere are theirs to answer for, and no engine's to pull.
QUICK = {"TREADLE_CONNECTOR__SERIES_QUIET": "1", "TREADLE_JOBS__IMAGES": "false"}


class ServerError(Exception):
    """There is no server to test against; the message says why."""


@dataclass(frozen=True)
class TreadleServer:
    """A running Treadle and its first administrator; `home` and passwords are known of our own only."""

    url: str
    api_key: str  # in the form the official clients take
    email: str = ""
    password: str = ""
    home: Path = Path()
    dicom_host: str = ""
    dicom_port: int = 0
    ae_title: str = "TREADLE"
    pid: int = 0

    @property
    def key(self) -> str:
        """The bare API key, for `Authorization: scitran-user KEY`."""
        return self.api_key.rpartition(":")[2]

    def client(self, **options: Any) -> Any:
        """A `flywheel.Client` of this server; ImportError where flywheel-sdk is not installed."""
        try:
            import flywheel  # noqa: PLC0415 - only those who ask for it need it
        except ImportError as error:
            raise ImportError(
                "treadle_server.client() needs the official SDK: pip install flywheel-sdk"
            ) from error
        return flywheel.Client(self.api_key, **options)


def existing(url: str, key: str) -> TreadleServer:
    """A server that runs already, by its address and an API key in either form."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ServerError(f"{url!r} is not a server address; write http://HOST:PORT")
    bare = key.strip().rpartition(":")[2]
    insecure = ":__force_insecure" if parts.scheme == "http" else ""
    return TreadleServer(f"{parts.scheme}://{parts.netloc}", f"{parts.netloc}{insecure}:{bare}")


def start(
    *options: str,
    home: Path | None = None,
    log: Path,
    environ: Mapping[str, str] | None = None,
    limit_s: float = START_LIMIT_S,
) -> tuple[subprocess.Popen[str], TreadleServer]:
    """`treadle up` on free ports, ready to be used: on `home`, else on a home that goes with the process."""
    where: Sequence[str] = ("--ephemeral",)
    if home is not None:
        where = ("--home", str(home), "--no-sample", *_addresses())
    with log.open("a", encoding="utf-8") as told:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "treadle", "up", *where, "--json", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            start_new_session=True,
            env={**_plain_environment(), **QUICK, **(environ or {})},
        )
    assert process.stdout is not None  # noqa: S101
    line = _first_line(process, limit_s)
    if not line:
        stop(process.pid)
        raise ServerError(f"`treadle up` did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")
    said = json.loads(line)
    said["home"] = Path(said["home"])
    return process, TreadleServer(**said, pid=process.pid)


def stop(pid: int) -> None:
    """End a server that `start` began, whoever's child it is; its home goes too if it was its own."""
    try:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_LIMIT_S
        while _runs(pid):
            if time.monotonic() > end:
                os.killpg(pid, signal.SIGKILL)
                return
            time.sleep(LOOK_S)
    except ProcessLookupError:
        return


def _runs(pid: int) -> bool:
    import psutil  # noqa: PLC0415 - a plugin is imported in every test run

    try:
        # The child of another test process stays as a zombie until that one looks.
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _first_line(process: subprocess.Popen[str], limit_s: float) -> str:
    """What it says when all is ready; nothing if it ends before or takes too long."""
    import select  # noqa: PLC0415

    assert process.stdout is not None  # noqa: S101
    ready, _, _ = select.select([process.stdout], [], [], limit_s)
    return process.stdout.readline() if ready else ""


def _plain_environment() -> dict[str, str]:
    """Ours without the settings of another Treadle."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("TREADLE_")}


def _addresses() -> list[str]:
    return ["--http", f"127.0.0.1:{free_port()}", "--dicom", f"127.0.0.1:{free_port()}"]
