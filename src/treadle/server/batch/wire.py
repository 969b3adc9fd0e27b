"""Batches on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from treadle.server.access.models import Document
from treadle.server.batch.propose import Found
from treadle.server.batch.rows import Batch
from treadle.server.catalog.rows import Container, File
from treadle.server.kit.clock import now
from treadle.server.wire.answer import stamp

MOST_CANDIDATES = 100  # of an input are offered


class BatchDocument(Document):
    """A batch with what became of its jobs."""

    id: str | None = Field(default=None, alias="_id")
    state: str = Field(description="pending, running, complete, failed or cancelled")
    gear_id: str | None = None
    config: dict[str, Any]
    counts: dict[str, int] = Field(description="jobs by state, of retried ones the last")
    started: datetime | None = None
    eta: datetime | None = Field(default=None, description="when the last job will end at the pace so far")
    created: datetime
    modified: datetime


class ProposalDocument(Document):
    """What a batch would be run on; without `_id` when there is nothing."""

    id: str | None = Field(default=None, alias="_id")
    state: str
    gear_id: str
    config: dict[str, Any]
    matched: list[dict[str, Any]] = Field(description="containers, each with `inputs`")
    ambiguous: list[dict[str, Any]] = Field(
        description="several files fit an input: `candidates` by input, settled by `choices` of the next proposal"
    )
    not_matched: list[dict[str, Any]] = Field(description="no file fits an input")
    improper_permissions: list[str] = Field(description="containers the caller may not run the gear in")


class Cancelled(Document):
    """How many jobs were cancelled."""

    number_cancelled: int


class Retried(Document):
    """How many jobs were started again."""

    number_retried: int


def batch_doc(one: Batch) -> dict[str, Any]:
    """A batch."""
    return {
        "_id": one.id,
        "state": one.state,
        "gear_id": one.gear_id,
        "origin": {"type": one.origin_type, "id": one.origin_id},
        "config": one.common.get("config") or {},
        "tags": one.common.get("tags") or [],
        "optional_input_policy": one.optional_input_policy,
        "counts": one.counts,
        "started": stamp(one.started_at),
        "eta": _eta(one),
        "created": stamp(one.created_at),
        "modified": stamp(one.modified_at),
    }


def _eta(one: Batch) -> str | None:
    waiting = one.counts["pending"] + one.counts["running"]
    ended = one.counts["complete"] + one.counts["failed"]
    if one.state != "running" or one.started_at is None or not ended:
        return None
    at = now()
    return stamp(at + (at - one.started_at) * waiting / ended)


def judged(found: Found) -> dict[str, Any]:
    """The containers by verdict."""
    return {
        "matched": [_unit(container, files) for container, files in found.matched],
        "ambiguous": [_doubtful(container, fitting) for container, fitting in found.ambiguous],
        "not_matched": [_unit(container) for container in found.not_matched],
        "improper_permissions": found.improper,
    }


def _unit(one: Container, files: Mapping[str, File] | None = None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "_id": one.id,
        "id": one.id,
        "type": one.level,
        "label": one.label,
        "parents": one.parents,
        "timestamp": stamp(one.timestamp),
        "timezone": one.timezone,
        "tags": one.tags,
        "created": stamp(one.created_at),
        "modified": stamp(one.modified_at),
        "revision": one.revision,
    }
    if files is not None:
        document["inputs"] = {name: _file(item) for name, item in files.items()}
    return document


def _doubtful(one: Container, fitting: Mapping[str, Sequence[File]]) -> dict[str, Any]:
    candidates = {name: [_file(item) for item in found[:MOST_CANDIDATES]] for name, found in fitting.items()}
    return {**_unit(one), "candidates": candidates}


def _file(item: File) -> dict[str, Any]:
    return {
        "type": item.parent_level,
        "id": item.parent_id,
        "name": item.name,
        "file_id": item.file_id,
        "version": item.version,
    }
