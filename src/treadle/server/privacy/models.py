"""The documents' forms for the OpenAPI description."""

from __future__ import annotations

from datetime import datetime

from treadle.server.catalog.models import Document, Reference


class VersionDocument(Document):
    """One version of a place's profile."""

    profile_id: str
    level: str
    target: str
    version: int
    name: str
    sha256: str | None = None
    locked: bool
    removed: bool
    origin: Reference
    created: datetime
    text: str | None = None


class SecretDocument(Document):
    """What identifiers are mapped with: 32 bytes in hex."""

    scope: str
    epoch: int
    key: str


class RotatedDocument(Document):
    """The newest epoch of a secret."""

    scope: str
    epoch: int


class EffectiveDocument(Document):
    """What applies to files that go here."""

    profile: VersionDocument | None = None
    own: VersionDocument | None = None
    exempt: bool
    required: bool
    secret: SecretDocument | None = None


class DeidTarget(Document):
    """Where a routing string leads."""

    group: str
    project: str
    project_id: str | None = None
    creates_project: bool
    reason: str


class TargetDeidDocument(EffectiveDocument):
    """What applies to files that are routed."""

    target: DeidTarget
