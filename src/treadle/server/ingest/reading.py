"""What a process of its own is asked to read; only it loads the DICOM library, when it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Unreadable(Exception):
    """The file holds no readable DICOM instance; the reason follows."""


@dataclass
class Found:
    """What a file says about itself."""

    header: dict[str, Any]
    modality: str | None
    classification: dict[str, list[str]]
    instances: list[dict[str, Any]] = field(default_factory=list)
    members: int | None = None  # of a zip


def read_series(path: str) -> Found:
    """Header of the representative instance and the index of all; Unreadable says why not."""
    from treadle.server.ingest import series_reader  # noqa: PLC0415 - see the first line

    return series_reader.read_series(path)
