"""What a handler of a file type may use while it works on one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from treadle.deid.report import FileReport
from treadle.deid.result import Result
from treadle.deid.secrets import Context, Secrets


@dataclass(slots=True)
class Run:
    """`nested(name, data)` de-identifies a member of an archive by the same profile, one level deeper."""

    profile: Any  # treadle.deid.profile.Profile
    secrets: Secrets
    context: Context
    report: FileReport
    nested: Callable[[str, bytes], Result]
    depth: int = 0
    links: bool = False  # whether results tell who the patient was
