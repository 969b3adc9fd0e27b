"""What a copy leaves out: the wire's filter, its rules written like list filters (api.md 6.2, 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from treadle.server.catalog.fields import container_field, file_field
from treadle.server.kit.errors import Invalid
from treadle.server.store.filtering import condition_sql
from treadle.server.wire.filters import Condition, parse_filter

RULE_LEVELS = ("subject", "session", "acquisition", "analysis", "file")
_MOST_RULES = 100

Rule = tuple[Condition, ...]


@dataclass(frozen=True)
class CopyFilter:
    """What is left out, and the rules of each level."""

    exclude_analysis: bool = False
    exclude_notes: bool = False
    exclude_tags: bool = False
    exclude_empty: bool = False
    include: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    def chooses(self, level: str) -> ColumnElement[bool]:
        """SQL condition on the rows of a level (on the container or file table): they are copied."""
        wanted, left = self.include.get(level, ()), self.exclude.get(level, ())
        inside = or_(*(_holds(level, rule) for rule in wanted)) if wanted else true()
        return and_(inside, not_(or_(false(), *(_holds(level, rule) for rule in left))))


def _holds(level: str, rule: Rule) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    for condition in rule:
        name = condition.field.removeprefix(f"{level}.")
        found = file_field(name) if level == "file" else container_field(level, name)
        if found is None:
            raise Invalid(f"A rule of the copy names the unknown field '{condition.field}'.")
        parts.append(condition_sql(found, condition.operator, condition.values))
    return and_(true(), *parts)


def _level(rule: Rule, text: str) -> str:
    levels = {condition.field.partition(".")[0] for condition in rule}
    if len(levels) != 1 or not levels <= set(RULE_LEVELS):
        raise Invalid(
            f"The rule '{text[:80]}' must name fields of one level, such as acquisition.label=~T1; "
            f"levels are {', '.join(RULE_LEVELS)}."
        )
    return levels.pop()


def _rules(body: Mapping[str, Any], name: str) -> dict[str, tuple[Rule, ...]]:
    given = body.get(name) or []
    if not isinstance(given, list) or len(given) > _MOST_RULES or not all(isinstance(r, str) for r in given):
        raise Invalid(f"'{name}' must be a list of at most {_MOST_RULES} filters.")
    found: dict[str, tuple[Rule, ...]] = {}
    for text in given:
        rule = parse_filter(text)
        if rule:
            level = _level(rule, text)
            found[level] = (*found.get(level, ()), rule)
    return found


def read_filter(body: Any) -> CopyFilter:
    """The filter of a copy request; Invalid says what is wrong with it."""
    if body is None:
        return CopyFilter()
    if not isinstance(body, Mapping):
        raise Invalid("'filter' must be an object.")
    chosen = CopyFilter(
        exclude_analysis=body.get("exclude_analysis") is True,
        exclude_notes=body.get("exclude_notes") is True,
        exclude_tags=body.get("exclude_tags") is True,
        exclude_empty=body.get("exclude_empty_containers") is True,
        include=_rules(body, "include_rules"),
        exclude=_rules(body, "exclude_rules"),
    )
    for level in RULE_LEVELS:
        chosen.chooses(level)  # unknown fields and bad patterns are refused now, not by the worker
    return chosen
