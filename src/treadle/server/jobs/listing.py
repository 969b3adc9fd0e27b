"""Lists of jobs: filters and sort keys in SQL, only rows the caller may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog.tables import container
from treadle.server.jobs.errors import JobNotFound
from treadle.server.jobs.rows import LEVELS, Job, as_job
from treadle.server.jobs.states import PRIORITIES, find_job
from treadle.server.jobs.tables import job
from treadle.server.kit.errors import Forbidden
from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.wire.query import ListQuery

PAGE, MOST = 1000, 10_000  # rows answered when no limit is asked for, and at most

_FIELDS: dict[str, Field] = {
    "_id": Field(job.c.id, "text"),
    "id": Field(job.c.id, "text"),
    "state": Field(job.c.state, "text"),
    "gear_id": Field(job.c.gear_id, "text"),
    "gear_info.id": Field(job.c.gear_id, "text"),
    "gear_info.name": Field(job.c.gear_name, "text"),
    "gear_info.version": Field(job.c.gear_info["version"].astext, "text"),
    "gear_info.category": Field(job.c.gear_info["category"].astext, "text"),
    "label": Field(job.c.label, "text"),
    "tags": Field(job.c.tags, "text_list"),
    "destination.type": Field(job.c.destination_type, "text"),
    "destination.id": Field(job.c.destination_id, "text"),
    "priority": Field(case(*((job.c.priority == at, word) for at, word in enumerate(PRIORITIES))), "text"),
    "attempt": Field(job.c.attempt, "integer"),
    "previous_job_id": Field(job.c.previous_job_id, "text"),
    "retried": Field(job.c.retried_at, "time"),
    "created": Field(job.c.created_at, "time"),
    "modified": Field(job.c.modified_at, "time"),
    "origin.type": Field(job.c.origin_type, "text"),
    "origin.id": Field(job.c.origin_id, "text"),
    "rule_id": Field(job.c.rule_id, "text"),
    "role_id": Field(job.c.role_id, "text"),
    "batch": Field(job.c.batch_id, "text"),
    "cached_from": Field(job.c.cached_from, "text"),
    "compute_provider_id": Field(job.c.compute_provider_id, "text"),
    "failure_reason": Field(job.c.failure_reason, "text"),
    "failed_output_accepted": Field(job.c.failed_output_accepted, "boolean"),
    "related_container_ids": Field(job.c.related_container_ids, "text_list"),
    **{f"parents.{level}": Field(job.c[f"{level}_id"], "text") for level in LEVELS},
    **{level: Field(job.c[f"{level}_id"], "text") for level in LEVELS},
}
_DOCUMENTS = {"config": job.c.config, "profile": job.c.profile, "produced_metadata": job.c.produced_metadata}


def job_field(name: str) -> Field | None:
    """What a name in a filter or sort means."""
    head, _, rest = name.partition(".")
    if rest and head in _DOCUMENTS:
        return Field(_DOCUMENTS[head][tuple(rest.split("."))], "json")
    if rest and head == "transitions":
        return Field(cast(job.c.transitions[rest].astext, job.c.created_at.type), "time")
    return _FIELDS.get(name)


def visible(guard: Guard) -> ColumnElement[bool]:
    """SQL condition: jobs whose destination, or an input's project, the caller may see the jobs of."""
    if guard.identity.is_engine:
        guard.decided()
        return true()
    if guard.identity.is_site_admin:
        return guard.allowed(job.c.project_id)
    place = func.unnest(job.c.project_ids).table_valued(column("id", Text)).render_derived(name="place")
    elsewhere = exists(select(place.c.id).where(guard.allowed(place.c.id, "jobs_view")))
    return or_(
        guard.allowed(job.c.project_id, "jobs_view"),
        and_(func.cardinality(job.c.project_ids) > 1, elsewhere),
    )


async def fetch(
    guard: Guard, query: ListQuery, *scope: ColumnElement[bool], count: bool
) -> tuple[Sequence[Job], int | None]:
    """A page of jobs and, if wanted, how many there are in all."""
    chosen = _selection(guard, query, scope)
    total = None
    if count:
        inner = chosen.with_only_columns(job.c.id).subquery()
        total = int((await guard.connection.execute(select(func.count()).select_from(inner))).scalar_one())
    if query.after_id:
        chosen = chosen.where(job.c.id > query.after_id)
    for key in query.sort:
        if (field := job_field(key.name)) is not None:
            chosen = chosen.order_by(sort_sql(field, key.descending))
    chosen = chosen.order_by(job.c.id).limit(min(query.limit or PAGE, MOST)).offset(query.skip)
    return [as_job(row) for row in await guard.connection.execute(chosen)], total


def _selection(guard: Guard, query: ListQuery, scope: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    chosen = select(job).where(visible(guard), *scope)
    for one in query.conditions:
        field = job_field(one.field)
        chosen = chosen.where(false() if field is None else condition_sql(field, one.operator, one.values))
    return chosen


async def stats(guard: Guard, *scope: ColumnElement[bool]) -> dict[str, int]:
    """How many of the jobs that the caller sees are in each state."""
    found = dict.fromkeys(("pending", "running", "failed", "complete", "cancelled"), 0)
    rows = await guard.connection.execute(
        select(job.c.state, func.count()).where(visible(guard), *scope).group_by(job.c.state)
    )
    return found | {row[0]: row[1] for row in rows}


async def find(guard: Guard, job_id: str, *, lock: bool = False) -> Job:
    """The job, when the caller may see it."""
    found = await find_job(guard.connection, job_id, lock=lock)
    if guard.identity.is_engine:
        guard.decided()
        return found
    for project_id in (found.project_id, *found.project_ids):
        if await guard.may("jobs_view", project_id=project_id):
            return found
    if await guard.may("containers_view_metadata", project_id=found.project_id):
        await guard.require("jobs_view", project_id=found.project_id)
    raise JobNotFound


async def require_manager(guard: Guard, target: Job) -> None:
    """Go on only as who started the job, or as who manages those of others."""
    if guard.identity.is_engine:
        return
    own = guard.identity.kind == "user" and guard.identity.id == target.user_id
    needed: Action = "jobs_manage" if own else "jobs_manage_others"
    if not await guard.may(needed, project_id=target.project_id) and not (
        own and await guard.may("analyses_create_job", project_id=target.project_id)
    ):
        raise Forbidden(f"Your roles in this project do not include '{needed}'.", action=needed)


async def labels(connection: AsyncConnection, jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """`parent_info` of each job: ids and labels of the destination and of all above it."""
    ids = {value for one in jobs for value in one.parents.values()}
    rows = await connection.execute(select(container.c.id, container.c.label).where(container.c.id.in_(ids)))
    named = {row.id: row.label for row in rows}
    return {
        one.id: {level: {"_id": value, "label": named.get(value)} for level, value in one.parents.items()}
        for one in jobs
    }
