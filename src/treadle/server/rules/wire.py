"""Rules and their history on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Row

from treadle.server.access.models import Document
from treadle.server.catalog.models import Reference
from treadle.server.jobs.states import PRIORITIES
from treadle.server.rules.existing import Match
from treadle.server.rules.rows import Rule
from treadle.server.wire.answer import stamp


class ConditionDocument(Document):
    """One condition."""

    type: str
    value: str
    regex: bool = False


class RuleDocument(Document):
    """A gear rule."""

    id: str = Field(alias="_id")
    project_id: str | None = None
    gear_id: str
    role_id: str | None = None
    name: str
    config: dict[str, Any]
    fixed_inputs: list[dict[str, Any]]
    triggering_input: str | None = None
    priority: str
    auto_update: bool
    allow_repeat: bool
    reuse: bool
    disabled: bool
    any: list[ConditionDocument]
    all: list[ConditionDocument]
    not_: list[ConditionDocument] = Field(alias="not")
    created: datetime
    modified: datetime
    revision: int
    last_modified_by: Reference | None = None


class FiringDocument(Document):
    """What came of a rule once."""

    at: datetime
    outcome: str = Field(description="job, repeated, ambiguous, refused or paused")
    reason: str | None = None
    job_id: str | None = None
    file_id: str | None = None
    file_name: str | None = None
    container_id: str | None = None
    rule_revision: int


class MatchDocument(Document):
    """A file that meets a rule's conditions now."""

    file_id: str
    version: int
    name: str
    container_id: str
    container_type: str
    job_id: str | None = Field(default=None, description="what was started for it")
    reason: str | None = Field(default=None, description="why nothing can be started for it")


def rule_doc(one: Rule) -> dict[str, Any]:
    """A rule."""
    return {
        "_id": one.id,
        "project_id": one.project_id,
        "gear_id": one.gear_id,
        "role_id": one.role_id,
        "name": one.name,
        "config": one.config,
        "fixed_inputs": one.fixed_inputs,
        "triggering_input": one.triggering_input,
        "priority": PRIORITIES[one.priority],
        "auto_update": one.auto_update,
        "allow_repeat": one.allow_repeat,
        "reuse": one.reuse,
        "disabled": one.disabled,
        **one.conditions,
        "compute_provider_id": one.compute_provider_id,
        "tags": one.tags,
        "created": stamp(one.created_at),
        "modified": stamp(one.modified_at),
        "revision": one.revision,
        "last_modified_by": one.modified_by and {"type": "user", "id": one.modified_by},
    }


def firing_doc(row: Row[Any]) -> dict[str, Any]:
    """A line of a rule's history."""
    names = ("outcome", "reason", "job_id", "file_id", "file_name", "container_id", "rule_revision")
    return {"_id": str(row.id), "at": stamp(row.at), **{name: getattr(row, name) for name in names}}


def match_doc(match: Match) -> dict[str, Any]:
    """A file that matches, and what becomes of it."""
    return {
        "file_id": match.file.file_id,
        "version": match.file.version,
        "name": match.file.name,
        "container_id": match.file.parent_id,
        "container_type": match.file.parent_level,
        "job_id": match.job_id,
        "reason": match.reason,
    }
