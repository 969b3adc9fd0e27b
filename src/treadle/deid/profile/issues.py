"""What is wrong with a profile, all at once: where, which rule of the format, what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
_MANY = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """`path` as in `dicom.fields[3].hash`, `line` from 1, when the profile came as text."""

    path: str
    code: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)
        return f"{where}: {self.message}" if where else self.message


class ProfileError(ValueError):
    """The profile cannot be used; `errors` are all of its issues in the order of the text."""

    def __init__(self, errors: Iterable[Issue], source: str = "profile") -> None:
        self.errors = list(errors)
        self.source = source
        super().__init__("\n".join(f"{source}: {issue}" for issue in self.errors))

    def __reduce__(self) -> tuple[type[ProfileError], tuple[list[Issue], str]]:
        return type(self), (self.errors, self.source)


@dataclass(slots=True)
class Issues:
    """Collects issues; knows the line of every path."""

    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Issue] = field(default_factory=list)

    def add(self, path: Path, code: str, message: str) -> None:
        """Note one issue."""
        self.found.append(Issue(render(path), code, message, self.line(path)))

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return line
        return None

    def sorted(self) -> list[Issue]:
        """In the order of the text."""
        return sorted(self.found, key=lambda issue: issue.line or 0)


def render(path: Path) -> str:
    """A path as people write it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """` Did you mean "x"?` for the most similar of the known words, or nothing."""
    folded = {name.lower(): name for name in known}
    if len(folded) > _MANY:  # all of DICOM: comparing with each takes too long
        folded = {name: written for name, written in folded.items() if name[:1] == word[:1].lower()}
    similar = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f' Did you mean "{folded[similar[0]]}"?' if similar else ""
