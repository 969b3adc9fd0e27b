"""The actions on one value (deid.md, section 2.3). `result` gives the new value, None to leave things as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from treadle.deid.fields.dates import moved
from treadle.deid.fields.hashuid import hash_uid
from treadle.deid.fields.model import Rule, Sub
from treadle.deid.fields.scope import Scope

# What the report calls each action.
REPORTED = {
    "remove": "X",
    "replace-with": "D",
    "hash": "D",
    "hashuid": "U",
    "increment-date": "shift",
    "increment-datetime": "shift",
    "jitter": "D",
    "regex-sub": "D",
    "encrypt": "D",
    "decrypt": "D",
}


def result(rule: Rule, value: Any, scope: Scope) -> Any:
    """What an action makes of a value (None: missing). ValueError when it cannot be applied."""
    return _ACTIONS[rule.action](rule, value, scope)


def salted_hash(text: str, salt: str, digits: int = 0) -> str:
    """SHA-256 of salt and text in hexadecimal, the first digits of it or (0) all."""
    found = hashlib.sha256(f"{salt}{text}".encode()).hexdigest()
    return found[:digits] if digits else found


def as_text(value: Any) -> str:
    """A value as one text; several are joined with commas."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | dict):
        raise ValueError("binary values and mappings have no text")  # noqa: TRY004 one kind of error for callers
    return ",".join(str(item) for item in value) if isinstance(value, Sequence) else str(value)


def _keep(_rule: Rule, value: Any, _scope: Scope) -> Any:
    return value


def _remove(_rule: Rule, _value: Any, _scope: Scope) -> None:
    return None


def _replace(rule: Rule, value: Any, scope: Scope) -> Any:
    insert = scope.section.insert if rule.insert is None else rule.insert
    return None if value is None and not insert else rule.value


def _hash(_rule: Rule, value: Any, scope: Scope) -> str | None:
    return salted_hash(as_text(value), scope.salt, scope.section.hash_digits) if value else None


def _hashuid(_rule: Rule, value: Any, scope: Scope) -> Any:
    if not value:
        return None
    if isinstance(value, list):
        return [_hashuid(_rule, item, scope) for item in value]
    if not isinstance(value, str):
        raise ValueError("a UID is text")  # noqa: TRY004 one kind of error for callers
    return hash_uid(value, scope.salt, scope.section, strict=scope.strict_uids)


def _date(rule: Rule, value: Any, scope: Scope) -> Any:
    timed = rule.action == "increment-datetime"
    return moved(value, rule.moved, scope, timed=timed) if value else None


def _jitter(rule: Rule, value: Any, scope: Scope) -> float | int | None:
    if value is None:
        return None
    wish = rule.jitter
    span = scope.section.jitter_range if wish.range is None else wish.range
    whole = (wish.type or scope.section.jitter_type) == "int"
    try:
        number = int(value) if whole else float(value)
    except (TypeError, OverflowError) as error:
        raise ValueError("not a number") from error
    change: float = 0
    while not change:
        change = scope.chance.randint(-int(span), int(span)) if whole else scope.chance.uniform(-span, span)
    changed = number + change
    if wish.smallest is not None:
        changed = max(changed, type(changed)(wish.smallest))
    if wish.largest is not None:
        changed = min(changed, type(changed)(wish.largest))
    return changed


def _regex_sub(rule: Rule, value: Any, scope: Scope) -> str | None:
    if value is None:
        return None
    text = as_text(value)
    for sub in rule.subs:
        if found := sub.pattern.match(text):
            return sub.fill({name: _filled(sub, name, found.groupdict(), scope) for name in sub.names})
    raise ValueError("no input-regex fits")


def _filled(sub: Sub, name: str, captured: dict[str, str | None], scope: Scope) -> str:
    value = captured.get(name)
    if rule := sub.groups.get(name):
        found = scope.read(name) if value is None else value
        value = result(rule, found, scope)
    return "" if value is None else as_text(value)


def _encrypt(rule: Rule, value: Any, scope: Scope) -> str | None:
    from treadle.deid.fields import crypt  # noqa: PLC0415 an extra

    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("only text can be encrypted")  # noqa: TRY004 one kind of error for callers
    return crypt.encrypt(value, scope.section.secret_key or "", rule.nonce or scope.section.nonce)


def _decrypt(_rule: Rule, value: Any, scope: Scope) -> str | None:
    from treadle.deid.fields import crypt  # noqa: PLC0415 an extra

    return None if value is None else crypt.decrypt(as_text(value), scope.section.secret_key or "")


_ACTIONS = {
    "keep": _keep,
    "remove": _remove,
    "replace-with": _replace,
    "hash": _hash,
    "hashuid": _hashuid,
    "increment-date": _date,
    "increment-datetime": _date,
    "jitter": _jitter,
    "regex-sub": _regex_sub,
    "encrypt": _encrypt,
    "decrypt": _decrypt,
}
