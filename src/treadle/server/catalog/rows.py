"""Rows as values: what queries return and verbs work on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, RowMapping

from treadle.server.catalog.levels import HIERARCHY


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container of any level; ancestor ids include its own at its level."""

    id: str
    level: str
    label: str
    parent_id: str | None
    parent_level: str | None
    group_id: str | None
    project_id: str | None
    subject_id: str | None
    session_id: str | None
    acquisition_id: str | None
    uid: str | None
    timestamp: datetime | None
    timezone: str | None
    tags: list[str]
    info: dict[str, Any]
    doc: dict[str, Any]
    placement: dict[str, Any] | None
    revision: int
    created_at: datetime
    modified_at: datetime
    deleted_at: datetime | None
    info_exists: bool = True

    @property
    def ancestors(self) -> dict[str, str | None]:
        """Column values for rows that hang below this one."""
        return {f"{level}_id": getattr(self, f"{level}_id") for level in HIERARCHY}

    @property
    def parents(self) -> dict[str, str]:
        """The wire's `parents`: ids of the levels above."""
        return {
            level: getattr(self, f"{level}_id")
            for level in HIERARCHY
            if level != self.level and getattr(self, f"{level}_id") is not None
        }

    @property
    def context(self) -> dict[str, Any]:
        """The access log's view of where this is: ids of all levels, and its own label, which may change."""
        found: dict[str, Any] = {level: {"id": value} for level, value in self.parents.items()}
        return {**found, self.level: {"id": self.id, "label": self.label}}


@dataclass(frozen=True, kw_only=True)
class File:
    """One version of a file."""

    id: str
    file_id: str
    version: int
    is_current: bool
    name: str
    parent_id: str
    parent_level: str
    group_id: str | None
    project_id: str | None
    subject_id: str | None
    session_id: str | None
    acquisition_id: str | None
    analysis_id: str | None
    blob_sha384: str
    size: int
    type: str | None
    mimetype: str | None
    modality: str | None
    classification: dict[str, Any]
    tags: list[str]
    info: dict[str, Any]
    zip_member_count: int | None
    origin_type: str
    origin_id: str | None
    series: dict[str, Any] | None
    gear_info: dict[str, Any] | None
    deid_log_id: str | None
    deid_log_skip_reason: str | None
    deid: dict[str, Any] | None
    restored_from: int | None
    restored_by: str | None
    copied_from: dict[str, Any] | None
    revision: int
    created_at: datetime
    modified_at: datetime
    replaced_at: datetime | None
    deleted_at: datetime | None
    info_exists: bool = True

    @property
    def parents(self) -> dict[str, str]:
        """The wire's `parents`: ids of the containers above."""
        levels = (*HIERARCHY, "analysis")
        return {
            level: getattr(self, f"{level}_id")
            for level in levels
            if getattr(self, f"{level}_id") is not None
        }

    @property
    def context(self) -> dict[str, Any]:
        """The access log's view of this file."""
        found: dict[str, Any] = {level: {"id": value} for level, value in self.parents.items()}
        return {**found, "file": {"id": self.file_id, "name": self.name, "version": self.version}}


_CONTAINER_FIELDS = tuple(field.name for field in fields(Container) if field.name != "info_exists")
_FILE_FIELDS = tuple(field.name for field in fields(File) if field.name != "info_exists")


def _info_exists(values: RowMapping) -> bool:
    return bool(values["info_exists"] if "info_exists" in values else values["info"])


def as_container(row: Row[Any]) -> Container:
    """The container of a row that holds all its columns (and perhaps `info_exists`)."""
    values = row._mapping
    return Container(**{name: values[name] for name in _CONTAINER_FIELDS}, info_exists=_info_exists(values))


def as_file(row: Row[Any]) -> File:
    """The file of a row that holds all its columns (and perhaps `info_exists`)."""
    values = row._mapping
    return File(**{name: values[name] for name in _FILE_FIELDS}, info_exists=_info_exists(values))
