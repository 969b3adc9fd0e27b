"""When a series is retrieved: a pure table from what was known and what the source says now (section 2.3).

```
waiting -> due -> retrieving -> retrieved | failed -> due .. -> abandoned
        -> skipped                          retrieved -> rechecking -> retrieved | due
ignored (there before our first poll)
```
Whatever the phase, a change at the source starts over with `waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Phase = Literal[
    "waiting", "due", "retrieving", "retrieved", "rechecking", "failed", "abandoned", "skipped", "ignored"
]
Change = Literal["discovered", "changed", "complete", "skipped", "ignored"]

LONGEST_WAIT_S = 3600.0


@dataclass(frozen=True)
class Known:
    """What we know of one series at its source."""

    count: int
    keys: str
    stable: int = 0
    phase: Phase = "waiting"
    failures: int = 0


def judge(
    known: Known | None, *, count: int, keys: str, stable_polls: int, is_wanted: bool = True
) -> tuple[Known, Change | None]:
    """What is known after a poll that answered with this state, and what happened by that.

    >>> first, _ = judge(None, count=5, keys="k", stable_polls=1)
    >>> judge(first, count=5, keys="k", stable_polls=1)
    (Known(count=5, keys='k', stable=1, phase='due', failures=0), 'complete')
    """
    if known is None:
        return Known(count, keys), "discovered"
    if (known.count, known.keys) != (count, keys):
        return Known(count, keys), "changed"
    if known.phase != "waiting":
        return known, None
    stable = min(known.stable + 1, stable_polls)
    if count == 0 or stable < stable_polls:
        return replace(known, stable=stable), None
    if not is_wanted:
        return replace(known, stable=stable, phase="skipped"), "skipped"
    return replace(known, stable=stable, phase="due"), "complete"


def after_failure(known: Known, *, max_failures: int) -> Known:
    """What is known after a retrieval that failed once more."""
    failures = known.failures + 1
    return replace(known, failures=failures, phase="abandoned" if failures >= max_failures else "failed")


def retry_wait_s(failures: int, *, first_s: float = 60.0) -> float:
    """Seconds to wait after the n-th failure in a row: doubling to an hour."""
    return min(first_s * 2.0 ** min(failures - 1, 30), LONGEST_WAIT_S)
