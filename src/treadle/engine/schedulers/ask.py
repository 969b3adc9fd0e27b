"""Running a scheduler's own commands."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

from treadle.engine.schedulers.errors import SchedulerUnavailable

PATIENCE_S = 30
"""A controller that is only busy answers within that."""


class Ask:
    """Runs the commands of one cluster, in words that do not depend on the account's language."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = {**os.environ, **(environment or {}), "LC_ALL": "C"}

    def __call__(self, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """The finished command, whatever its exit code."""
        try:
            return subprocess.run(  # noqa: S603 - a list of arguments, no shell
                command,
                input=given,
                env=self._environment,
                capture_output=True,
                text=True,
                errors="surrogateescape",
                timeout=PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise SchedulerUnavailable(f"{command[0]} did not answer within {PATIENCE_S} s") from late
        except OSError as missing:
            raise SchedulerUnavailable(f"{command[0]} cannot be run: {missing.strerror}") from missing
