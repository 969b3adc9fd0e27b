"""What was done to one file. Holds no original value, no old UID, no name of an input (deid.md, section 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_COUNTS = {
    "D": "replaced",
    "X": "removed",
    "Z": "emptied",
    "U": "uids",
    "shift": "dates",
    "C": "cleaned",
    "P-": "private_removed",
    "P+": "private_kept",
}


@dataclass(slots=True)
class FileReport:
    """One line of the report. `elements` maps (path with item indexes as `*`, what was done) to how often."""

    index: int = 0
    size: int = 0
    status: str = "ok"
    kind: str = ""
    profile: str = ""
    engine: str = ""
    edition: str = ""
    out: list[str] = field(default_factory=list)
    sop_class: str = ""
    changes: dict[str, int] = field(default_factory=dict)
    elements: dict[tuple[str, str], int] = field(default_factory=dict)
    pixels: str = "unchanged"
    warnings: list[str] = field(default_factory=list)
    residual: int = 0
    error: str | None = None
    where: str = ""
    members: list[FileReport] = field(default_factory=list)

    def did(self, path: str, action: str) -> None:
        """Note that `action` was done to the element at `path`."""
        at = (path, action)
        self.elements[at] = self.elements.get(at, 0) + 1
        if kind := _COUNTS.get(action):
            self.changes[kind] = self.changes.get(kind, 0) + 1

    def warn(self, code: str) -> None:
        """Note a warning once."""
        if code not in self.warnings:
            self.warnings.append(code)

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        found: dict[str, Any] = {"i": self.index, "size": self.size, "status": self.status}
        found |= {"profile": self.profile, "engine": self.engine, "edition": self.edition}
        if self.error:
            found |= {"error": self.error, "where": self.where}
        for key in ("kind", "out", "sop_class", "changes"):
            if value := getattr(self, key):
                found[key] = value
        found["elements"] = [[path, action] for path, action in sorted(self.elements)]
        found |= {"pixels": self.pixels, "warnings": self.warnings, "residual": self.residual}
        if self.members:
            found["members"] = [member.document() for member in self.members]
        return found

    def lines(self) -> Iterator[tuple[str, str, int]]:
        """(path, action, count) in order, for a table."""
        for (path, action), count in sorted(self.elements.items()):
            yield path, action, count
