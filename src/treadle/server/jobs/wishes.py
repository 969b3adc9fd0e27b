"""What an engine asks for (gears.md 7.1), read from its request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from treadle.server.jobs.claim import KEYS, Limits, Wish
from treadle.server.jobs.inputs import check_texts
from treadle.server.kit.errors import Invalid
from treadle.server.kit.settings import JobSettings

MOST_JOBS = 100
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How many jobs an engine wants, how long it waits for the first, and whether it only looks."""

    wish: Wish
    jobs: int
    peek: bool
    states: bool
    wait_s: float


def limits_of(settings: JobSettings) -> Limits:
    """The site's limits of the queue."""
    return Limits(
        per_project=settings.max_running_per_project,
        per_user=settings.max_running_per_user,
        per_gear=settings.max_running_per_gear,
        per_provider=settings.max_running_per_engine,
    )


def read_ask(body: Mapping[str, Any], *, device_id: str) -> Ask:
    """The request; what is left out asks for nothing and excludes nothing."""
    wanted = _mapping(body.get("return"), "return")
    jobs = wanted.get("jobs") or 0
    wait = body.get("wait") or 0
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 0 <= jobs <= MOST_JOBS:
        raise Invalid(f"'return.jobs' must be a number from 0 to {MOST_JOBS}.")
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= LONGEST_WAIT_S:
        raise Invalid(f"'wait' must be a number of seconds from 0 to {LONGEST_WAIT_S:g}.")
    return Ask(
        wish=Wish(
            white=_lists(body.get("whitelist"), "whitelist"),
            black=_lists(body.get("blacklist"), "blacklist"),
            capabilities=check_texts(body.get("capabilities"), "capabilities"),
            device_id=device_id,
        ),
        jobs=jobs,
        peek=wanted.get("peek") is True,
        states=wanted.get("states") is True,
        wait_s=float(wait),
    )


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Invalid(f"'{name}' must be an object.")
    return value


def _lists(value: Any, name: str) -> dict[str, list[str]]:
    lists = _mapping(value, name)
    return {key: check_texts(lists.get(key), f"{name}.{key}") for key in KEYS if lists.get(key)}
