"""The jobs' documents for the OpenAPI description; answers themselves are rendered by `jobs.wire`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from treadle.server.catalog.models import Document, Reference
from treadle.server.wire.model import Model

State = Literal["pending", "running", "complete", "failed", "cancelled"]


class JobBase(Document):
    """One run of a gear."""

    id: str = Field(alias="_id")
    gear_id: str
    gear_info: dict[str, Any]
    state: State
    priority: Literal["low", "medium", "high", "critical"]
    attempt: int
    tags: list[str]
    label: str | None
    destination: Reference
    origin: Reference
    parents: dict[str, str]
    config: dict[str, Any]
    created: datetime
    modified: datetime
    retried: datetime | None
    previous_job_id: str | None
    failure_reason: str | None
    transitions: dict[str, datetime]
    outputs: list[dict[str, Any]]
    saved_files: list[str]
    compute_provider_id: str | None
    cached_from: str | None = Field(default=None, description="the identical run whose outputs it took")


class JobDocument(JobBase):
    """A job with its inputs by name."""

    inputs: dict[str, Any]


class JobRow(JobBase):
    """A job of a list."""

    inputs: list[dict[str, Any]]


class JobDetail(JobBase):
    """A job with its files and the labels of where it belongs."""

    inputs: dict[str, Any]
    parent_info: dict[str, Any]


class JobList(Model):
    """Jobs of one place."""

    jobs: list[JobRow]


class OwnJobs(Model):
    """The caller's jobs."""

    total: int
    jobs: list[JobDocument]
    stats: dict[str, int]


class JobStats(Model):
    """How many of the jobs you may see are in each state."""

    by_state: dict[str, int] = Field(alias="by-state")
    total: int


class AnalysisInserted(Model):
    """The analysis that was made, and the job that fills it."""

    id: str = Field(alias="_id")
    job_id: str | None = None


class ClaimedJob(JobDocument):
    """A job as an engine is handed it."""

    lease: str | None
    lease_until: datetime | None
    gear: dict[str, Any] | None
    exchange: dict[str, Any] | None
    network: Literal["none", "api", "full"]
    files: list[dict[str, Any]]


class Asked(Model):
    """Work for an engine."""

    jobs: list[ClaimedJob]
    states: dict[str, int] | None


class Count(Model):
    """A number of jobs."""

    count: int


class Orphaned(Model):
    """How many jobs had lost their engines."""

    orphaned: int


class Ticket(Model):
    """What a completion is done with."""

    ticket: str


class Renewed(Model):
    """The job's state, and until when it is the engine's."""

    modified: int
    state: State
    lease_until: datetime | None


class StoredContent(Model):
    """Content that a commit may name."""

    hash: str
    size: int


class Committed(Model):
    """How a run ended."""

    state: State
    failure_reason: str | None
    outputs: list[dict[str, Any]]


class LogDocument(Model):
    """A job's log."""

    id: str = Field(alias="_id")
    logs: list[dict[str, Any]]


class ComputeProvider(Document):
    """An engine as a compute provider."""

    id: str = Field(alias="_id")
    label: str
    provider_class: str
    provider_type: str


class PriorityInput(Model):
    """Which waiting jobs are to come sooner or later."""

    job_ids: list[str]
    priority: str
