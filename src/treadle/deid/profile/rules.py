"""Field rules: one name or expression, one action, and the keys that go with it (deid.md, sections 2.3 and 2.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from treadle.deid.fields.model import Jitter, Moved, Rule, Sub
from treadle.deid.profile.issues import Issues, Path, nearest
from treadle.deid.profile.keys import ACTION_KEYS, ACTIONS, FLAG_ACTIONS, Key
from treadle.deid.profile.outputs import read_sub
from treadle.deid.profile.values import described, listing, value_of

_BOUND = re.compile(r"[+-]\d{1,6}(years|weeks|days)|\d{8}")
_REGEX = Key("regex", "")


def read_rule(document: Any, path: Path, issues: Issues, *, may_regex: bool) -> Rule | None:
    """One rule, or nothing when it cannot be used; every reason is in the issues."""
    if not isinstance(document, Mapping):
        issues.add(
            path, "BAD_TYPE", f"A rule is a mapping with `name` and an action, not {described(document)}."
        )
        return None
    entry = {str(key): value for key, value in document.items()}
    before = len(issues.found)
    name, regex = _target(entry, path, issues, may_regex=may_regex)
    action = _action(entry, path, issues)
    if action is None:
        return None
    keys = ACTION_KEYS[action]
    for key in entry:
        if key not in keys and key not in ("name", "regex", *ACTIONS):
            _unknown(key, action, keys, path, issues)
    values = {key: value_of(entry, key, wanted, path, issues) for key, wanted in keys.items() if key in entry}
    rule = Rule(
        name=name,
        action="keep" if action == "identity" else action,
        regex=regex,
        value=entry.get("replace-with"),
        insert=values.get("replace-with-insert"),
        moved=_moved(values, path, issues) if action.startswith("increment-") else Moved(),
        jitter=_jitter(values, path, issues) if action == "jitter" else Jitter(),
        subs=_subs(entry[action], (*path, action), issues) if action == "regex-sub" else (),
        nonce=values.get("force-nonce", ""),
    )
    return rule if len(issues.found) == before else None


def _target(
    entry: dict[str, Any], path: Path, issues: Issues, *, may_regex: bool
) -> tuple[str, re.Pattern[str] | None]:
    name, regex = entry.get("name"), entry.get("regex")
    if name is not None and regex is not None:
        issues.add(path, "NAME_AND_REGEX", "A rule has either `name` or `regex`; make two rules.")
    elif name is None and regex is None:
        issues.add(path, "NO_NAME", "A rule needs `name` (or `regex`): which field is meant?")
    elif regex is not None and not may_regex:
        message = "`regex` works in dicom and json only; use `name`, once for each field."
        issues.add((*path, "regex"), "REGEX_NOT_HERE", message)
    elif regex is not None:
        text = value_of(entry, "regex", _REGEX, path, issues)
        return (text, re.compile(text)) if text is not None else ("", None)
    elif isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        issues.add((*path, "name"), "BAD_TYPE", f"`name` must be text, not {described(name)}.")
    return (f"0x{name:08x}" if isinstance(name, int) else str(name)), None


def _action(entry: dict[str, Any], path: Path, issues: Issues) -> str | None:
    actions = [key for key in entry if key in ACTIONS]
    if len(actions) > 1:
        message = f"One action for each rule; here are {', '.join(actions)}."
        issues.add((*path, actions[1]), "TWO_ACTIONS", message)
        return None
    if not actions:
        others = [key for key in entry if key not in ("name", "regex")]
        if not others and "name" in entry:
            return "keep"
        if not others:
            issues.add(path, "NO_ACTION", f"What is to be done? One of: {', '.join(ACTIONS)}.")
        for key in others:
            message = f'Unknown action "{key}".{nearest(key, ACTIONS)} Actions: {", ".join(ACTIONS)}.'
            issues.add((*path, key), "UNKNOWN_ACTION", message)
        return None
    action = actions[0]
    if action in FLAG_ACTIONS and entry[action] is not True:
        message = (
            f"`{action}` must be true, not {described(entry[action])}. Leave the rule out to switch it off."
        )
        issues.add((*path, action), "NOT_TRUE", message)
        return None
    if action == "replace-with" and entry[action] is None:
        message = "`replace-with` needs a value; `''` for an empty text, or `remove: true`."
        issues.add((*path, action), "MISSING_VALUE", message)
        return None
    return action


def _unknown(key: str, action: str, keys: Mapping[str, Key], path: Path, issues: Issues) -> None:
    known = f" With `{action}` go: {', '.join(keys)}." if keys else f" `{action}` takes no further keys."
    issues.add((*path, key), "UNKNOWN_KEY", f'Unknown key "{key}".{nearest(key, (*keys, *ACTIONS))}{known}')


def _moved(values: dict[str, Any], path: Path, issues: Issues) -> Moved:
    for key in ("datetime-min", "datetime-max"):
        bound = values.get(key)
        if bound is not None and not _BOUND.fullmatch(str(bound)):
            message = f'Must be "YYYYMMDD" or like "-80years", "+2weeks", "-10days", not {described(bound)}.'
            issues.add((*path, key), "BAD_VALUE", message)
    span = values.get("jitter-range", 10)
    if values.get("jitter-date") and not (isinstance(span, int) and 1 <= span < 100_000):
        issues.add((*path, "jitter-range"), "BAD_VALUE", "Must be a whole number from 1 to 99999.")
    return Moved(
        format=values.get("date-format") or values.get("datetime-format"),
        override=values.get("date-increment-override"),
        jitter_range=span if values.get("jitter-date") else 0,
        jitter_unit=values.get("jitter-unit", "days"),
        earliest=_text(values.get("datetime-min")),
        latest=_text(values.get("datetime-max")),
    )


def _text(bound: Any) -> str | None:
    return None if bound is None else str(bound)


def _jitter(values: dict[str, Any], path: Path, issues: Issues) -> Jitter:
    found = Jitter(*(values.get(f"jitter-{key}") for key in ("range", "type", "min", "max")))
    if found.smallest is not None and found.largest is not None and found.smallest > found.largest:
        issues.add((*path, "jitter-min"), "BAD_VALUE", "`jitter-min` is larger than `jitter-max`.")
    check_jitter(found.range, found.type, path, issues)
    return found


def check_jitter(span: float | None, kind: str | None, path: Path, issues: Issues) -> None:
    """A range that leaves something to choose from."""
    if span is not None and (span <= 0 or (kind == "int" and span < 1)):
        least = "at least 1 with `jitter-type: int`" if kind == "int" else "more than 0"
        issues.add((*path, "jitter-range"), "BAD_VALUE", f"Must be {least}, not {described(span)}.")


def _subs(document: Any, path: Path, issues: Issues) -> tuple[Sub, ...]:
    entries = listing(document, path, issues)
    if not entries:
        issues.add(path, "BAD_TYPE", "`regex-sub` is a list of `input-regex` and `output`.")
    subs = []
    for index, entry in enumerate(entries):
        at = (*path, index)
        sub = read_sub(
            entry, at, issues, lambda group, where: read_rule(group, where, issues, may_regex=False)
        )
        if sub is None:
            continue
        for name in sub.names:
            if name not in sub.pattern.groupindex and name not in sub.groups:
                message = f"{{{name}}} is neither a group of `input-regex` nor has a rule in `groups`."
                issues.add(
                    (*at, "output"), "UNDEFINED_NAME", f"{message}{nearest(name, sub.pattern.groupindex)}"
                )
        subs.append(sub)
    return tuple(subs)
