"""A job as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row

LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of a gear, asked for, under way or ended."""

    id: str
    state: str
    gear_id: str
    gear_info: dict[str, Any]
    gear_name: str
    label: str | None
    tags: list[str]
    capabilities: list[str]
    destination_type: str
    destination_id: str
    group_id: str | None
    project_id: str
    subject_id: str | None
    session_id: str | None
    acquisition_id: str | None
    analysis_id: str | None
    project_ids: list[str]
    related_container_ids: list[str]
    inputs: list[dict[str, Any]]
    config: dict[str, Any]
    priority: int
    due_at: datetime | None
    compute_provider_id: str | None
    origin_type: str
    origin_id: str | None
    user_id: str | None
    scope: dict[str, list[str] | None] | None
    rule_id: str | None
    role_id: str | None
    batch_id: str | None
    previous_job_id: str | None
    attempt: int
    retried_at: datetime | None
    created_at: datetime
    modified_at: datetime
    transitions: dict[str, str]
    lease: str | None
    lease_until: datetime | None
    engine_id: str | None
    native_id: str | None
    failure_reason: str | None
    outputs: list[dict[str, Any]]
    produced_metadata: dict[str, Any] | None
    failed_output_accepted: bool
    profile: dict[str, Any]
    log_bytes: int

    @property
    def parents(self) -> dict[str, str]:
        """Ids of the destination and of what it lies in, by level."""
        return {level: value for level in LEVELS if (value := getattr(self, f"{level}_id")) is not None}

    @property
    def context(self) -> dict[str, Any]:
        """The access log's view of this job."""
        places: dict[str, Any] = {level: {"id": value} for level, value in self.parents.items()}
        return {**places, "job": {"id": self.id}}


_FIELDS = tuple(field.name for field in fields(Job))


def job_of(values: Mapping[str, Any]) -> Job:
    """The job of all columns of a row, by name."""
    return Job(**{name: values[name] for name in _FIELDS})


# What a row holds in the columns that nobody named when it was written.
_FRESH: Mapping[str, Any] = {
    **dict.fromkeys(("retried_at", "lease", "lease_until", "engine_id", "native_id", "failure_reason")),
    "state": "pending",
    "outputs": [],
    "produced_metadata": None,
    "failed_output_accepted": False,
    "profile": {},
    "log_bytes": 0,
}


def new_job(values: Mapping[str, Any]) -> Job:
    """The job of a row that was just written from these values."""
    return job_of({**_FRESH, **values})


def as_job(row: Row[Any]) -> Job:
    """The job of a row that holds all columns of the table."""
    return job_of(cast(Mapping[str, Any], row._mapping))
