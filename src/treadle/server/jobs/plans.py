"""A run that is asked for, and what it means: its gear, files, options and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.gears.config import ConfigError, complete
from treadle.server.catalog.rows import File
from treadle.server.gears.queries import Gear
from treadle.server.jobs import frozen
from treadle.server.jobs.analyses import NewAnalysis
from treadle.server.jobs.errors import BadConfig, BadDestination
from treadle.server.jobs.inputs import Ref
from treadle.server.jobs.rows import Job
from treadle.server.kit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """One run that is asked for; with `analysis` its output becomes a new analysis on the destination."""

    gear_id: str
    inputs: Mapping[str, Ref] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    destination_type: str | None = None
    destination_id: str | None = None
    analysis: NewAnalysis | None = None
    tags: Sequence[str] = ()
    priority: int = 1
    label: str | None = None
    compute_provider_id: str | None = None
    previous_job_id: str | None = None
    attempt: int = 1
    due_at: datetime | None = None
    repeats: Job | None = None  # an earlier run whose frozen inputs and contexts are taken as they are


@dataclass(frozen=True)
class Plan:
    """A request with what it means."""

    id: str
    request: JobRequest
    gear: Gear
    files: Mapping[str, File]
    options: Mapping[str, Any]
    place_id: str

    @property
    def has_key(self) -> bool:
        """Whether the gear is given a key to the API."""
        return frozen.has(self.gear.manifest, "api-key")


def plan_of(request: JobRequest, gear: Gear, files: Mapping[Ref, File]) -> Plan:
    """The request with its gear and files; refused when an option does not fit, or nothing says where output goes."""
    try:
        options = complete(gear.manifest, dict(request.config))
    except ConfigError as error:
        raise BadConfig(error.key, error.reason) from None
    own = {name: files[ref] for name, ref in request.inputs.items()}
    first = next((own[name] for name in gear.manifest["inputs"] if name in own), None)
    place_id = request.destination_id or (first.parent_id if first else None)
    if place_id is None:
        raise BadDestination(
            "Say where the output goes: the gear has no input whose container could be taken."
        )
    return Plan(new_id(), request, gear, own, options, place_id)
