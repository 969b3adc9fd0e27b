"""Names of what comes out (deid.md, section 2.6)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dateutil.parser import parse

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import as_text, result
from treadle.deid.fields.model import Rule, Sub
from treadle.deid.fields.scope import Scope

MAX_LENGTH = 255
_T2_STAR = re.compile(r"(t2 ?_?)\*", re.IGNORECASE)
_ILLEGAL = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_RESERVED = frozenset(
    [
        "CON",
        "PRN",
        "AUX",
        "CLOCK$",
        "NUL",
        *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10)),
    ]
)


def output_name(subs: tuple[Sub, ...], name: str, read: Callable[[str], Any], scope: Scope) -> str:
    """The name by the first rule whose expression fits the input's base name; what is missing reads `None`."""
    base = posixpath.basename(name)
    for sub in subs:
        if found := sub.pattern.match(base):
            captured = found.groupdict()
            values = {}
            for wanted in sub.names:
                value = (
                    _group(sub.groups.get(wanted), captured[wanted], scope)
                    if wanted in captured
                    else read(wanted)
                )
                values[wanted] = "None" if value is None else as_text(value)
            if named := sanitized(sub.fill(values)):
                return named
    raise Rejected(Code.NAME_NO_MATCH)


def _group(rule: Rule | None, value: str | None, scope: Scope) -> Any:
    """A captured part of the name after its rule; dates may be written in any usual way."""
    if rule is None or value is None:
        return value
    try:
        if rule.action.startswith("increment-"):
            timed = rule.action == "increment-datetime"
            form = rule.moved.format or (
                scope.section.datetime_format if timed else scope.section.date_format
            )
            value = _rewritten(value, form)
        return result(rule, value, scope)
    except (ValueError, OverflowError, TypeError) as error:
        raise Rejected(Code.BAD_VALUE, "filenames") from error


def _rewritten(value: str, form: str) -> str:
    if form == "timestamp":
        return value
    try:
        return datetime.strptime(value, form).strftime(form)  # noqa: DTZ007
    except ValueError:
        return parse(value).strftime(form)


def sanitized(name: str) -> str:
    """A name that Windows, macOS and Linux allow."""
    name = _ILLEGAL.sub("_", _T2_STAR.sub(r"\1star", name))
    name = name.encode()[:MAX_LENGTH].decode(errors="ignore").strip(" ")
    if name not in (".", ".."):
        name = name.rstrip(" .")
    stem = name.split(".")[0]
    if stem.upper() in _RESERVED:
        name = f"{stem}_{name[len(stem) :]}"
    return "" if name in (".", "..") else name
