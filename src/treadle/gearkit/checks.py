"""One check and its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from treadle.gearkit.page import Verdict

SHOWN = 5  # faults that are named one by one


@dataclass(frozen=True)
class Check:
    """What was looked at, how it stands, and a sentence; `note` is worth knowing and no fault."""

    name: str
    state: Verdict
    why: str
    data: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return {"state": self.state, "why": self.why} | self.data


def is_passed(checks: Iterable[Check]) -> bool:
    """Whether no check failed."""
    return all(check.state != "fail" for check in checks)


def some(faults: Sequence[str]) -> str:
    """The first faults, and how many more there are."""
    more = len(faults) - SHOWN
    return "; ".join(faults[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
