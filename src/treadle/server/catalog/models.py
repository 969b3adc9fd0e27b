"""The documents' forms for the OpenAPI description; answers themselves are rendered by `catalog.wire`."""

from __future__ import annotations

from datetime import datetime
from types import GenericAlias
from typing import Any, Literal

from pydantic import ConfigDict, Field

from treadle.server.wire.model import Model


class Document(Model):
    """Base of answer models: documents may carry more than is described."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Reference(Document):
    """What something points to."""

    type: str | None = None
    id: str | None = None


class AccessEntry(Document):
    """One user's access to a group or collection."""

    id: str = Field(alias="_id")
    access: Literal["ro", "rw", "admin"]


class RoleEntry(Document):
    """One user's roles in a project."""

    id: str = Field(alias="_id")
    role_ids: list[str]


class NoteDocument(Document):
    """A note."""

    id: str = Field(alias="_id")
    text: str
    user: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    created: datetime
    modified: datetime


class FileDocument(Document):
    """One version of a file."""

    id: str = Field(alias="_id")
    file_id: str
    version: int
    name: str
    type: str | None = None
    mimetype: str | None = None
    modality: str | None = None
    classification: dict[str, list[str]]
    tags: list[str]
    info: dict[str, Any]
    info_exists: bool
    size: int
    hash: str
    zip_member_count: int | None = None
    parent_ref: Reference
    parents: dict[str, str]
    origin: Reference
    deid: dict[str, Any] | None = None
    restored_from: int | None = None
    created: datetime
    modified: datetime
    replaced: datetime | None = None
    revision: int


class FileVersionId(Document):
    """What stands as `_id` of a file where the clients want an object."""

    file_id: str
    version: int


class PlacedFile(FileDocument):
    """A file where its metadata, or the data of a view, have put it."""

    id: FileVersionId = Field(alias="_id")  # type: ignore[assignment]


class FilePage(Document):
    """Files, always with their number."""

    count: int
    total: int
    results: list[FileDocument]


class FileVersion(Document):
    """One row of a file's version list."""

    file_id: str
    version: int
    created: datetime
    origin: Reference
    restored_from: int | None = None
    size: int
    hash: str


class ContainerDocument(Document):
    """What all containers share."""

    id: str = Field(alias="_id")
    container_type: Literal["group", "project", "subject", "session", "acquisition", "analysis", "collection"]
    label: str
    parents: dict[str, str]
    tags: list[str]
    info: dict[str, Any]
    info_exists: bool
    notes: list[NoteDocument]
    files: list[FileDocument] = []
    created: datetime
    modified: datetime
    revision: int


class GroupDocument(ContainerDocument):
    """A group."""

    permissions: list[AccessEntry]
    permissions_template: list[RoleEntry]
    roles: list[str]


class GroupInfo(Document):
    """The group a project belongs to."""

    id: str = Field(alias="_id")
    label: str


class ProjectStats(Document):
    """How much a project holds."""

    number_of: dict[str, int]


class ProjectDocument(ContainerDocument):
    """A project."""

    group: str
    group_info: GroupInfo
    description: str | None = None
    permissions: list[RoleEntry]
    templates: list[dict[str, Any]]
    stats: ProjectStats | None = None
    settings: dict[str, Any] | None = None
    locked: dict[str, Any] | None = None


class SubjectDocument(ContainerDocument):
    """A subject."""

    project: str
    code: str
    firstname: str | None = None
    lastname: str | None = None
    sex: str | None = None
    cohort: str | None = None
    type: str | None = None
    species: str | None = None
    date_of_birth: str | None = None


class SessionDocument(ContainerDocument):
    """An imaging session; `age` in seconds, `weight` in kg."""

    group: str
    project: str
    subject: SubjectDocument | None = None
    uid: str | None = None
    timestamp: datetime | None = None
    timezone: str | None = None
    age: int | None = None
    weight: float | None = None
    operator: str | None = None
    satisfies_template: bool | None = None


class AcquisitionDocument(ContainerDocument):
    """An acquisition."""

    session: str
    uid: str | None = None
    timestamp: datetime | None = None
    timezone: str | None = None
    collections: list[str]


class AnalysisDocument(ContainerDocument):
    """An analysis: `inputs` are pinned file versions, `files` its outputs."""

    description: str | None = None
    parent: Reference
    inputs: list[FileDocument]


class CollectionDocument(ContainerDocument):
    """A collection."""

    description: str | None = None
    curator: str | None = None
    permissions: list[AccessEntry]


MODELS: dict[str, type[ContainerDocument]] = {
    "group": GroupDocument,
    "project": ProjectDocument,
    "subject": SubjectDocument,
    "session": SessionDocument,
    "acquisition": AcquisitionDocument,
    "analysis": AnalysisDocument,
    "collection": CollectionDocument,
}


def list_of(level: str) -> Any:
    """The form of a list of this level's documents."""
    return GenericAlias(list, (MODELS[level],))


class ResolvedDocument(Document):
    """The nodes along a path and what lies below its end."""

    path: list[dict[str, Any]]
    children: list[dict[str, Any]]


class ModalityDocument(Document):
    """A modality and its classification vocabulary."""

    id: str = Field(alias="_id")
    classification: dict[str, list[str]]
    active: bool
    description: str | None = None


class DeletionDocument(Document):
    """One entry of the trash."""

    id: str = Field(alias="_id")
    kind: str
    target: str
    label: str
    project: str | None = None
    reason: str | None = None
    containers: int
    files: int
    deleted: datetime
    origin: Reference
