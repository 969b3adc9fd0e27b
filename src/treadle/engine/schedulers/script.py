"""The script that a scheduler runs: one command of a request, whose exit code it leaves in the shared folder."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from treadle.engine.schedulers.contract import Request

# A scheduler's warning of the end goes on to the command as SIGTERM; then the script waits once more. Grid Engine
# warns all processes of a job by SIGUSR1 and SIGUSR2, which end what does not expect them.
RUN = """\
trap 'kill -TERM "$child" 2>/dev/null' TERM USR1 USR2
(trap '' USR1 USR2; exec "${command[@]}") </dev/null &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
printf '%s\\n' "$code" >"$trace.part" && mv "$trace.part" "$trace.exit"
"""


def script(request: Request, folder: Path, *, job: str, task: str, first: int, ending: str, log: bool) -> str:
    """Text of the script.

    `job` and `task` are expressions of the shell for the traces' name and the array's index, which starts at `first`;
    `ending` ends the script with `$code`; `log`: whether the script keeps what is printed, not the scheduler.
    """
    lines = ["#!/bin/bash", f"trace={quote(str(folder))}/{job}"]
    if log:
        lines.append('exec >"$trace.log" 2>&1')
    lines += [f"export {name}={quote(value)}" for name, value in request.environment.items()]
    if len(request.commands) == 1:
        lines.append(_command(request.commands[0]))
    else:
        choices = [f"{at}) {_command(command)} ;;" for at, command in enumerate(request.commands, first)]
        lines += [f'case "{task}" in', *choices, "esac"]
    return "\n".join(lines) + "\n" + RUN + ending + "\n"


def quote(text: str) -> str:
    """For bash, without a line break: schedulers look for options in a script's lines and refuse foreign line ends."""
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(_escape(char) for char in text)
    return f"$'{escaped}'"


def safe_name(name: str) -> str:
    """A name that every scheduler takes: Grid Engine refuses most signs and a digit at the front."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:100]
    return plain if plain[:1].isalpha() else f"t{plain}"


def _command(command: Sequence[str]) -> str:
    return f"command=({' '.join(quote(part) for part in command)})"


def _escape(char: str) -> str:
    if char in "'\\":
        return f"\\{char}"
    return char if char >= " " and char != "\x7f" else f"\\{ord(char):03o}"
