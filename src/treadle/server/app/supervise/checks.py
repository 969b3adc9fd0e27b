"""What must be so before anything is started; each refusal is one line that says what to do."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

import psutil

from treadle.server.kit.operator import OperatorError
from treadle.server.kit.settings import Address

# A new cluster, its first write-ahead log and some room.
LEAST_FREE_BYTES = 150 * 2**20


class CannotStartError(OperatorError):
    """Treadle cannot start; the message is one line for the administrator."""


def prepare_home(home: Path) -> None:
    """Make the home and its folders, and see that they can be written."""
    try:
        if not home.exists():
            home.mkdir(parents=True)
            # Root's database runs as another account, which has to pass through.
            home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("logs", "run"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=home / "run") as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        raise CannotStartError(home_problem(home, error)) from error
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        raise CannotStartError(
            f"the disk of {home} is full: {free // 2**20} MB free, {LEAST_FREE_BYTES // 2**20} MB needed"
        )


def home_problem(home: Path, error: OSError) -> str:
    """Why the home cannot be used."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {home} is full; free some space or choose another --home"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        in_the_way = next((path for path in (home, *home.parents) if path.is_file()), home)
        return f"{in_the_way} is not a folder; choose another --home"
    return f"cannot write to {home}: {error.strerror}; choose another --home"


def check_port(address: Address, *, what: str, option: str, patience_s: float = 0.0) -> None:
    """Refuse an address that is in use or not ours, before a child trips over it."""
    end = time.monotonic() + patience_s
    while (error := _bind_error(address)) is not None:
        if error.errno != errno.EADDRINUSE or time.monotonic() >= end:
            raise CannotStartError(_port_problem(address, error, what=what, option=option))
        time.sleep(0.05)


def _bind_error(address: Address) -> OSError | None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()  # two programs may bind the same address with this option, but not listen
    except OSError as error:
        return error
    return None


def _port_problem(address: Address, error: OSError, *, what: str, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{what} address {address} is in use{_user_of(address.port)}; choose another with {option}"
    if error.errno == errno.EACCES:
        return f"{what} address {address} needs more rights; choose a port above 1023 with {option}"
    return f"{what} address {address} cannot be used: {error.strerror}; choose another with {option}"


def _user_of(port: int) -> str:
    """Who listens there, when the system tells us."""
    try:
        for connection in psutil.net_connections("tcp"):
            local = connection.laddr
            if connection.status == psutil.CONN_LISTEN and local and local.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""
