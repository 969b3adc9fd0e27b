"""What became of one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from treadle.deid.codes import Code
from treadle.deid.report import FileReport

Status = Literal["ok", "rejected", "skipped"]


@dataclass(frozen=True, slots=True)
class Link:
    """What leads from a patient's code back to the patient: for a vault, and nowhere else (deid.md, section 5.4)."""

    subject: str
    patient_id: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    study: str = field(repr=False)
    new_study: str
    days: int = field(repr=False)  # all dates of the subject were moved by


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
