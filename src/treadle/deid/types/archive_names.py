"""Names around the members of an archive: those that still hold what identifies a patient become random ones."""

from __future__ import annotations

import posixpath

from treadle.deid.dicom.part10 import read
from treadle.deid.residual import INSTITUTION, UIDS, Identifiers, identifiers_of
from treadle.deid.run import Run

_DIGITS = 32


class ArchiveNames:
    """What the DICOM members of an archive say of people."""

    def __init__(self, run: Run) -> None:
        preset = run.profile.preset
        removed = preset is not None and preset.preset in ("ps315-basic", "research")
        self.kept = frozenset() if removed and "retain-uids" not in preset.options else UIDS | INSTITUTION
        self.secrets = run.secrets
        self.known: list[Identifiers] = []
        self.random: dict[str, str] = {}

    def see(self, data: bytes) -> None:
        """Remember the people of one DICOM file, as it was."""
        found = identifiers_of(read(data).elements, self.kept)
        if not any(other.words == found.words and other.parts == found.parts for other in self.known):
            self.known.append(found)

    def safe(self, name: str) -> str:
        """The name, or a random one with the same ending."""
        if name not in self.random:
            ending = posixpath.splitext(name)[1]
            new = self.secrets.digest("name", name.encode()).hex()[:_DIGITS]
            self.random[name] = new + ("" if self._holds(ending) else ending)
        return self.random[name] if self._holds(name) else name

    def _holds(self, name: str) -> bool:
        return any(found.in_name(name) for found in self.known)
