"""What the `treadle:` section of a profile says about presets (deid.md, section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from treadle.deid.pixels.rules import PixelRule

PRESETS = ("none", "minimal", "ps315-basic", "research")
RESEARCH = (
    "retain-modified-dates",
    "clean-descriptors",
    "retain-patient-characteristics",
    "retain-safe-private",
)
# Option -> code of PS3.16 CID 7050, and its letter in the attribute table (upper case keeps, lower case cleans).
OPTIONS: dict[str, tuple[str, str]] = {
    "clean-pixel-data": ("113101", ""),
    "clean-graphics": ("113103", "G"),
    "clean-structured-content": ("113104", "S"),
    "clean-descriptors": ("113105", "T"),
    "retain-full-dates": ("113106", "F"),
    "retain-modified-dates": ("113107", "M"),
    "retain-patient-characteristics": ("113108", "C"),
    "retain-device-identity": ("113109", "D"),
    "retain-uids": ("113110", "U"),
    "retain-safe-private": ("113111", "P"),
    "retain-institution": ("113112", "I"),
}
NOT_BUILT = ("clean-recognizable-visual-features",)  # refused with DEID_NOT_SUPPORTED


@dataclass(frozen=True, slots=True)
class PresetOptions:
    """A preset with everything the section may say; defaults are those of the specification.

    `options` are the names in OPTIONS, those of `research` already added by whoever loads the profile.
    `safe_private` holds added entries (group, creator, element, VR).
    """

    preset: Literal["none", "minimal", "ps315-basic", "research"] = "ps315-basic"
    options: frozenset[str] = frozenset()
    patient_id: Literal["subject-label", "hmac", "keep-mapped"] = "hmac"
    patient_id_prefix: str = "S"
    min_days: int = 30
    max_days: int = 3650
    keep_weekday: bool = True
    birth_date: Literal["remove", "year", "shift"] = "remove"
    uid_root: str = "2.25"
    uid_strict: bool = False
    safe_private: tuple[tuple[int, str, int, str], ...] = ()
    extra_words: frozenset[str] = frozenset()
    burned_in: Literal["reject", "review", "ocr", "allow"] = "reject"
    pixel_rules: tuple[PixelRule, ...] = ()
    csa_fields: bool = False
    keep_regions: bool = False
    documents: Literal["reject", "drop", "allow"] = "reject"
    mark: bool | None = None  # None: presets mark, plain profiles do not
    extra: dict[str, Any] = field(default_factory=dict)
