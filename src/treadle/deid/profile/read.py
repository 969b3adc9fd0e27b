"""A whole document into its parts; every issue of every part is collected before anything is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from treadle.deid.fields.metadata import Level
from treadle.deid.fields.model import Section
from treadle.deid.presets.options import PresetOptions
from treadle.deid.profile.flywheel import read_flywheel
from treadle.deid.profile.issues import Issues, nearest
from treadle.deid.profile.keys import KINDS, TOP
from treadle.deid.profile.named_files import Files, filled
from treadle.deid.profile.pixel_rules import of_section
from treadle.deid.profile.sections import read_section
from treadle.deid.profile.treadle import read_treadle
from treadle.deid.profile.values import described, value_of


@dataclass(frozen=True, slots=True)
class Parts:
    """What a document says, checked."""

    name: str
    document: dict[str, Any]
    sections: dict[str, Section]
    preset: PresetOptions | None
    metadata: dict[str, Level]
    pixel_rules: Any


def read_profile(document: Any, issues: Issues, files: Files | None = None) -> Parts | None:
    """The parts, or nothing when the document is no mapping at all."""
    if not isinstance(document, Mapping):
        message = f"A profile is a mapping with sections such as `dicom:`, not {described(document)}."
        issues.add((), "BAD_TYPE", message)
        return None
    entry = {str(key): value for key, value in document.items()}
    for key in entry:
        if key not in TOP and key not in KINDS:
            known = (*TOP, *KINDS)
            message = f'Unknown key "{key}".{nearest(key, known)} Known: {", ".join(known)}.'
            issues.add((key,), "UNKNOWN_KEY", message)
    top = {key: value_of(entry, key, wanted, (), issues) for key, wanted in TOP.items()}
    sections = {
        kind: read_section(
            kind,
            filled(entry[kind], files, issues) if kind == "dicom" else entry[kind],
            top["secret-key"],
            issues,
        )
        for kind in KINDS
        if kind in entry
    }
    name = top["name"] or ""
    preset = read_treadle(entry["treadle"], issues, files) if "treadle" in entry else None
    if name == "none":
        preset = PresetOptions(preset="none")
        if sections or "treadle" in entry:
            message = "`none` changes nothing, so the sections below would do nothing; choose another name."
            issues.add(("name",), "NONE_WITH_RULES", message)
    if not sections and preset is None and "flywheel" not in entry:
        message = (
            "Nothing is de-identified: a section such as `dicom:`, or `treadle: {preset: ...}`, is missing."
        )
        issues.add((), "EMPTY", message)
    return Parts(
        name=name,
        document=entry,
        sections=sections,
        preset=preset,
        metadata=read_flywheel(entry.get("flywheel"), issues),
        pixel_rules=of_section(entry.get("dicom"), files, issues),
    )
