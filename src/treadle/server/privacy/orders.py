"""What processes of their own are asked to do; only they load the engine and the DICOM library, when they do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from treadle.server.privacy.quarantine import Held


@dataclass(frozen=True)
class Order:
    """By what a file is de-identified: text of the profile, secret, and where the file is bound for."""

    profile: str = field(repr=False)
    secret: bytes = field(repr=False)
    group: str
    project: str
    subject: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of one file: outputs (name, file of ours), or the code and place of its rejection."""

    outputs: list[tuple[str, Path]]
    report: dict[str, Any]
    error: str | None = None


def process_held(order: Order, name: str, held: Held) -> Outcome:
    """De-identify a file in quarantine; what comes out lies beside it."""
    from treadle.server.privacy import engine_process  # noqa: PLC0415 - see the first line

    return engine_process.process_held(order, name, held)


def compare(order: Order, name: str, path: Path, *, rows: bool) -> dict[str, Any]:
    """What a profile would do to a stored file."""
    from treadle.server.privacy import compare_process  # noqa: PLC0415 - see the first line

    return compare_process.compare(order, name, path, rows=rows)
