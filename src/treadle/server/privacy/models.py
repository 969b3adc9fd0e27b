"""The documents' forms for the OpenAPI description."""

from __future__ import annotations

from datetime import datetime

from treadle.server.catalog.models import Document, Reference


class ProfileVersion(Document):
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


class IssueDocument(Document):
    """What is wrong, or unsafe, and where."""

    path: str
    code: str
    message: str
    line: int | None = None


class CheckedDocument(Document):
    """Whether a profile can be used."""

    valid: bool
    name: str | None = None
    sha256: str | None = None
    errors: list[IssueDocument]
    warnings: list[IssueDocument]


class TriedElement(Document):
    """One element before and after."""

    tag: str
    name: str
    before: str | None = None
    after: str | None = None
    action: str


class TriedFile(Document):
    """What would become of a file."""

    file_id: str
    version: int
    name: str
    member: str
    status: str
    error: str | None = None
    message: str | None = None
    where: str
    changes: dict[str, int]
    warnings: list[str]
    out: list[str]
    pixels: str
    rows: list[TriedElement]


class TriedSession(Document):
    """What would become of some files of a session."""

    results: list[TriedFile]
    after: str | None = None


class RotatedDocument(Document):
    """The newest epoch of a secret."""

    scope: str
    epoch: int


class EffectiveDocument(Document):
    """What applies to files that go here."""

    profile: ProfileVersion | None = None
    own: ProfileVersion | None = None
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
