"""Batches out of the database, with the states of their jobs counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    case,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.access.guard import Guard
from treadle.server.batch.errors import BatchMissing
from treadle.server.batch.tables import batch
from treadle.server.jobs.tables import STATES, job


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch as it is now."""

    id: str
    state: str
    gear_id: str | None
    origin_type: str
    origin_id: str | None
    optional_input_policy: str | None
    common: Mapping[str, Any]
    counts: Mapping[str, int]
    started_at: datetime | None
    created_at: datetime
    modified_at: datetime


_FIELDS = tuple(one.name for one in fields(Batch))


def of_batch(batch_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """SQL condition: jobs of the batch, of those that were retried the last."""
    return (job.c.batch_id == batch_id) & job.c.retried_at.is_(None)


def selected() -> Select[Any]:
    """Batches with counts by state; once started, the state is what the jobs say."""
    by_state = (
        select(job.c.state, func.count().label("jobs"))
        .where(of_batch(batch.c.id))
        .group_by(job.c.state)
        .correlate(batch)
        .subquery("by_state")
        .lateral()
    )
    empty = func.jsonb_build_object(*(part for state in STATES for part in (state, 0)), type_=JSONB)
    found = func.coalesce(func.jsonb_object_agg(by_state.c.state, by_state.c.jobs), literal({}, JSONB))
    counted = (
        select(empty.op("||", return_type=JSONB())(found).label("counts"))
        .select_from(by_state)
        .lateral("counted")
    )
    counts = counted.c.counts

    def some(*states: str) -> ColumnElement[bool]:
        return or_(*(counts[state].as_integer() > 0 for state in states))

    state = case(
        (batch.c.state != "running", batch.c.state),
        (some("pending", "running"), "running"),
        (some("complete"), "complete"),
        (some("failed"), "failed"),
        else_="cancelled",
    )
    own = (column for column in batch.c if column.name not in ("state", "requests", "analysis"))
    return select(*own, state.label("state"), counts).join_from(batch, counted, true())


def as_batch(row: Row[Any]) -> Batch:
    """The batch of a row of `selected`."""
    return Batch(**{name: row._mapping[name] for name in _FIELDS})


def mine(guard: Guard) -> ColumnElement[bool]:
    """SQL condition: batches the caller made, with a restricted key only those in its projects; administrators: all."""
    guard.decided()
    if guard.identity.is_site_admin:
        return true()
    kind, own_id = guard.identity.origin
    own = (batch.c.origin_type == kind) & batch.c.origin_id.is_not_distinct_from(own_id)
    if guard.identity.scope is None:
        return own
    place = func.unnest(batch.c.project_ids).table_valued(column("id", Text)).render_derived(name="place")
    elsewhere = exists(select(place.c.id).where(~guard.allowed(place.c.id)))
    return own & (func.cardinality(batch.c.project_ids) > 0) & ~elsewhere


async def find(guard: Guard, batch_id: str, *, lock: bool = False) -> Batch:
    """The caller's batch; locked, nobody else starts or cancels it until the transaction ends."""
    query = selected().where(batch.c.id == batch_id, mine(guard))
    if lock:
        await guard.connection.execute(select(batch.c.id).where(batch.c.id == batch_id).with_for_update())
    row = (await guard.connection.execute(query)).one_or_none()
    if row is None:
        raise BatchMissing
    return as_batch(row)
