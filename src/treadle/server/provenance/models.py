"""Documents of provenance for the OpenAPI description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from treadle.server.wire.model import Model


class ProvenanceRecord(Model):
    """What was run, with what, by whom and what came of it."""

    format: str
    job: dict[str, Any]
    gear: dict[str, Any]
    run: dict[str, Any]
    config: dict[str, Any]
    contexts: dict[str, Any]
    inputs: list[dict[str, Any]]
    destination: dict[str, Any]
    origin: dict[str, Any]
    transitions: dict[str, Any]
    failure_reason: str | None
    outputs: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    profile: dict[str, Any]
    log_sha256: str | None
    cached_from: str | None


class LineageNode(Model):
    """A file version or a job; `depth` counts jobs from what was asked about."""

    kind: Literal["file", "job"]
    id: str
    depth: int


class LineageEdge(Model):
    """What went into what: a file into a job, or a job's output."""

    source: str = Field(alias="from")
    to: str


class LineageDocument(Model):
    """What a file or a run was made of, or what was made of it."""

    root: str
    direction: Literal["up", "down"]
    nodes: list[LineageNode]
    edges: list[LineageEdge]
    not_shown: int
    truncated: bool


class Rerun(Model):
    """The new job; not `reproducible` when the gear may read more by an API key than its record tells."""

    id: str = Field(alias="_id")
    reproducible: bool


class ComparedJob(Model):
    """One side."""

    id: str
    label: str | None
    gear_info: dict[str, Any]
    state: str


class ComparedItem(Model):
    """A value or the content of a file."""

    outcome: Literal["same", "differs", "only_a", "only_b"] = Field(alias="is")
    a: Any = None
    b: Any = None


class ComparedSection(Model):
    """Items by name."""

    same: bool
    items: dict[str, ComparedItem]


class Comparison(Model):
    """Two runs side by side."""

    a: ComparedJob
    b: ComparedJob
    verdict: Literal["identical", "same-inputs-different-outputs", "different-inputs"]
    sections: dict[str, ComparedSection]
