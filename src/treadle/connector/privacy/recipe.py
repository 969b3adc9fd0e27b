"""What is done to the series of one target: a profile under a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from treadle import __version__
from treadle.deid import Context, Profile, Secrets

_CODING_PRESETS = ("ps315-basic", "research")


@dataclass(frozen=True, slots=True)
class Recipe:
    """`profile_id` and `version` are the server's words for the profile; `epoch` is that of its secret."""

    profile: Profile
    secrets: Secrets
    profile_id: str
    version: int
    epoch: int
    context: Context = field(default_factory=Context)

    @property
    def fingerprint(self) -> str:
        """Tells recipes apart that give other bytes; the software's version is left out, so that it can be renewed."""
        about = repr((self.profile.sha256, self.context.subject, self.context.identity))
        return self.secrets.digest("recipe", about.encode()).hex()

    @property
    def record(self) -> dict[str, Any]:
        """What files say of how they were made (deid.md 5.1)."""
        return {
            "profile_id": self.profile_id,
            "version": self.version,
            "sha256": self.profile.sha256,
            "engine": __version__,
            "at": "connector",
            "epoch": self.epoch,
        }

    @property
    def gives_codes(self) -> bool:
        """Whether every patient gets a code of its own for a PatientID."""
        preset = self.profile.preset
        return preset is not None and preset.preset in _CODING_PRESETS
