"""One file profile (`dicom:`, `json:` ...) from its mapping; what only one type knows is checked in `checks.py`."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from typing import Any

from treadle.deid.fields.model import Rule, Section, Sub
from treadle.deid.profile.checks import CHECKS
from treadle.deid.profile.issues import Issues, Path
from treadle.deid.profile.keys import FILTERS, OWN, default_of, keys_of
from treadle.deid.profile.outputs import read_sub
from treadle.deid.profile.rules import check_jitter, read_rule
from treadle.deid.profile.values import known_only, listing, mapping, value_of

REGEX_KINDS = ("dicom", "json")
_OID_ROOT = "2.16.840.1.114570"
_OID_ALLOWED = "2.16.840.1.114570.2.2"
_KEY_BYTES = (16, 24, 32)


def read_section(kind: str, document: Any, secret_key: str | None, issues: Issues) -> Section:
    """The section as far as it is right; what is wrong is in the issues."""
    path: Path = (kind,)
    entry = mapping(document, path, issues)
    keys = keys_of(kind)
    known_only(entry, keys, path, issues)
    values = {
        key: value_of(entry, key, replace(wanted, default=default_of(kind, key)), path, issues)
        for key, wanted in keys.items()
    }
    rules = _rules(kind, entry.get("fields"), issues)
    filenames = _filenames(entry.get("filenames"), path, issues)
    section = Section(
        kind=kind,
        rules=tuple(rule for _, rule in _ordered(rules)),
        filenames=filenames,
        file_filter=_filters(kind, values["file-filter"], issues),
        enforce_filter=values["enforce-file-filter"],
        salt=values["salt"],
        hash_digits=values["hash-digits"],
        date_increment=values["date-increment"],
        date_format=values["date-format"],
        datetime_format=values["datetime-format"],
        jitter_range=values["jitter-range"],
        jitter_type=values["jitter-type"],
        insert=values["replace-with-insert"],
        uid_prefix=values["uid-prefix-fields"],
        uid_suffix=values["uid-suffix-fields"],
        uid_root=values["uid-numeric-name"],
        secret_key=values["secret-key"] or secret_key,
        nonce=values["force-nonce"] or "",
        own={key: values[key] for key in OWN[kind]},
    )
    check_jitter(section.jitter_range, section.jitter_type, path, issues)
    _check_uid_root(section, issues)
    _check_rules(section, rules, issues)
    if check := CHECKS.get(kind):
        check(section, rules, entry, issues)
    return section


def _rules(kind: str, document: Any, issues: Issues) -> list[tuple[Path, Rule]]:
    path: Path = (kind, "fields")
    found = []
    for index, entry in enumerate(listing(document, path, issues)):
        at = (*path, index)
        if rule := read_rule(entry, at, issues, may_regex=kind in REGEX_KINDS):
            found.append((at, rule))
    return found


def _ordered(rules: list[tuple[Path, Rule]]) -> list[tuple[Path, Rule]]:
    """`regex-sub` rules first, the last of them foremost, as the original does."""
    first = [entry for entry in rules if entry[1].action == "regex-sub"]
    return [*reversed(first), *(entry for entry in rules if entry[1].action != "regex-sub")]


def _filenames(document: Any, path: Path, issues: Issues) -> tuple[Sub, ...]:
    subs = []
    for index, entry in enumerate(listing(document, (*path, "filenames"), issues)):
        at = (*path, "filenames", index)
        if sub := read_sub(
            entry, at, issues, lambda group, where: read_rule(group, where, issues, may_regex=False)
        ):
            subs.append(sub)
    return tuple(subs)


def _filters(kind: str, value: Any, issues: Issues) -> tuple[str, ...]:
    filters = FILTERS[kind] if value is None else (value,) if isinstance(value, str) else tuple(value)
    for pattern in filters:
        if pattern.startswith("r!"):
            try:
                re.compile(pattern[2:])
            except re.error as error:
                issues.add((kind, "file-filter"), "BAD_REGEX", f"Not a regular expression after r!: {error}.")
    return filters


def _check_uid_root(section: Section, issues: Issues) -> None:
    root = section.uid_root
    if root is None:
        return
    at: Path = (section.kind, "uid-numeric-name")
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*", root):
        issues.add(at, "BAD_VALUE", 'Must be an OID: numbers with dots between, such as "1.2.826.0".')
    elif root.startswith(_OID_ROOT) and root != _OID_ALLOWED:
        issues.add(at, "BAD_VALUE", f"Below {_OID_ROOT} only {_OID_ALLOWED} is meant for this.")
    parts = len(root.split("."))
    if parts != section.uid_prefix:
        issues.add(at, "BAD_VALUE", f"It has {parts} components; set `uid-prefix-fields: {parts}`.")


def _check_rules(section: Section, rules: list[tuple[Path, Rule]], issues: Issues) -> None:
    for path, rule in [*rules, *_group_rules(section, rules)]:
        dated = rule.action.startswith("increment-")
        if dated and section.date_increment is None and rule.moved.override is None:
            message = (
                f"`{rule.action}` needs `date-increment` in the section (or `date-increment-override` here)."
            )
            issues.add((*path, rule.action), "MISSING_KEY", message)
        if rule.action in ("encrypt", "decrypt") and section.kind != "dicom":
            _check_encryption(section, rule, path, issues)


def _group_rules(section: Section, rules: list[tuple[Path, Rule]]) -> list[tuple[Path, Rule]]:
    """The rules inside `groups`, with where they stand."""
    subs = [((*path, "regex-sub", index), sub) for path, rule in rules for index, sub in enumerate(rule.subs)]
    subs += [((section.kind, "filenames", index), sub) for index, sub in enumerate(section.filenames)]
    return [
        ((*at, "groups", index), rule) for at, sub in subs for index, rule in enumerate(sub.groups.values())
    ]


def _check_encryption(section: Section, rule: Rule, path: Path, issues: Issues) -> None:
    at = (*path, rule.action)
    if importlib.util.find_spec("cryptography") is None:
        issues.add(
            at, "DEID_NOT_SUPPORTED", f"`{rule.action}` needs the package cryptography (treadle[crypto])."
        )
        return
    if section.secret_key is None:
        issues.add(at, "MISSING_KEY", f"`{rule.action}` needs `secret-key`.")
    elif len(section.secret_key.encode()) not in _KEY_BYTES:
        issues.add((section.kind, "secret-key"), "BAD_VALUE", "The key must have 16, 24 or 32 bytes.")
    for nonce in (rule.nonce, section.nonce):
        if nonce and not re.fullmatch(r"[A-Za-z0-9+/]{11}=", nonce):
            issues.add(at, "BAD_VALUE", "`force-nonce` must be 12 base64 characters (8 bytes).")
