"""Runs PostgreSQL's programs as the right account, in a clean environment, never outliving us."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from treadle.server.kit.operator import OperatorError
from treadle.server.kit.processes import IS_LINUX, die_with_parent
from treadle.server.store.embedded_account import Account, AccountError

# The mark of each complaint in PostgreSQL's logs, worst first.
COMPLAINTS = ("PANIC:", "FATAL:", "ERROR:", "error:")


class PostgresError(OperatorError):
    """The embedded database cannot run; the message is one line that says why."""


class Runner:
    """Starts programs as `account` (None: as we are)."""

    def __init__(self, account: Account | None) -> None:
        self.account = account

    @contextmanager
    def reachable(self, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The folder's name for the account, and descriptors to hand over.

        Where the account may not pass the folders above (a 0700 home of root) it is the name of an open
        descriptor, which works because PostgreSQL only ever uses names below its data folder.
        """
        if self.account is None or self.account.can_pass(folder):
            yield str(folder), ()
            return
        if not IS_LINUX:
            raise AccountError(f"the database's account may not pass to {folder}; choose a home it can enter")
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def start(
        self, command: Sequence[str], *, descriptors: tuple[int, ...], log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """A server in the background; it gets SIGINT (fast shutdown) when we end."""
        with self._explained(command):
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._options(descriptors, signal.SIGINT),
            )
        if not IS_LINUX:
            _watch_parent(process.pid)
        return process

    def run(self, command: Sequence[str], *, descriptors: tuple[int, ...], text: str = "") -> None:
        """A program to its end; anything it calls fatal is raised."""
        with self._explained(command):
            done = subprocess.run(  # noqa: S603
                command,
                input=text,
                capture_output=True,
                text=True,
                check=False,
                **self._options(descriptors, signal.SIGKILL),
            )
        if done.returncode != 0 or "FATAL:" in done.stderr:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise PostgresError(f"{Path(command[0]).name}: {most_telling(lines) or done.returncode}")

    def _options(self, descriptors: tuple[int, ...], at_our_end: signal.Signals) -> dict[str, Any]:
        options: dict[str, Any] = {
            "cwd": "/",
            # Nothing of ours: a PGDATA or a locale from outside must not reach the server.
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            "umask": 0o077,
            "pass_fds": descriptors,
            "preexec_fn": die_with_parent(at_our_end),
        }
        if self.account is not None:
            options.update(user=self.account.uid, group=self.account.gid, extra_groups=[])
        return options

    @contextmanager
    def _explained(self, command: Sequence[str]) -> Iterator[None]:
        try:
            yield
        except (PermissionError, subprocess.SubprocessError) as error:
            whom = "this account" if self.account is None else f"the account with uid {self.account.uid}"
            raise AccountError(f"{whom} cannot run {command[0]}: {' '.join(str(error).split())}") from error


def last_complaint(log: Path) -> str:
    """The most telling of the last lines of a server's log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return most_telling(lines) or f"see {log}"


def most_telling(lines: Sequence[str]) -> str:
    """The last line of the worst kind, else the last line."""
    for mark in COMPLAINTS:
        for line in reversed(lines):
            if mark in line:
                return line.partition(mark)[2].strip()
    return lines[-1].strip() if lines else ""


def _watch_parent(server: int) -> None:
    """Where the system does not tell children of their parent's end: a shell that waits for it on a pipe."""
    reading, _held_open = os.pipe()
    subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", 'read _; kill -INT "$1"', "watch", str(server)],
        stdin=reading,
        start_new_session=True,
    )
    os.close(reading)
