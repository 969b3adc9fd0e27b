"""What a reader found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Files = Mapping[str, Path]
"""Names -> where they lie: the file, or the members of the archive it is."""


@dataclass(frozen=True)
class Facts:
    """What a file says of itself; `kind` names the place of its header in the file's info."""

    kind: str
    type: str | None = None
    modality: str | None = None
    classification: Mapping[str, list[str]] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    containers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def with_ending(files: Files, *endings: str) -> Path | None:
    """The first file whose name ends so."""
    return next((path for name, path in files.items() if name.lower().endswith(endings)), None)
