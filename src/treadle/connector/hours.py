"""Working hours of a device: the daily time in which it may be asked for images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

_HOURS = re.compile(r"([0-2]?[0-9]):([0-5][0-9])\s*-\s*([0-2]?[0-9]):([0-5][0-9])")


@dataclass(frozen=True)
class WorkingHours:
    """A daily span from `start` to just before `end`, over midnight when `end` is the earlier one."""

    start: time
    end: time

    def contains(self, at: time) -> bool:
        """Whether that time of day lies in the span."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def parse_hours(text: str) -> WorkingHours:
    """The span in a text such as `20:00-06:00`; ValueError when it is none.

    >>> parse_hours("20:00-06:00").contains(time(2, 30))
    True
    """
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'working_hours: {text!r} is no span of a day; write for instance "20:00-06:00"')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    if max(hour, end_hour) > 23:
        raise ValueError(f"working_hours: {text!r}: a day has the hours 0 to 23")
    hours = WorkingHours(time(hour, minute), time(end_hour, end_minute))
    if hours.start == hours.end:
        raise ValueError("working_hours: beginning and end are the same; leave it out for the whole day")
    return hours
