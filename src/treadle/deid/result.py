"""What became of one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from treadle.deid.codes import Code
from treadle.deid.report import FileReport

Status = Literal["ok", "rejected", "skipped"]


@dataclass(frozen=True, slots=True)
class Result:
    """`outputs` (name, bytes) is empty unless `status` is `ok`."""

    status: Status
    report: FileReport
    outputs: list[tuple[str, bytes]] = field(default_factory=list, repr=False)
    error: Code | None = None

    def __post_init__(self) -> None:
        if self.outputs and self.status != "ok":
            raise ValueError("only what is de-identified has outputs")
