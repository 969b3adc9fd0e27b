"""Moving dates: `increment-date`, `increment-datetime` (deid.md, section 2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from treadle.deid.fields.model import Moved
from treadle.deid.fields.scope import Scope

_ZONE = re.compile(r"(.+)([-+]\d{4}|[-+]\d{2}:\d{2})$")
_BOUND = re.compile(r"([+-])(\d+)(years|weeks|days)")
_UNIT_DAYS = {"years": 365.25, "weeks": 7, "days": 1}


def moved(value: Any, how: Moved, scope: Scope, *, timed: bool) -> Any:
    """A date, or each of several (a list, or one text with commas), moved and written as it was."""
    form = how.format or (scope.section.datetime_format if timed else scope.section.date_format)
    many = value.split(",") if isinstance(value, str) and "," in value else value
    if isinstance(many, list | tuple):
        return [_one(item, form, how, scope, timed=timed) if item else item for item in many]
    return _one(value, form, how, scope, timed=timed)


def _one(value: Any, form: str, how: Moved, scope: Scope, *, timed: bool) -> Any:
    try:
        if form == "timestamp":
            return _shifted(datetime.fromtimestamp(float(value), UTC), how, scope).timestamp()
        if not isinstance(value, str):
            raise ValueError("a date is text")  # noqa: TRY004 one kind of error for callers
        zone = _ZONE.match(value) if timed else None
        text, suffix = zone.groups() if zone else (value, "")
        if form.endswith(".%f") and "." not in text:
            text += ".0"
        return _written(_shifted(datetime.strptime(text, form), how, scope), form) + suffix  # noqa: DTZ007
    except (OverflowError, OSError, TypeError) as error:
        raise ValueError("not a date in this format") from error


def _shifted(date: datetime, how: Moved, scope: Scope) -> datetime:
    days = scope.section.date_increment if how.override is None else how.override
    date += timedelta(days=days or 0)
    if how.jitter_range:
        change = 0
        while not change:
            change = scope.chance.randint(-how.jitter_range, how.jitter_range)
        date += timedelta(**{how.jitter_unit: change})
    if how.earliest:
        date = max(date, _bound(how.earliest, date))
    if how.latest:
        date = min(date, _bound(how.latest, date))
    return date


def _bound(text: str, like: datetime) -> datetime:
    """A limit: a date, or so far from today."""
    if found := _BOUND.fullmatch(text):
        days = float(found[2]) * _UNIT_DAYS[found[3]]
        today = datetime.now(like.tzinfo)
        return today - timedelta(days=days) if found[1] == "-" else today + timedelta(days=days)
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=like.tzinfo)


def _written(date: datetime, form: str) -> str:
    """`strftime`, with years of four digits everywhere."""
    return date.strftime(
        re.sub("%[%Y]", lambda code: f"{date.year:04d}" if code[0] == "%Y" else code[0], form)
    )
