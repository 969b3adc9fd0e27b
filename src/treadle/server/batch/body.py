"""Requests for batches as the clients send them (gears.md 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.server.batch.errors import TooManyJobs
from treadle.server.batch.match import POLICIES
from treadle.server.jobs.body import read_request
from treadle.server.jobs.inputs import check_texts
from treadle.server.kit.errors import Invalid

MOST_JOBS = 20_000
TAG = "batch"
_TARGETS = ("project", "subject", "session", "acquisition", "collection")
_UNITS = ("acquisition", "session")

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One gear on all that lies below containers of one level."""

    gear_id: str
    level: str
    target_ids: Sequence[str]
    collection_id: str | None
    unit: str  # whose files are looked at together
    policy: str
    choices: Mapping[str, Mapping[str, str]]  # by container and input: the file to take of those that fit
    config: Json
    analysis: Json
    common: Json

    @property
    def collection_ids(self) -> list[str]:
        """The collections that are targets or limit them."""
        targets = self.target_ids if self.level == "collection" else ()
        return [*targets, *([] if self.collection_id is None else [self.collection_id])]


def read_ask(body: Json) -> Ask:
    """What a proposal is asked for."""
    level, ids = _read_targets(body.get("targets"))
    context = body.get("target_context")
    if context is not None:
        context_level, (context_id,) = _read_targets([context])
        if context_level != "collection":
            raise Invalid("'target_context' must be {type: 'collection', id}.")
    policy = body.get("optional_input_policy") or "ignored"
    if policy not in POLICIES:
        raise Invalid(f"'optional_input_policy' must be one of: {', '.join(POLICIES)}.")
    unit = body.get("container_type") or body.get("level") or "acquisition"
    if unit not in _UNITS:
        raise Invalid(f"'level' must be one of: {', '.join(_UNITS)}.")
    analysis = body.get("analysis")
    if analysis is not None and not isinstance(analysis, Mapping):
        raise Invalid("'analysis' must be an object with a 'label'.")
    common = {
        "gear_id": body.get("gear_id"),
        "config": body.get("config"),
        "tags": [*check_texts(body.get("tags"), "tags"), TAG],
        "priority": body.get("priority"),
        "compute_provider_id": body.get("compute_provider_id"),
    }
    read = read_request(common)
    return Ask(
        gear_id=read.gear_id,
        level=level,
        target_ids=ids,
        collection_id=context_id if context is not None else None,
        unit=unit,
        policy=policy,
        choices=_read_choices(body.get("choices")),
        config=read.config,
        analysis=analysis or {},
        common=common,
    )


def _read_targets(value: Any) -> tuple[str, list[str]]:
    if not isinstance(value, list) or not value:
        raise Invalid("'targets' must be a list of {type, id}, not empty.")
    if len(value) > MOST_JOBS:
        raise TooManyJobs(f"At most {MOST_JOBS} targets fit into one batch.")
    levels, ids = set(), []
    for one in value:
        if not isinstance(one, Mapping) or one.get("type") not in _TARGETS or not one.get("id"):
            raise Invalid(f"A target is {{type, id}}, its type one of: {', '.join(_TARGETS)}.")
        levels.add(str(one["type"]))
        ids.append(str(one["id"]))
    if len(levels) > 1:
        raise Invalid("All targets must be of one type.")
    return levels.pop(), list(dict.fromkeys(ids))


def _read_choices(value: Any) -> Mapping[str, Mapping[str, str]]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
        raise Invalid("'choices' must be an object of objects: {container id: {input: file id}}.")
    return value


def read_jobs(body: Json) -> list[dict[str, Any]]:
    """The ready requests of a batch, each tagged as part of one."""
    jobs = body.get("jobs")
    if not isinstance(jobs, list) or not jobs:
        raise Invalid("'jobs' must be a list of jobs, not empty.")
    if len(jobs) > MOST_JOBS:
        raise TooManyJobs(f"At most {MOST_JOBS} jobs fit into one batch.")
    for one in jobs:
        read_request(one)
    return [{**one, "tags": [*(one.get("tags") or ()), TAG]} for one in jobs]
