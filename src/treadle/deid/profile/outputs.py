"""Entries of `regex-sub` and `filenames`: an expression, an output, and rules for what the output names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from treadle.deid.fields.model import Rule, Sub
from treadle.deid.profile.issues import Issues, Path
from treadle.deid.profile.keys import SUB
from treadle.deid.profile.values import known_only, listing, mapping, value_of

_NAME = re.compile(r"\{([^}]+)\}")
ReadRule = Callable[[Any, Path], Rule | None]


def read_sub(document: Any, path: Path, issues: Issues, group_rule: ReadRule) -> Sub | None:
    """One entry, or nothing when it cannot be used."""
    entry = mapping(document, path, issues)
    known_only(entry, SUB, path, issues)
    pattern = value_of(entry, "input-regex", SUB["input-regex"], path, issues)
    output = value_of(entry, "output", SUB["output"], path, issues)
    groups: dict[str, Rule] = {}
    for index, group in enumerate(listing(entry.get("groups"), (*path, "groups"), issues)):
        if rule := group_rule(group, (*path, "groups", index)):
            groups[rule.name] = rule
    if pattern is None or output is None:
        return None
    if re.search(r"[{}]", _NAME.sub("", output)):
        issues.add((*path, "output"), "BAD_OUTPUT", "Every { must be closed by } with a name between.")
        return None
    return Sub(re.compile(pattern), tuple(_NAME.split(output)), groups)
