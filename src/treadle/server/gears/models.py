"""The documents' forms for the OpenAPI description; answers themselves are rendered by `gears.wire`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from treadle.server.access.models import Document

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


class GearAdded(BaseModel):
    """A new gear, and what is doubtful about its manifest."""

    id: str = Field(alias="_id")
    warnings: list[str] = []


class GearPermissions(BaseModel):
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


class GearTicket(BaseModel):
    """What a gear's content is pushed and saved with."""

    ticket: str


class GearTicketDocument(Document):
    """An announced gear."""

    id: str = Field(alias="_id")
    geardoc: dict[str, Any]
    origin: dict[str, Any]
    timestamp: datetime


class PushedFolder(BaseModel):
    """The folder as it arrived."""

    rootfs_hash: str = Field(alias="rootfs-hash")
    size: int
