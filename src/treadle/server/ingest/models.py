"""The documents' forms for the OpenAPI description: uploads, the connector's way, the worklist."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from treadle.server.catalog.models import Document, FileDocument


class UploadTicket(Document):
    """Where the bytes of announced files go; nothing when the site wants a form."""

    ticket: str | None = None
    urls: dict[str, str | list[str]] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)


class UpsertedFile(FileDocument):
    """A file made of contents that were uploaded before."""

    upsert_result: str


class SignedUrl(Document):
    """Where one content goes, before it is a file."""

    provider_id: str
    uuid: str
    upload_urls: list[str]
    upload_headers: dict[str, str]
    s3_multipart_upload_id: str | None = None


class StoredContent(Document):
    """A content that is not a file yet; with an address while it has not been sent."""

    storage_file_id: str
    upload_url: str | None = None
    upload_headers: dict[str, str] = Field(default_factory=dict)


class SentContent(Document):
    """A content that arrived."""

    provider_id: str
    uuid: str
    size: int


class PackToken(Document):
    """The token of a packfile that is under way."""

    token: str


class CleanedDocument(Document):
    """How many tokens and files were forgotten."""

    removed: dict[str, int]


class PackMember(Document):
    """A file that will be in the packfile."""

    name: str
    size: int


class SeriesPlace(Document):
    """Where a series is."""

    file_id: str
    version: int
    placement: dict[str, str | None]
    reason: str | None = None


class SeriesAnswer(Document):
    """Whether a series is wanted: `unchanged` with its place, or `upload` with a ticket."""

    status: str
    ticket: str | None = None
    resume_at: int | None = None
    part_size: int | None = None
    file_id: str | None = None
    version: int | None = None
    placement: dict[str, str | None] | None = None
    reason: str | None = None


class Resume(Document):
    """How many bytes are there."""

    resume_at: int


class Named(Document):
    """A container by id and label."""

    id: str = Field(alias="_id")
    label: str


class ParkedSession(Named):
    """A session that waits to be sorted."""

    timestamp: datetime | None = None


class MisroutedDocument(Document):
    """One row of the worklist."""

    session: ParkedSession
    subject: Named | None = None
    project: Named | None = None
    group: str | None = None
    reason: str | None = None
    flags: list[str]
    requested: dict[str, str | None]
    received_at: datetime | None = None
    device: str | None = None
    suggestions: list[Document]
    alike: int


class ReceivedPlace(Document):
    """Where a received series is: containers by id and label."""

    group: str | None = None
    project: Named | None = None
    subject: Named | None = None
    session: Named | None = None
    acquisition: Named | None = None


class ReceivedDocument(Document):
    """One series that a device brought."""

    id: str = Field(alias="_id")
    name: str
    version: int
    size: int
    modality: str | None = None
    members: int | None = None
    study: str
    series: str
    received: datetime
    changed: datetime
    scanner: str | None = None
    reason: str | None = None
    flags: list[str]
    requested: dict[str, str | None]
    place: ReceivedPlace


class AliasDocument(Document):
    """A mistyped group and project, and the project that is meant."""

    id: str = Field(alias="_id")
    device: str | None = None
    typed: str = Field(alias="from")
    to: str
    project: str
    made_by: str | None = None
    created: datetime


class MovedDocument(Document):
    """What moving a parked session did."""

    modified: int
    jobs_spawned: int
    session: str
    parents: dict[str, str]
    flags: list[str]
    alias: AliasDocument | None = None
    remaining: int
    next: str | None = None


class RoutingDocument(Document):
    """A routing string as it is read."""

    form: str | None = None
    group: str | None = None
    project: str | None = None
    subject: str | None = None
    session: str | None = None
    status: str
    flags: list[str]


class TargetDocument(Document):
    """Where a new session would go."""

    group: str
    project: str
    creates_project: bool
    reason: str


class RoutingPreview(Document):
    """What a routing string would do."""

    routing: RoutingDocument
    target: TargetDocument
    alias: dict[str, str] | None = None
    suggestions: list[Document]
