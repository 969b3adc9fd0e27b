"""Reading recipes of pydicom/deid: `LABEL` with conditions, then `coordinates` or `keepcoordinates`."""

from __future__ import annotations

import re

from treadle.deid.pixels.expression import parse
from treadle.deid.pixels.rules import REGIONS, PixelRule, PixelRuleError, Where

_COORDINATES = re.compile(r"(ctp)?(keep)?coordinates\s+(\S+)", re.IGNORECASE)


def parse_recipe(text: str) -> list[PixelRule]:
    """The rules of `%filter graylist`; PixelRuleError for the first line that cannot be read."""
    found: list[PixelRule] = []
    condition: list[str] = []
    gray = False
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line or line.upper().startswith("FORMAT"):
            continue
        if not (gray or line.startswith("%")):
            raise PixelRuleError(f"line {number}", "only `%filter graylist` says where pictures show text")
        try:
            if line.startswith("%"):
                gray = line.split()[1:] == ["graylist"]
            elif line.upper().startswith("LABEL"):
                condition = []
            elif match := _COORDINATES.fullmatch(line):
                where = _where(match[3], widths=bool(match[1]))
                found.append(PixelRule(parse(" ".join(condition)), "keep" if match[2] else "remove", where))
            else:
                condition.append(line)
        except ValueError as error:
            raise PixelRuleError(f"line {number}", str(error)) from error
    return found


def _where(text: str, *, widths: bool) -> Where:
    if text == "all":
        return "all"
    if text == REGIONS:
        return "regions"
    numbers = [int(part) for part in text.split(",")]
    if len(numbers) != 4:
        raise ValueError("coordinates are four numbers, `all` or from:SequenceOfUltrasoundRegions")
    x, y, right, bottom = numbers
    return ((x, y, x + right, y + bottom) if widths else (x, y, right, bottom),)
