"""podman, or docker: how it is called here."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import subprocess
from pathlib import Path

from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.runtimes.processes import answer

_PROGRAMS = ("podman", "docker")
_SHORT_S = 120
# For machines where a container cannot be given more files and processes than root itself has, and with cgroups of
# both versions.
_MODEST = ("--runtime=runc", "--cgroup-manager=cgroupfs", "--events-backend=file")
_MODEST_LIMITS = ("--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")

# Of each container: the process that it is there for.
_LABEL = "treadle.process"

_log = logging.getLogger(__name__)


class ContainerProgram:
    """The command, and what has to be said with each call of it."""

    def __init__(self) -> None:
        self._always: tuple[str, ...] = ()
        self.limits: tuple[str, ...] = ()
        """Words for `create` and `run`."""

    @functools.cached_property
    def path(self) -> str:
        """podman when it is there, else docker."""
        for name in _PROGRAMS:
            if found := shutil.which(name):
                return found
        raise EngineError("neither podman nor docker is installed: install one, or use --kind sandbox")

    @functools.cached_property
    def is_podman(self) -> bool:
        return Path(self.path).name == "podman"

    def command(self, *words: str) -> list[str]:
        """To be started as a process."""
        return [self.path, *self._always, *words]

    def ask(
        self, *words: str, code: str = "node_fail", timeout_s: float = _SHORT_S, folder: Path | None = None
    ) -> str:
        """What it answers; RunFailed when it refuses."""
        return answer(self.command(*words), code=code, timeout_s=timeout_s, folder=folder)

    def has(self, image: str) -> bool:
        """Whether the image is on this machine."""
        words = self.command("image", "inspect", "--format={{.Id}}", image)
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    @functools.cached_property
    def label(self) -> str:
        """A word for `create`: the container is ours."""
        return f"--label={_LABEL}={os.getpid()}.{_started(os.getpid())}"

    def remove_left(self) -> None:
        """Containers of engines that were killed; those of other engines that live stay."""
        if not (found := self.ask("ps", "-aq", "--filter", f"label={_LABEL}").split()):
            return
        form = f'--format={{{{.Id}}}} {{{{index .Config.Labels "{_LABEL}"}}}}'
        for line in self.ask("inspect", form, *found).splitlines():
            container, _, process = line.partition(" ")
            pid, _, started = process.partition(".")
            if _started(int(pid)) != started:
                self.remove(container)

    def remove(self, container: str) -> None:
        """Ended or not."""
        subprocess.run(self.command("rm", "--force", container), capture_output=True, check=False)

    def check(self, *trial: str) -> None:
        """Start one by these words after `run`; more modestly when podman cannot as it is configured."""
        try:
            self._try(trial)
        except RunFailed as why:
            if not (self.is_podman and shutil.which("runc")):
                raise EngineError(f"{self.path} does not work here: {why}") from None
            self._always, self.limits = _MODEST, _MODEST_LIMITS
            try:
                self._try(trial)
            except RunFailed:
                raise EngineError(f"podman does not work here: {why}; see docs/howto/engines.md") from None
            _log.warning("podman works here only with %s (%s)", " ".join((*_MODEST, *_MODEST_LIMITS)), why)

    def _try(self, trial: tuple[str, ...]) -> None:
        self.ask("run", "--rm", "--network=none", "--log-driver=none", *self.limits, *trial)


def _started(pid: int) -> str:
    """When the process began, in ticks since the machine did; nothing when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
