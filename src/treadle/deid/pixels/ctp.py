"""Reading CTP's pixel-anonymizer scripts: `{ condition } (x,y,width,height) ...`; `*` and, `+` or, `!` not."""

from __future__ import annotations

import re

from treadle.deid.pixels.expression import Condition, Joined, Test
from treadle.deid.pixels.rules import PixelRule, PixelRuleError, Rectangle

_METHODS = {
    "equals": "equals",
    "equalsignorecase": "equals",
    "contains": "contains",
    "containsignorecase": "contains",
    "startswith": "startswith",
    "startswithignorecase": "startswith",
    "endswith": "endswith",
    "endswithignorecase": "endswith",
    "matches": "contains",
}
_TOKEN = re.compile(
    r'\s*(?:(?P<field>\[?[\w,]+\]?)\.(?P<method>\w+)\(\s*"(?P<value>[^"]*)"\s*\)|(?P<sign>[*+!()]))'
)
_RECTANGLE = re.compile(r"\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)")
_COMMENT = re.compile(r"^\s*(//|#).*$", re.MULTILINE)


def parse_script(text: str) -> list[PixelRule]:
    """All rules of a script; PixelRuleError for the first that cannot be read."""
    rest, found = _COMMENT.sub("", text), []
    for number, match in enumerate(re.finditer(r"\{([^{}]*)\}([^{]*)", rest)):
        try:
            when = _Parser(match[1]).condition()
        except ValueError as error:
            raise PixelRuleError(f"[{number}]", str(error)) from error
        boxes: list[Rectangle] = []
        for x, y, width, height in (map(int, box.groups()) for box in _RECTANGLE.finditer(match[2])):
            boxes.append((x, y, x + width, y + height))
        if not boxes:
            raise PixelRuleError(f"[{number}]", "a rule without a rectangle")
        found.append(PixelRule(when, "remove", tuple(boxes)))
    return found


class _Parser:
    """`or` binds weakest, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self._tokens: list[re.Match[str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            token = _TOKEN.match(text, at)
            if not token:
                raise ValueError("not understood after character " + str(at))
            self._tokens.append(token)
            at = token.end()
        self._at = 0

    def condition(self) -> Condition:
        found = self._any()
        if self._at != len(self._tokens):
            raise ValueError("something follows the condition")
        return found

    def _sign(self) -> str | None:
        return self._tokens[self._at]["sign"] if self._at < len(self._tokens) else None

    def _any(self) -> Condition:
        found = self._all()
        while self._sign() == "+":
            self._at += 1
            found = Joined("or", found, self._all())
        return found

    def _all(self) -> Condition:
        found = self._one()
        while self._sign() == "*":
            self._at += 1
            found = Joined("and", found, self._one())
        return found

    def _one(self) -> Condition:
        if self._at >= len(self._tokens):
            raise ValueError("the condition ends too early")
        token = self._tokens[self._at]
        self._at += 1
        if token["sign"] == "!":
            return Joined("not", self._one())
        if token["sign"] == "(":
            found = self._any()
            if self._sign() != ")":
                raise ValueError("a parenthesis is not closed")
            self._at += 1
            return found
        op = _METHODS.get((token["method"] or "").lower())
        if token["field"] is None or op is None:
            raise ValueError("unknown comparison")
        value = token["value"]
        if op == "contains" and token["method"].lower() != "matches":
            value = re.escape(value)
        return Test(op, token["field"], value)
