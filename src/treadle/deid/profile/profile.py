"""A loaded profile: checked, immutable, the same for server, connector, command line and browser."""

from __future__ import annotations

import datetime
import fnmatch
import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from treadle.deid.fields.dicom import DicomRules
from treadle.deid.fields.metadata import Level
from treadle.deid.fields.model import Section
from treadle.deid.presets.options import PresetOptions
from treadle.deid.profile.issues import Issue, ProfileError
from treadle.deid.profile.keys import FILTERS, KINDS, SIGNATURES
from treadle.deid.profile.lint import lint
from treadle.deid.profile.named_files import Files
from treadle.deid.profile.read import read_profile
from treadle.deid.profile.source import Variables, plain, read

HEAD_BYTES = 256  # what `kind_of` wants to see of a file


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a profile says. `document` is what was loaded, `sha256` that of its canonical JSON."""

    name: str
    document: Mapping[str, Any] = field(repr=False)
    sections: Mapping[str, Section] = field(repr=False)
    dicom: DicomRules | None = field(repr=False)
    preset: PresetOptions | None
    metadata: Mapping[str, Level] = field(repr=False)
    warnings: tuple[Issue, ...] = field(repr=False)
    sha256: str

    @classmethod
    def load(
        cls,
        text: str | bytes | Mapping[str, Any],
        *,
        variables: Variables | None = None,
        source: str = "profile",
        files: Files | None = None,
    ) -> Profile:
        """From YAML, JSON or a mapping. ProfileError holds every issue; `source` names the file in its message.

        `files` reads what the profile names by path; without it, as on servers, paths are refused.
        """
        document, issues = plain(text) if isinstance(text, Mapping) else read(text, variables)
        if issues.found and document is None:
            raise ProfileError(issues.sorted(), source)
        parts = read_profile(document, issues, files)
        if parts is None or issues.found:
            raise ProfileError(issues.sorted(), source)
        return cls(
            name=parts.name,
            document=parts.document,
            sections=parts.sections,
            dicom=DicomRules.of(parts.sections["dicom"], parts.pixel_rules)
            if "dicom" in parts.sections
            else None,
            preset=parts.preset,
            metadata=parts.metadata,
            warnings=tuple(lint(parts, issues.lines)),
            sha256=hashlib.sha256(canonical(parts.document)).hexdigest(),
        )

    def lint(self) -> list[Issue]:
        """What is allowed but unsafe or unusual."""
        return list(self.warnings)

    @property
    def unchanged(self) -> bool:
        """Whether nothing is to be changed at all (`name: none`, or the preset `none` and no sections)."""
        none = self.preset is not None and self.preset.preset == "none"
        return self.name == "none" or (none and not self.sections)

    @property
    def only_config_profiles(self) -> bool:
        """Whether files that no section takes are left out quietly."""
        return bool(self.document.get("only-config-profiles"))

    @property
    def subject_map(self) -> str:
        """Path of the subject map that gives the codes; empty when there is none."""
        return str(self.document.get("map-subjects") or "")

    def section(self, kind: str) -> Section | None:
        """The section of a file type."""
        return self.sections.get(kind)

    def kind_of(self, name: str, head: bytes) -> str | None:
        """Which section treats a file: by its base name, then by its first bytes; None when there is none."""
        base = posixpath.basename(name)
        kinds = [kind for kind in KINDS if kind in self.sections or (kind == "dicom" and self._presets_dicom)]
        for kind in kinds:
            if kind != "filename" and any(_fits(base, pattern) for pattern in self._filters(kind)):
                return kind
        for kind in kinds:
            enforced = kind in self.sections and self.sections[kind].enforce_filter
            if not enforced and any(head[at:].startswith(mark) for at, mark in SIGNATURES.get(kind, ())):
                return kind
        if "filename" in kinds and any(_fits(base, pattern) for pattern in self._filters("filename")):
            return "filename"
        return None

    @property
    def _presets_dicom(self) -> bool:
        return self.preset is not None and self.preset.preset != "none"

    def _filters(self, kind: str) -> tuple[str, ...]:
        section = self.sections.get(kind)
        return section.file_filter if section else FILTERS[kind]


def _fits(base: str, pattern: str) -> bool:
    if pattern.startswith("r!"):
        return re.fullmatch(pattern[2:], base) is not None
    return fnmatch.fnmatchcase(base, pattern)


def canonical(document: Any) -> bytes:
    """JSON with sorted keys and no spaces: the same for the same profile, however it was written."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return text.encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)
