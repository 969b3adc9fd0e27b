"""Rules that say where pictures show text."""

from __future__ import annotations

from dataclasses import dataclass

Rectangle = tuple[int, int, int, int]  # x0, y0, x1, y1; x1 and y1 exclusive


@dataclass(frozen=True, slots=True)
class PixelRuleError(ValueError):
    """A rule that cannot be read: `path` below `alter_pixels`, and what is wrong."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class PixelRules:
    """The rules of one profile, in order."""

    rules: tuple[object, ...] = ()


def parse_rules(section: object) -> PixelRules:
    """The rules of an `alter_pixels` section; PixelRuleError names the first that is wrong."""
    raise PixelRuleError("", f"not built yet: {type(section).__name__}")
