"""The documents' forms for the OpenAPI description: downloads, zips, instances."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from treadle.server.catalog.models import Document


class DownloadTicket(Document):
    """What gives a selection as one archive for an hour."""

    ticket: str
    filename: str
    file_cnt: int
    size: int
    skipped: list[Any]


class TypeCount(Document):
    """The files of one type."""

    id: str = Field(alias="_id")
    count: int
    mb_total: float


class ZipMember(Document):
    """One member of a zip."""

    path: str
    size: int
    timestamp: datetime | None = None
    comment: str


class ZipInfo(Document):
    """What is in a zip."""

    comment: str
    members: list[ZipMember]


class InstanceDocument(Document):
    """One DICOM instance of a file."""

    sop_uid: str
    sop_class_uid: str | None = None
    transfer_syntax: str | None = None
    number: int | None = None
    position: list[float] | None = None
    orientation: list[float] | None = None
    frames: int | None = None
    rows: int | None = None
    columns: int | None = None
    size: int


class Instances(Document):
    """The instances of one version of a file, in viewing order."""

    instances: list[InstanceDocument]
    version: int
