"""What every scheduler driver takes and gives."""

from __future__ import annotations

import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from treadle.gears.resources import Resources

MIB = 1024 * 1024


class State(StrEnum):
    """Where a job of the cluster stands."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"
    LOST = "lost"
    """Neither the queue, nor the accounting, nor the shared folder knows the job."""


@dataclass(frozen=True)
class Status:
    """One job of the cluster as its scheduler tells it."""

    state: State
    exit_code: int | None = None
    """Of a job that ended by itself; below zero: ended by that signal."""
    code: str = ""
    """Why it failed, as the codes of a job's `failure_reason`; empty for a success."""
    text: str = ""
    """The scheduler's own word."""
    stuck: bool = False
    """It is queued and will not start unless a person does something."""


@dataclass(frozen=True)
class Request:
    """One command, or several that differ in nothing else: these become one array job."""

    name: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    """Disk is not asked for: schedulers do not count it."""
    queue: str | None = None
    """Slurm's partition, Grid Engine's queue."""
    account: str | None = None
    """Who pays: Slurm's account, Grid Engine's project."""
    options: Sequence[str] = ()
    """More options of the scheduler's own command of submission; they win over ours."""


@dataclass(frozen=True)
class Capabilities:
    """What differs between schedulers."""

    largest_array: int
    tells: frozenset[str]
    """Codes of failures that it can tell from a command's own failure."""


class Scheduler(Protocol):
    """A cluster's scheduler. Every call may raise `SchedulerUnavailable`; nothing is lost then, ask again later."""

    @property
    def capabilities(self) -> Capabilities: ...

    def submit(self, request: Request) -> list[str]:
        """The scheduler's id of each command, in order. A request that it will never take: `SubmissionRefused`."""
        ...

    def poll(self, ids: Collection[str]) -> dict[str, Status]:
        """How each of these stands, with one question to the queue for all of them."""
        ...

    def cancel(self, ids: Collection[str]) -> None:
        """Ends waiting and running jobs; what has ended or is unknown is left alone."""
        ...

    def queued(self, name: str) -> set[str]:
        """Ids of this account's waiting and running jobs of that name."""
        ...

    def log(self, job: str) -> str:
        """The last that the command printed, for people who look for the reason of a failure."""
        ...

    def forget(self, job: str) -> None:
        """Removes what the job left in the shared folder."""
        ...


def ended(exit_code: int, text: str = "") -> Status:
    """A job whose command ended by itself."""
    if exit_code == 0:
        return Status(State.ENDED, 0)
    if exit_code < 0:
        return Status(State.ENDED, exit_code, f"signal {signal.Signals(-exit_code).name}", text)
    return Status(State.ENDED, exit_code, f"exit {exit_code}", text)


def from_shell(code: int) -> int:
    """A shell gives 128 + n for a command that signal n ended; here -n."""
    return 128 - code if code - 128 in set(signal.Signals) else code
