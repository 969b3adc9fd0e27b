"""Request models of the door in: what clients say about the files they send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from treadle.server.catalog.files import NewFile
from treadle.server.ingest.errors import BadMetadata
from treadle.server.store.blobs import BlobRef
from treadle.server.wire.body import Wire


class DeidRecord(Wire):
    """By which profile and engine a file was de-identified, and where (deid.md 5.1)."""

    profile_id: str = Field(min_length=1, max_length=255)
    version: int | None = Field(default=None, ge=1, lt=2**31)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    engine: str = Field(min_length=1, max_length=50)
    at: Literal["browser", "connector", "cli", "import", "gear"]
    epoch: int | None = Field(default=None, ge=1, lt=2**31)


class FileMetadata(Wire):
    """What a client says about one file; everything may be left out."""

    name: str | None = None
    type: str | None = Field(default=None, max_length=255)
    mimetype: str | None = Field(default=None, max_length=255)
    modality: str | None = Field(default=None, max_length=255)
    classification: dict[str, Any] | None = None
    tags: list[str] | None = None
    info: dict[str, Any] | None = None
    zip_member_count: int | None = Field(default=None, ge=0, le=2**31 - 1)
    deid_log_id: str | None = Field(default=None, max_length=255)
    deid_log_skip_reason: Literal["unsupported_type", "manual_override"] | None = None
    deid: DeidRecord | None = None

    @field_validator("type", "mimetype", "modality", "deid_log_id", mode="after")
    @classmethod
    def _empty_is_absent(cls, value: str | None) -> str | None:
        return value or None

    def new_file(
        self,
        name: str,
        blob: BlobRef,
        *,
        members: int | None = None,
        deid: Mapping[str, Any] | None = None,
    ) -> NewFile:
        """The file about to be placed; how many members a zip has is counted where it can be, not believed."""
        return NewFile(
            name=name,
            blob=blob,
            type=self.type,
            mimetype=self.mimetype,
            modality=self.modality,
            classification=self.classification,
            tags=self.tags,
            info=self.info if deid is None else None,  # read from the identified file, it may say who that is
            zip_member_count=self.zip_member_count if members is None else members,
            deid_log_id=self.deid_log_id,
            deid_log_skip_reason=self.deid_log_skip_reason,
            deid=deid or (None if self.deid is None else self.deid.model_dump(exclude_none=True)),
        )


def metadata_by_name(metadata: Any, names: Sequence[str]) -> dict[str, FileMetadata]:
    """What is said of each file: one object for a single file, or a list of objects with names."""
    if metadata is None:
        return {}
    entries = metadata if isinstance(metadata, list) else [metadata]
    try:
        models = [FileMetadata.model_validate(entry) for entry in entries]
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise BadMetadata(f"metadata: {place + ': ' if place else ''}{problem['msg']}") from None
    if len(models) == 1 and (len(names) == 1 or models[0].name is None):
        return dict.fromkeys(names, models[0])
    return {model.name: model for model in models if model.name is not None}
