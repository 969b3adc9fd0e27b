"""What changed is judged, and what begins to match starts its gear: one container after the other (gears.md 9).

The changes of a container, the jobs they start and the history of the rules are one transaction: a change fires once,
however many workers there are and whenever one of them dies. A file matched before when its rule's conditions hold for
what the triggers kept of it; new files and versions did not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row, Select, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.rows import File, as_file
from treadle.server.catalog.tables import file
from treadle.server.gears.queries import Gear, gears_by_ids
from treadle.server.jobs.errors import BadConfig, GearUnusable
from treadle.server.jobs.request import request_job
from treadle.server.jobs.tables import job
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Refused
from treadle.server.rules import newer
from treadle.server.rules.match import Around, Facts, matches, uses_container
from treadle.server.rules.plan import NoPlan, facts_of, job_of, starter_of
from treadle.server.rules.rows import Rule, rules_of
from treadle.server.rules.tables import file_chain, file_change, firing, rule
from treadle.server.store.db import Database, among

log = structlog.get_logger("treadle.rules")

LONGEST_CHAIN = 20
REPEATS = 3
STORM, STORM_TIME = 1000, timedelta(hours=1)
_FILES_READ = 20_000  # of one container


@dataclass(frozen=True)
class _Change:
    """What happened to a file, all of it that waited taken together."""

    id: int
    version_id: str
    before: Facts | None
    after: Facts
    job_id: str | None

    @classmethod
    def of(cls, row: Row[Any], first: _Change | None) -> _Change:
        """This row, after the one before it."""
        before = None if row.before is None else first.before if first else Facts.of(row.before)
        job_id = row.job_id or (first.job_id if first else None)
        return cls(row.id, row.version_id, before, Facts.of(row.after), job_id)


async def step(database: Database) -> bool:
    """Judge the changes of one container; False when nothing waits."""
    async with database.transaction() as connection:
        found = await connection.execute(
            select(file_change.c.parent_id)
            .order_by(file_change.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        parent_id = found.scalar_one_or_none()
        if parent_id is None:
            return False
        # Another worker at the same container would judge half of what belongs together.
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 17))"), {"id": parent_id}
        )
        taken = await connection.execute(
            delete(file_change).where(file_change.c.parent_id == parent_id).returning(file_change)
        )
        changes: dict[str, _Change] = {}
        for row in sorted(taken, key=lambda one: one.id):
            changes[row.file_id] = _Change.of(row, changes.get(row.file_id))
        if changes:
            await _judge(connection, parent_id, changes)
    return True


async def _judge(connection: AsyncConnection, parent_id: str, changes: Mapping[str, _Change]) -> None:
    live = select(file).where(file.c.parent_id == parent_id, LIVE_FILE)
    # A version that was replaced meanwhile is not judged: what replaced it waits already.
    rows = await connection.execute(
        live.where(among(file.c.id, [one.version_id for one in changes.values()]))
    )
    changed = [as_file(row) for row in rows]
    if not changed or changed[0].project_id is None:
        return
    await _extend_chains(connection, changed, changes)
    rules = await rules_of(connection, changed[0].project_id, active=True)
    # All of the container is read only for rules that look at it, and for inputs beside a file that starts a run.
    beside = None
    if any(uses_container(one.conditions) for one in rules):
        beside = await _files(connection, live)
    for one in rules:
        begun = begins(one, changed, beside or changed, changes)
        if begun:
            beside = beside or await _files(connection, live)
            await _fire(connection, one, begun, beside, changes)


async def _files(connection: AsyncConnection, live: Select[Any]) -> list[File]:
    rows = await connection.execute(live.order_by(file.c.id).limit(_FILES_READ))
    return [as_file(row) for row in rows]


async def _fire(
    connection: AsyncConnection,
    one: Rule,
    begun: Sequence[File],
    beside: Sequence[File],
    changes: Mapping[str, _Change],
) -> None:
    """Start the rule's gear on these files; what came of each stands in the rule's history."""
    up_to_date = await newer.follow(connection, one)
    if up_to_date is None:
        return
    one = up_to_date
    gear = (await gears_by_ids(connection, [one.gear_id])).get(one.gear_id)
    chains = await _chains(connection, [target.file_id for target in begun])
    started, last = await _recent(connection, one), max(change.id for change in changes.values())
    lines: list[dict[str, Any]] = []
    for target in begun:
        change = changes.get(target.file_id)
        job_id: str | None = None
        why: str | None
        if reason := _loops(one, chains.get(target.file_id, ())):
            outcome, why = "repeated", reason
        elif started >= STORM:
            outcome = "paused"
            why = f"It started {STORM} runs within an hour; enable it again if that was right."
        else:
            outcome, why, job_id = await _start(connection, one, gear, target, beside)
        lines.append(
            {
                "rule_id": one.id,
                "rule_revision": one.revision,
                "change_id": change.id if change else last,
                "file_id": target.file_id,
                "version_id": target.id,
                "file_name": target.name,
                "container_id": target.parent_id,
                "outcome": outcome,
                "reason": why,
                "job_id": job_id,
            }
        )
        if outcome == "paused":
            await disable(connection, one)
            break
        started += outcome == "job"
    await connection.execute(insert(firing), lines)


def begins(
    one: Rule, changed: Sequence[File], beside: Sequence[File], changes: Mapping[str, _Change]
) -> list[File]:
    """The files that match now and did not before; others of the container, too, where the rule looks at it."""
    # As the triggers saw them: what changed again meanwhile waits as a change of its own.
    now_there = {item.file_id: facts_of(item) for item in beside}
    judged = {item.file_id: changes[item.file_id] for item in changed}
    now_there |= {key: change.after for key, change in judged.items()}
    were_there = {
        key: old
        for key, facts in now_there.items()
        if (old := judged[key].before if key in judged else facts) is not None
    }
    level = changed[0].parent_level
    after, earlier = Around(level, list(now_there.values())), Around(level, list(were_there.values()))
    return [
        item
        for item in (beside if uses_container(one.conditions) else changed)
        if matches(one.conditions, now_there[item.file_id], after)
        and not (item.file_id in were_there and matches(one.conditions, were_there[item.file_id], earlier))
    ]


async def _start(
    connection: AsyncConnection, one: Rule, gear: Gear | None, target: File, beside: Sequence[File]
) -> tuple[str, str | None, str | None]:
    """What came of it, why, and the job."""
    if gear is None:
        return "paused", "Its gear is gone.", None
    try:
        request = job_of(one, gear, target, beside)
        async with connection.begin_nested():
            return "job", None, await request_job(connection, request, starter_of(one))
    except NoPlan as error:
        outcome, reason = "ambiguous", str(error)
    except (GearUnusable, BadConfig) as error:
        outcome, reason = "paused", error.message
    except Refused as error:
        outcome, reason = "refused", error.message
    return outcome, reason, None


def _loops(one: Rule, chain: Sequence[str]) -> str | None:
    if len(chain) >= LONGEST_CHAIN:
        return f"The file is the result of {len(chain)} rules after each other; no more are started."
    times = chain.count(one.id)
    if times and not one.allow_repeat:
        return "The file is a result of this rule."
    if times >= REPEATS:
        return f"The file is the result of this rule {times} times over."
    return None


async def disable(connection: AsyncConnection, one: Rule) -> None:
    """No more runs until somebody enables it."""
    await connection.execute(
        update(rule)
        .where(rule.c.id == one.id)
        .values(disabled=True, modified_at=now(), revision=one.revision + 1)
    )


async def _recent(connection: AsyncConnection, one: Rule) -> int:
    since = now() - STORM_TIME
    started = select(firing.c.id).where(
        firing.c.rule_id == one.id, firing.c.outcome == "job", firing.c.at > since
    )
    found = await connection.execute(select(func.count()).select_from(started.limit(STORM).subquery()))
    return int(found.scalar_one())


async def _chains(connection: AsyncConnection, file_ids: Collection[str]) -> dict[str, list[str]]:
    rows = await connection.execute(select(file_chain).where(among(file_chain.c.file_id, file_ids)))
    return {row.file_id: list(row.rules) for row in rows}


async def _extend_chains(
    connection: AsyncConnection, changed: Sequence[File], changes: Mapping[str, _Change]
) -> None:
    """What a rule's run made or changed is a result of that rule, and of those its inputs are results of."""
    runs = {item.file_id: run for item in changed if (run := changes[item.file_id].job_id)}
    if not runs:
        return
    found = await connection.execute(
        select(job.c.id, job.c.rule_id, job.c.inputs).where(among(job.c.id, set(runs.values())))
    )
    jobs = {row.id: row for row in found}
    inputs = {entry["file_id"] for row in jobs.values() for entry in row.inputs}
    chains = await _chains(connection, inputs | set(runs))
    longer = []
    for file_id, run in runs.items():
        made_by = jobs.get(run)
        if made_by is None:
            continue
        above = max((chains.get(entry["file_id"], []) for entry in made_by.inputs), key=len, default=[])
        chain = [
            *max(above, chains.get(file_id, []), key=len),
            *([made_by.rule_id] if made_by.rule_id else []),
        ]
        if chain:
            longer.append({"file_id": file_id, "rules": chain[: LONGEST_CHAIN + 1]})
    if longer:
        made = upsert(file_chain).values(longer)
        await connection.execute(
            made.on_conflict_do_update(index_elements=["file_id"], set_={"rules": made.excluded.rules})
        )
