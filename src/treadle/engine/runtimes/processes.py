"""Start, signal and end processes of this host."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired, run

from treadle.engine.errors import RunFailed
from treadle.engine.plan import Plan
from treadle.engine.runtimes import Folders
from treadle.engine.watch import family


def answer(arguments: list[str], *, code: str, timeout_s: float, folder: Path | None = None) -> str:
    """What a runtime's program prints; RunFailed with this code when it refuses or stays silent."""
    try:
        done = run(
            arguments,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout_s,
            cwd=folder,
        )
    except (OSError, TimeoutExpired) as error:
        raise RunFailed(code, str(error)) from None
    if done.returncode:
        raise RunFailed(code, (done.stderr.strip() or f"{arguments[1]} failed").rpartition("\n")[2][:300])
    return done.stdout


def spawn(
    arguments: list[str],
    *,
    environment: dict[str, str] | None = None,
    pass_fds: Iterable[int] = (),
    folder: Path | None = None,
) -> Popen[bytes]:
    """A program in a session of its own, whose output we read."""
    try:
        return Popen(
            arguments,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            env=environment,
            pass_fds=tuple(pass_fds),
            cwd=folder,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise RunFailed("node_fail", f"{arguments[0]} is not there to be started") from None
    except OSError as error:
        raise RunFailed("node_fail", f"{arguments[0]} could not be started: {error.strerror}") from None


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """A signal to each that is still there."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


class Plain:
    """A gear as an ordinary process in its own folder: no isolation at all."""

    def __init__(self, plan: Plan) -> None:
        environment = {
            **plan.environment,
            "HOME": str(plan.folder.temporary),
            "TMPDIR": str(plan.folder.temporary),
        }
        self._plan = plan
        self.process = spawn(["bash", "-c", plan.command], environment=environment, folder=plan.folder.base)

    def pids(self) -> list[int]:
        return family(self.process.pid)

    def folders(self) -> Iterable[Path]:
        return [self._plan.folder.path]

    def terminate(self) -> None:
        send(self.pids(), signal.SIGTERM)

    def kill(self) -> None:
        send(self.pids(), signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def out_of_memory(self) -> bool:
        return False

    def close(self) -> None:
        self.kill()


class PlainRuntime(Folders):
    """Only for an administrator who knows the gears: they can do whatever the engine can."""

    name = "plain"
    isolation = "none"

    def version(self) -> str:
        return "none"

    def check(self) -> None:
        return

    def start(self, plan: Plan) -> Plain:
        if plan.root:
            raise RunFailed("capability", "a gear with a root file system needs a sandbox or a container")
        return Plain(plan)
