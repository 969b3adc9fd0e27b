"""Measurement sets on the wire: what clients say, and the documents they get."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from treadle.server.annotations.queries import Measurements, Version
from treadle.server.catalog.models import Document
from treadle.server.wire.answer import stamp
from treadle.server.wire.body import Wire


class FileRef(Wire):
    """A file, in one version or the current one."""

    file_id: str = Field(min_length=1, max_length=64)
    version: int | None = Field(default=None, ge=1, lt=2**31)


class Said(Wire):
    """The `data` part: a measurement set about to be written."""

    name: str | None = Field(default=None, max_length=100)
    file_ref: FileRef | None = None
    task_id: str | None = Field(default=None, max_length=64)
    draft: bool = False
    data: dict[str, Any] = Field(default_factory=dict)

    @field_validator("name", mode="after")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        return (value or "").strip() or None


class CompanionDocument(Document):
    """The file beside a set."""

    name: str | None
    size: int | None


class VersionDocument(Document):
    """One version of a set."""

    version: int
    draft: bool
    author: str
    restored_from: int | None = None
    file: CompanionDocument | None = None


class AnnotationDocument(VersionDocument):
    """A measurement set as the caller may see it."""

    id: str = Field(alias="_id")
    name: str
    file_ref: dict[str, Any]
    parents: dict[str, str]
    task_id: str | None = None
    saved_version: int
    revision: int
    data: dict[str, Any]


class OverlayDocument(Document):
    """An object of DICOM that says something about a series."""

    sop_uid: str
    kind: Literal["sr", "seg", "rtstruct"]
    file_id: str
    version: int
    name: str


class OverlayLabel(Document):
    """A label that has a volume."""

    value: int
    label: str


class OverlayRegions(Document):
    """What such an object says."""

    rois: list[dict[str, Any]]
    segments: list[OverlayLabel]


def version_doc(shown: Version) -> dict[str, Any]:
    """A version without its content."""
    return {
        "version": shown.version,
        "draft": shown.is_draft,
        "author": shown.author_id,
        "restored_from": shown.restored_from,
        "file": {"name": shown.blob_name, "size": shown.blob_size} if shown.blob_sha384 else None,
        "created": stamp(shown.created_at),
    }


def annotation_doc(found: Measurements, author: dict[str, Any] | None = None) -> dict[str, Any]:
    """A set with the content of the version shown."""
    document = {
        **version_doc(found.shown),
        "_id": found.id,
        "name": found.name,
        "file_ref": {"file_id": found.file_id, "version": found.file_version},
        "parents": found.parents,
        "task_id": found.task_id,
        "author": found.author_id,
        "version_author": found.shown.author_id,
        "saved_version": found.version,
        "revision": found.revision,
        "data": found.shown.data,
        "created": stamp(found.created_at),
        "modified": stamp(found.modified_at),
        "deleted": stamp(found.deleted_at),
        "delete_reason": found.delete_reason,
    }
    return document if author is None else {**document, "join-origin": {"user": {found.author_id: author}}}
