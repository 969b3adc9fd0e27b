"""The `flywheel:` section: which metadata of containers goes with a de-identified export (deid.md, section 2.9)."""

from __future__ import annotations

from typing import Any

from treadle.deid.fields.metadata import LEVELS, Level
from treadle.deid.fields.model import Rule, Section
from treadle.deid.profile.issues import Issues, Path, nearest
from treadle.deid.profile.keys import COMMON, DEFAULTS, Key
from treadle.deid.profile.rules import read_rule
from treadle.deid.profile.values import known_only, listing, mapping, value_of

LEVEL = {
    "all": Key("flag", "All metadata goes along, after the rules; else only what the rules name.", False),
    "date-increment": COMMON["date-increment"],
    "salt": COMMON["salt"],
    "fields": Key("special", "Field rules, as for JSON.", []),
    "include-info-header": Key("flag", "Whether `info.header` (and `header`) of files goes along.", False),
}


def read_flywheel(document: Any, issues: Issues) -> dict[str, Level]:
    """Level -> what goes along."""
    path: Path = ("flywheel",)
    found = {}
    for name, entry in mapping(document, path, issues).items():
        if name not in LEVELS:
            message = f'Unknown key "{name}".{nearest(name, LEVELS)} Known: {", ".join(LEVELS)}.'
            issues.add((*path, name), "UNKNOWN_KEY", message)
        else:
            found[name] = _level(entry, (*path, name), issues)
    return found


def _level(document: Any, path: Path, issues: Issues) -> Level:
    entry = mapping(document, path, issues)
    known_only(entry, LEVEL, path, issues)
    values = {key: value_of(entry, key, wanted, path, issues) for key, wanted in LEVEL.items()}
    rules: list[Rule] = []
    for index, item in enumerate(listing(entry.get("fields"), (*path, "fields"), issues)):
        at = (*path, "fields", index)
        if rule := read_rule(item, at, issues, may_regex=True):
            rules.append(rule)
            dated = rule.action.startswith("increment-") and rule.moved.override is None
            if dated and values["date-increment"] is None:
                issues.add(
                    (*at, rule.action),
                    "MISSING_KEY",
                    f"`{rule.action}` needs `date-increment` at this level.",
                )
            if rule.action in ("encrypt", "decrypt"):
                issues.add(
                    (*at, rule.action), "DEID_NOT_SUPPORTED", f"`{rule.action}` is not built for metadata."
                )
    section = Section(
        kind="json",
        rules=tuple(rules),
        salt=values["salt"],
        date_increment=values["date-increment"],
        date_format=DEFAULTS["json"]["date-format"],
        datetime_format=DEFAULTS["json"]["datetime-format"],
        own={"separator": "."},
    )
    return Level(section, everything=values["all"], info_header=values["include-info-header"])
