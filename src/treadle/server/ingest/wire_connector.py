"""Request models of the connector door."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from treadle.dicom.routing import Form, Status
from treadle.server.ingest.placement import Wanted
from treadle.server.ingest.series import Announcement, read_route
from treadle.server.ingest.wire import DeidRecord, FileMetadata
from treadle.server.wire.body import Wire

_HEX = r"^[0-9a-f]{64}$"


class SeriesKey(Wire):
    """What the archive knows a series by."""

    study: str = Field(min_length=1, max_length=255)
    series: str = Field(min_length=1, max_length=255)
    bucket: str = Field(min_length=1, max_length=255)


class Routing(Wire):
    """A routing string taken apart by the connector."""

    form: Form = "none"
    requested_group: str | None = Field(default=None, max_length=255)
    group: str | None = Field(default=None, max_length=255)
    project: str | None = Field(default=None, max_length=255)
    subject: str | None = Field(default=None, max_length=255)
    session: str | None = Field(default=None, max_length=255)
    status: Status = "no_routing_string"
    flags: list[str] = Field(default_factory=list, max_length=50)


class SeriesRequest(Wire):
    """`POST /connector/series`."""

    device: str | None = Field(default=None, max_length=255)
    key: SeriesKey
    digest: str = Field(min_length=1, max_length=200)
    size: int = Field(gt=0)
    sha256: str = Field(pattern=_HEX)
    fields: dict[str, str | int | float | None]
    routing: Routing
    deid: DeidRecord | None = None
    create_projects: bool = False
    merge_sessions: bool = False
    auto_reroute: bool = True

    @property
    def deid_record(self) -> dict[str, Any] | None:
        """What was done to the series before it left its site."""
        return None if self.deid is None else self.deid.model_dump(exclude_none=True)

    def announcement(self) -> Announcement:
        """The request as the verbs take it."""
        return Announcement(
            key=self.key.model_dump(),
            digest=self.digest,
            size=self.size,
            sha256=self.sha256,
            wanted=self.wanted(),
            request=self.model_dump(mode="json"),
        )

    def wanted(self) -> Wanted:
        """What is to be placed."""
        uid = self.fields.get("acquisition.uid")
        return Wanted(
            study_uid=self.key.study,
            series_uid=self.key.series,
            acquisition_uid=str(uid or self.key.bucket),
            fields=self.fields,
            route=read_route(self.routing.model_dump()),
            create_projects=self.create_projects,
            merge_sessions=self.merge_sessions,
            auto_reroute=self.auto_reroute,
            device=self.device,
        )


class Instance(Wire):
    """One DICOM instance of a packed series."""

    sop_uid: str = Field(min_length=1, max_length=255)
    sop_class_uid: str | None = None
    transfer_syntax: str | None = None
    number: int | None = Field(default=None, ge=-(2**31), lt=2**31)
    position: list[float] | None = None
    orientation: list[float] | None = None
    frames: int = Field(default=1, ge=1, lt=2**31)
    rows: int | None = Field(default=None, ge=0, lt=2**31)
    columns: int | None = Field(default=None, ge=0, lt=2**31)
    member: str | None = None
    offset: int = Field(default=0, ge=0)
    compressed_size: int = Field(ge=0)
    size: int = Field(ge=0)
    method: int = Field(default=0, ge=0, lt=2**15)

    @field_validator("sop_class_uid", "transfer_syntax", mode="after")
    @classmethod
    def _empty_is_absent(cls, value: str | None) -> str | None:
        return value or None


class SeriesFile(FileMetadata):
    """The file of a packed series."""

    name: str = Field(min_length=1, max_length=255)
    type: str | None = "dicom"
    instances: list[Instance] = Field(default_factory=list)

    def index(self) -> list[dict[str, Any]]:
        """Rows of the instance index; an instance sent twice inside one zip counts once."""
        return list({item.sop_uid: item.model_dump() for item in self.instances}.values())


class CompleteRequest(Wire):
    """`POST /connector/uploads/{ticket}/complete`."""

    sha256: str = Field(pattern=_HEX)
    file: SeriesFile
