"""What is right in a `dicom` section: names, recursion, values that fit, names of output files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.deid.fields.dicom_names import (
    BadName,
    Name,
    Nested,
    Private,
    keywords,
    last_tag,
    parse,
    private_vr,
    public_vr,
)
from treadle.deid.fields.dicom_values import made, may_hash
from treadle.deid.fields.model import Rule, Section
from treadle.deid.profile.check_encryption import check_encryption
from treadle.deid.profile.issues import Issues, Path, nearest
from treadle.deid.profile.values import described


def check_dicom(
    section: Section, rules: list[tuple[Path, Rule]], _entry: Mapping[str, Any], issues: Issues
) -> None:
    """Every issue that only DICOM has."""
    check_encryption(section, rules, issues)
    for path, rule in rules:
        _check_rule(section, path, rule, issues)
    for index, _ in enumerate(section.filenames):
        _check_output(section, index, issues)


def _check_rule(section: Section, path: Path, rule: Rule, issues: Issues) -> None:
    recurse = section.own["recurse-sequence"]
    if rule.regex is not None:
        if recurse:
            message = (
                "`recurse-sequence` and `regex` exclude each other; a regex reaches every depth by itself."
            )
            issues.add((*path, "regex"), "RECURSE", message)
        return
    try:
        name = parse(rule.name)
    except BadName as error:
        hint = nearest(error.unknown, keywords_as_written()) if error.unknown else ""
        issues.add((*path, "name"), "UNKNOWN_NAME", f"{error}{hint}")
        return
    if recurse and isinstance(name, Nested):
        message = "`recurse-sequence` and names with a dot exclude each other; name the element alone."
        issues.add((*path, "name"), "RECURSE", message)
    _check_value(rule, name, path, issues)


def _check_value(rule: Rule, name: Name, path: Path, issues: Issues) -> None:
    tag = last_tag(name)
    vr = private_vr(name) if isinstance(name, Private) else public_vr(tag) if tag is not None else None
    if vr is None:
        return
    if rule.action == "hash" and not may_hash(vr):
        better = "use `hashuid`" if vr == "UI" else "use `remove` or `replace-with`"
        issues.add((*path, "hash"), "NOT_HASHABLE", f"{rule.name} ({vr}) cannot hold a hash; {better}.")
    if rule.action == "replace-with" and tag is not None:
        try:
            made(tag, vr, rule.value)
        except ValueError:
            message = f"{described(rule.value)} does not fit {rule.name} ({vr})."
            issues.add((*path, "replace-with"), "BAD_VALUE", message)


def _check_output(section: Section, index: int, issues: Issues) -> None:
    at: Path = (section.kind, "filenames", index)
    sub = section.filenames[index]
    groups = {group.lower() for group in sub.pattern.groupindex}
    for group in sub.pattern.groupindex:
        if group.lower() in keywords():
            message = f'The group "{group}" has the name of a DICOM attribute; call it otherwise.'
            issues.add((*at, "input-regex"), "NAME_COLLISION", message)
    for name in sub.names:
        if name not in sub.pattern.groupindex and name.lower() not in keywords():
            hint = nearest(name, [*keywords_as_written(), *groups])
            message = f"{{{name}}} is neither a group of `input-regex` nor a DICOM keyword.{hint}"
            issues.add((*at, "output"), "UNDEFINED_NAME", message)


def keywords_as_written() -> list[str]:
    """Every keyword in its own spelling."""
    from pydicom.datadict import keyword_dict  # noqa: PLC0415 only for a hint

    return [word for word in keyword_dict if word]
