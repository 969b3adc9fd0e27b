"""Jobs that a cluster's scheduler has for us, each with a note on disk that a restarted engine reads."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from treadle.engine.api import Hold
from treadle.engine.schedulers.contract import State

log = logging.getLogger("treadle.engine")


@dataclass(slots=True)
class Held:
    """One job of ours."""

    hold: Hold
    native: str | None = None
    """The scheduler's id; None: not submitted, or the answer never reached us."""
    state: State | None = None
    """What the job's log says of it."""
    unwanted: bool = False
    """The server no longer counts it as running."""


class Notes:
    """One file a job; written before anything is done with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, held: Held) -> None:
        """Whole or not at all."""
        note = self._path(held)
        document = {"job": held.hold.job, "lease": held.hold.lease, "native": held.native}
        new = note.with_suffix(".new")
        new.write_text(json.dumps(document))
        new.chmod(0o600)
        new.rename(note)

    def remove(self, held: Held) -> None:
        self._path(held).unlink(missing_ok=True)

    def read(self) -> Iterator[Held]:
        """What an earlier engine left."""
        for note in sorted(self._folder.glob("*.submitted")):
            try:
                document = json.loads(note.read_text())
                yield Held(Hold(document["job"], document["lease"]), document["native"])
            except (ValueError, KeyError):
                log.warning("%s cannot be read", note)

    def _path(self, held: Held) -> Path:
        return self._folder / f"{held.hold.job}.submitted"
