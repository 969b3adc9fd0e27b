"""Conditions on a file: those of pydicom/deid recipes, and those of CTP's pixel scripts (deid.md, section 6.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Field = Callable[[str], str | None]

_JOIN = re.compile(r"(?:^|\s+)(\+|\|\|)\s*")
_WITH_VALUE = frozenset(("contains", "notcontains", "equals", "notequals"))
_WITHOUT = frozenset(("missing", "present", "empty"))


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of one field."""

    op: str
    field: str
    value: str = ""

    def holds(self, field: Field) -> bool:
        """Is it so for a file? Text is compared without case; a missing field is unlike everything."""
        found = field(self.field)
        if self.op == "missing":
            return found is None
        if self.op == "present":
            return found is not None
        if self.op == "empty":
            return found == ""
        text = found or ""
        if self.op in {"contains", "notcontains"}:
            hit = found is not None and re.search(self.value, text, re.IGNORECASE) is not None
        elif self.op in {"startswith", "endswith"}:
            hit = getattr(text.lower(), self.op)(self.value.lower())
        else:
            hit = found is not None and text.strip().lower() == self.value.strip().lower()
        return hit != self.op.startswith("not")


@dataclass(frozen=True, slots=True)
class Joined:
    """Two conditions and what joins them."""

    op: Literal["and", "or", "not"]
    left: Condition
    right: Condition | None = None

    def holds(self, field: Field) -> bool:
        """Is it so for a file?"""
        if self.op == "not" or self.right is None:
            return not self.left.holds(field)
        if self.op == "and":
            return self.left.holds(field) and self.right.holds(field)
        return self.left.holds(field) or self.right.holds(field)


Condition = Test | Joined


def parse(text: str) -> Condition:
    """`<op> <Field> [value]`, joined by `+` (and) or `||` (or) from left to right. ValueError says what is wrong."""
    pieces = _JOIN.split(text.strip())
    first, rest = pieces[0], pieces[1:]
    if not first.strip() and rest:
        rest, first = rest[2:], rest[1]
    found: Condition = _test(first)
    for joint, piece in zip(rest[::2], rest[1::2], strict=True):
        found = Joined("and" if joint == "+" else "or", found, _test(piece))
    return found


def _test(text: str) -> Test:
    words = text.strip().split(None, 2)
    if len(words) < 2:
        raise ValueError("a condition is `<op> <Field> [value]`")
    op = words[0].lower()
    if op in _WITHOUT:
        return Test(op, words[1])
    if op not in _WITH_VALUE:
        raise ValueError(f"unknown comparison; known are {', '.join(sorted(_WITH_VALUE | _WITHOUT))}")
    value = words[2].strip() if len(words) > 2 else ""
    if op.endswith("contains"):
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"invalid regular expression: {error}") from error
    return Test(op, words[1], value)
