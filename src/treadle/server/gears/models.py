"""The documents' forms for the OpenAPI description; answers themselves are rendered by `gears.wire`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from treadle.server.access.models import Document
from treadle.server.wire.model import Model

Category = Literal["analysis", "classifier", "converter", "qa", "utility"]


class ExchangeRecord(Document):
    """Where a gear's root file system is."""

    git_commit: str | None = Field(default=None, alias="git-commit")
    rootfs_hash: str | None = Field(default=None, alias="rootfs-hash")
    rootfs_url: str | None = Field(default=None, alias="rootfs-url")


class GearDocument(Document):
    """One version of a gear."""

    id: str = Field(alias="_id")
    category: Category
    gear: dict[str, Any] = Field(description="the manifest")
    exchange: ExchangeRecord | None = None
    created: datetime
    modified: datetime
    disabled: datetime | None = None


class GearAdded(Model):
    """A new gear, and what is doubtful about its manifest."""

    id: str = Field(alias="_id")
    warnings: list[str] = []


class GearPermissions(Model):
    """Who may run a restricted gear."""

    users: list[str] = []
    projects: list[str] = []


class GearSeriesDocument(Document):
    """All versions of a gear."""

    id: str = Field(alias="_id")
    name: str
    is_restricted: bool
    permissions: GearPermissions
    created: datetime
    modified: datetime


class GearTicket(Model):
    """What a gear's content is pushed and saved with."""

    ticket: str


class GearTicketDocument(Document):
    """An announced gear."""

    id: str = Field(alias="_id")
    geardoc: dict[str, Any]
    origin: dict[str, Any]
    timestamp: datetime


class PushedFolder(Model):
    """The folder as it arrived."""

    rootfs_hash: str = Field(alias="rootfs-hash")
    size: int


class ContainerReference(Model):
    """A container above or below."""

    id: str = Field(alias="_id")
    cont_type: str
    label: str


class FileSuggestion(Model):
    """A file, and which inputs take it."""

    name: str
    file_id: str
    version: int
    suggested: dict[str, bool]


class Suggestions(Document):
    """What is in a container that a gear could be given."""

    id: str = Field(alias="_id")
    cont_type: str
    label: str
    parents: list[ContainerReference]
    children: dict[str, list[ContainerReference]] | None = None
    files: list[FileSuggestion] | None = None


class ContextValue(Model):
    """A context value and where it is set."""

    found: bool
    value: Any = None
    container_type: str | None = None
    id: str | None = None
    label: str | None = None


class ExchangeSource(Model):
    """A catalogue of gears."""

    name: str
    address: str | None
    commit: str | None
    synced_at: datetime
    gears: int


class ExchangeRefused(Model):
    """A gear of a catalogue that cannot be installed, and why."""

    name: str
    version: str
    findings: list[str]


class ExchangeSynced(Model):
    """What reading a catalogue in brought."""

    gears: int
    removed: int
    refused: list[ExchangeRefused]


class ExchangeEntry(Model):
    """A gear that could be installed, and the version that is."""

    name: str
    version: str
    installed: str | None
    category: Category
    suite: str | None
    label: str | None
    description: str | None
    author: str | None
    source: str
    importable: bool


class ExchangeGear(Model):
    """A gear of a catalogue, whole."""

    category: Category
    gear: dict[str, Any]
    exchange: dict[str, Any] | None
    source: str
    importable: bool
    findings: list[str]
