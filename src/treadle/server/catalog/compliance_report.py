"""What a session has and lacks, template by template: the checklist and the try-out before saving (web.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.compliance import Check, check, verdict
from treadle.server.catalog.session_templates import Template
from treadle.server.catalog.tables import container


async def checklists(
    connection: AsyncConnection,
    templates: Sequence[Template],
    scope: ColumnElement[bool],
    *,
    limit: int,
    after: str,
) -> list[dict[str, Any]]:
    """The sessions of the scope (a condition on the container table) with what each requirement found."""
    session = container
    checks = [check(template, session) for template in templates]
    columns = [
        session.c.id,
        session.c.label,
        session.c.doc["satisfies_template"].as_boolean().label("now"),
        *(column for number, one in enumerate(checks) for column in _columns(number, one)),
    ]
    rows = await connection.execute(
        select(*columns).where(_sessions(scope), session.c.id > after).order_by(session.c.id).limit(limit)
    )
    return [_row(row, checks) for row in rows]


async def would_change(
    connection: AsyncConnection, templates: Sequence[Template], scope: ColumnElement[bool]
) -> dict[str, int]:
    """How many sessions there are, how many would satisfy a template, and how many verdicts would change."""
    known = container.c.doc["satisfies_template"].as_boolean()
    judged = (
        select(known.label("now"), verdict(templates, container).label("then"))
        .where(_sessions(scope))
        .subquery()
    )
    row = (
        await connection.execute(
            select(
                func.count().label("sessions"),
                func.count().filter(judged.c.then).label("satisfied"),
                func.count().filter(judged.c.now.is_distinct_from(judged.c.then)).label("changes"),
            ).select_from(judged)
        )
    ).one()
    return {"sessions": row.sessions, "satisfied": row.satisfied, "changes": row.changes}


def _sessions(scope: ColumnElement[bool]) -> ColumnElement[bool]:
    return (container.c.level == "session") & container.c.deleted_at.is_(None) & scope


def _columns(number: int, one: Check) -> list[Any]:
    counts = [each.found.label(f"t{number}_{index}") for index, each in enumerate(one.requirements)]
    return [one.matches.label(f"t{number}"), *counts]


def _row(row: Any, checks: Sequence[Check]) -> dict[str, Any]:
    values = row._mapping
    shown = [_template(values, number, one) for number, one in enumerate(checks)]
    return {
        "_id": row.id,
        "label": row.label,
        "satisfies_template": row.now,
        "would_satisfy": any(item["met"] for item in shown),
        "templates": shown,
    }


def _template(values: Any, number: int, one: Check) -> dict[str, Any]:
    acquisitions = []
    for index, each in enumerate(one.requirements):
        found, least, most = values[f"t{number}_{index}"], each.wanted["minimum"], each.wanted.get("maximum")
        met = found >= least and (most is None or found <= most)
        about = {name: each.wanted.get(name) for name in ("label", "tags")}
        acquisitions.append({**about, "minimum": least, "maximum": most, "found": found, "met": met})
    matches = bool(values[f"t{number}"])
    met = matches and all(item["met"] for item in acquisitions)
    return {"matches": matches, "met": met, "acquisitions": acquisitions}
