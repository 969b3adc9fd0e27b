"""What an action may know besides the value: its section, the salt, and the other fields of the same file."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from treadle.deid.fields.model import Section
from treadle.deid.run import Run


@dataclass(frozen=True, slots=True)
class Scope:
    """`read(name)` gives the value of another field at this moment, None when it is missing."""

    section: Section
    salt: str
    strict_uids: bool
    chance: random.Random
    read: Callable[[str], Any]

    @classmethod
    def of(cls, section: Section, run: Run, read: Callable[[str], Any], data: bytes) -> Scope:
        """The scope for one file. A profile's own salt beats the project's; a plain Flywheel profile without one
        hashes without (as the original does). Chance follows from the project's secret and `data`, so that the same
        file gives the same bytes."""
        preset = run.profile.preset
        derived = run.secrets.key("hash").hex() if preset is not None else ""
        seed = run.secrets.digest("hash", data)
        return cls(
            section=section,
            salt=derived if section.salt is None else section.salt,
            strict_uids=preset is not None and preset.uid_strict,
            chance=random.Random(seed),  # noqa: S311 the seed is a keyed hash
            read=read,
        )
