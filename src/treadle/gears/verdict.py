"""The verdict on a manifest: what is wrong with it, and what is only doubtful."""

from __future__ import annotations

from dataclasses import dataclass

from treadle.gears.config import bad_defaults
from treadle.gears.invocation import derive, same
from treadle.gears.manifest import Document
from treadle.gears.schema import SUITES, Edition, validator


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every finding begins with a JSON pointer into the manifest."""

    valid_2019: bool
    valid_2025: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    invocation_schema_matches: bool | None = None

    @property
    def valid(self) -> bool:
        """The gear can be taken."""
        return not self.errors

    @property
    def importable(self) -> bool:
        """A published gear is taken as it is when it fulfils one of the editions; its runs are checked anyway."""
        return self.valid_2019 or self.valid_2025


def judge(document: Document) -> Verdict:
    """All findings at once. A published gear keeps its bad defaults: a run that needs them is refused, not the gear."""
    manifest = document.manifest
    before, today = _breaches(document, 2019), _breaches(document, 2025)
    defaults = [f"/config/{escaped(name)}/default: {reason}" for name, reason in bad_defaults(manifest)]
    published = document.kind == "versioned"
    matches = None
    if document.invocation_schema is not None:
        # Only a manifest that fulfils the older edition was ever given a stored schema.
        matches = not before and same(derive(manifest), document.invocation_schema)
    return Verdict(
        valid_2019=not before,
        valid_2025=not today,
        errors=tuple(today + ([] if published else defaults)),
        warnings=tuple((defaults if published else []) + _doubts(document, matches)),
        invocation_schema_matches=matches,
    )


def escaped(name: str) -> str:
    """A name as part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _breaches(document: Document, edition: Edition) -> list[str]:
    found = validator(edition).iter_errors(document.manifest)
    return [f"{_pointer(error.instance_path)}: {error.message}" for error in found]


def _pointer(path: list[str | int]) -> str:
    return "/" + "/".join(escaped(str(part)) for part in path)


def _doubts(document: Document, matches: bool | None) -> list[str]:
    doubts = []
    image, version = document.image, document.manifest.get("version")
    if image is None:
        doubts.append("/custom/gear-builder/image: no image is named; the gear runs only from a folder")
    elif (tag := tag_of(image)) is not None and tag != version:
        doubts.append(f"/custom/gear-builder/image: the image's tag {tag} is not the version {version}")
    if len(document.images) > 1:
        doubts.append("/custom/docker-image: another image than /custom/gear-builder/image, which counts")
    if document.suite is not None and document.suite not in SUITES:
        doubts.append(f"/custom/flywheel/suite: none of the usual ones: {', '.join(SUITES)}")
    if matches is False:
        doubts.append("/invocation-schema: not the schema that follows from the manifest")
    return doubts


def tag_of(image: str) -> str | None:
    """The tag of an image reference: what follows the last colon, unless that is a port."""
    name = image.split("@", 1)[0]
    tag = name.rpartition(":")[2] if ":" in name else None
    return None if tag is None or "/" in tag else tag
