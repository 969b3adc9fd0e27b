"""Text files with one `key = value` on each line, such as MetaImage headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import as_text
from treadle.deid.fields.model import Rule, Section
from treadle.deid.run import Run
from treadle.deid.types.finish import changed, named

_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One file in, one out."""
    encoding = section.own["encoding"]
    try:
        text = data.decode(encoding)
    except (ValueError, LookupError) as error:
        raise Rejected(Code.TRUNCATED) from error
    record = Lines(
        text, re.compile(section.own["delimiter"]), ignore_bad=bool(section.own["ignore-bad-lines"])
    )
    scope = changed(record, record.get, data, section, run)
    try:
        out = record.text().encode(encoding)
    except ValueError as error:
        raise Rejected(Code.BAD_VALUE) from error
    return [(named(name, section, record.get, scope), out)]


@dataclass(slots=True)
class Line:
    """One line taken apart; lines without a delimiter have no key."""

    key: str | None
    between: str
    value: str
    end: str


class Lines:
    """Lines by key, in their order."""

    def __init__(self, text: str, delimiter: re.Pattern[str], *, ignore_bad: bool) -> None:
        normal = text.replace("\r\n", "\n").replace("\r", "\n")
        self.lines = [_line(line, delimiter, ignore_bad=ignore_bad) for line in _LINES.findall(normal)]
        keys = [line.key for line in self.lines if line.key is not None]
        if len(set(keys)) != len(keys):
            raise Rejected(Code.BAD_VALUE, "repeated key")
        common = Counter(line.between for line in self.lines if line.key is not None).most_common(1)
        self.between = common[0][0] if common else None

    def places(self, rule: Rule) -> Iterator[str]:
        """The key, also when no line has it."""
        yield rule.name

    def get(self, place: str) -> str | None:
        """The value of a key."""
        return next((line.value for line in self.lines if line.key == place), None)

    def put(self, place: str, value: Any) -> None:
        """Write a value; a new key becomes a line at the end, with the commonest delimiter."""
        text = as_text(value)
        if "\n" in text or "\r" in text or self.between is None:
            raise ValueError("not one line")
        for line in self.lines:
            if line.key == place:
                line.value = text
                return
        if self.lines and not self.lines[-1].end:
            self.lines[-1].end = "\n"
        self.lines.append(Line(place, self.between, text, "\n"))

    def remove(self, place: str) -> None:
        """Drop the line."""
        self.lines = [line for line in self.lines if line.key != place]

    def text(self) -> str:
        """All lines."""
        return "".join((line.key or "") + line.between + line.value + line.end for line in self.lines)


def _line(text: str, delimiter: re.Pattern[str], *, ignore_bad: bool) -> Line:
    body = text.rstrip("\n")
    end = text[len(body) :]
    found = delimiter.search(body)
    if found is None:
        if not ignore_bad:
            raise Rejected(Code.BAD_VALUE, "line without delimiter")
        return Line(None, "", body, end)
    if delimiter.search(body, found.end()):
        raise Rejected(Code.BAD_VALUE, "line with two delimiters")
    return Line(body[: found.start()], found[0], body[found.end() :], end)
