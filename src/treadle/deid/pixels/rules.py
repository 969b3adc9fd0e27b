"""Rules that say where pictures show text (deid.md, section 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from treadle.deid.pixels.expression import Condition, Field, parse

Rectangle = tuple[int, int, int, int]  # x0, y0, x1, y1; x1 and y1 exclusive
Where = tuple[Rectangle, ...] | Literal["all", "regions"]
REGIONS = "from:SequenceOfUltrasoundRegions"


@dataclass(frozen=True)
class PixelRuleError(ValueError):
    """A rule that cannot be read: `path` below `alter_pixels`, and what is wrong."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class PixelRule:
    """When a file is like this, these rectangles are blanked, or all but these."""

    when: Condition
    what: Literal["remove", "keep"]
    where: Where


@dataclass(frozen=True, slots=True)
class PixelRules:
    """The rules of one profile, in order."""

    rules: tuple[PixelRule, ...] = ()

    def matching(self, field: Field) -> list[PixelRule]:
        """Rules that apply to a file."""
        return [rule for rule in self.rules if rule.when.holds(field)]


def clip(box: Rectangle, rows: int, columns: int) -> Rectangle | None:
    """What of a rectangle lies within a picture."""
    x0, y0, x1, y1 = max(0, box[0]), max(0, box[1]), min(columns, box[2]), min(rows, box[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def parse_rules(section: object) -> PixelRules:
    """The rules under `pixels` of an `alter_pixels` section; PixelRuleError names the first that is wrong."""
    if not isinstance(section, Mapping):
        raise PixelRuleError("", "must be a mapping with `pixels`")
    for key in section:
        if key not in {"pixels", "detect"}:
            raise PixelRuleError(str(key), "unknown key")
    return PixelRules(parse_list(section.get("pixels") or [], "pixels"))


def parse_list(given: object, path: str) -> tuple[PixelRule, ...]:
    """Rules in a list at `path`."""
    if not isinstance(given, list):
        raise PixelRuleError(path, "must be a list")
    return tuple(_rule(rule, f"{path}[{number}]") for number, rule in enumerate(given))


def _rule(rule: object, path: str) -> PixelRule:
    if not isinstance(rule, Mapping) or set(rule) not in ({"when", "remove"}, {"when", "keep"}):
        raise PixelRuleError(path, "needs exactly `when` and one of `remove` and `keep`")
    try:
        when = parse(str(rule["when"]))
    except ValueError as error:
        raise PixelRuleError(f"{path}.when", str(error)) from error
    what: Literal["remove", "keep"] = "remove" if "remove" in rule else "keep"
    return PixelRule(when, what, _where(rule[what], f"{path}.{what}"))


def _where(value: object, path: str) -> Where:
    if value == "all":
        return "all"
    if value == REGIONS:
        return "regions"
    if not isinstance(value, list) or len(value) != 4:
        found = f"{len(value)} values" if isinstance(value, list) else type(value).__name__
        raise PixelRuleError(path, f"must be 4 integers x0, y0, x1, y1, not {found}")
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in value):
        raise PixelRuleError(path, "must be 4 integers x0, y0, x1, y1")
    x0, y0, x1, y1 = value
    return ((x0, y0, x1, y1),)
