"""Rules written: made, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, update

from treadle.server.access.guard import Guard
from treadle.server.catalog.rows import Container
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.kit.ids import new_id
from treadle.server.rules.body import check_rule, read_rule
from treadle.server.rules.rows import Rule, get_rule
from treadle.server.rules.tables import rule


async def add_rule(guard: Guard, body: Mapping[str, Any], project: Container | None) -> Rule:
    """A new rule. What cannot run yet is kept disabled until it is complete; so are templates, unless said."""
    values = await read_rule(guard, body)
    missing = await check_rule(guard, values, project)
    if project is None:
        values.setdefault("disabled", True)
    if missing is not None:
        values["disabled"] = True
    rule_id = new_id()
    await guard.connection.execute(
        insert(rule).values(
            id=rule_id,
            project_id=project.id if project else None,
            modified_by=guard.identity.id,
            **values,
        )
    )
    return await get_rule(guard.connection, rule_id, project_id=project.id if project else None)


async def change_rule(guard: Guard, rule_id: str, body: Mapping[str, Any], project: Container | None) -> Rule:
    """The rule with the given parts changed; enabling one that cannot run is refused with what it lacks."""
    project_id = project.id if project else None
    old = await get_rule(guard.connection, rule_id, project_id=project_id, lock=True)
    given = await read_rule(guard, body)
    after = {**_columns(old), **given}
    missing = await check_rule(guard, after, project)
    if missing is not None and not after["disabled"]:
        if given.get("disabled") is False:
            raise Invalid(f"The rule cannot be enabled yet: {missing}")
        given["disabled"] = True
    await guard.connection.execute(
        update(rule)
        .where(rule.c.id == rule_id)
        .values(**given, revision=old.revision + 1, modified_at=now(), modified_by=guard.identity.id)
    )
    return await get_rule(guard.connection, rule_id, project_id=project_id)


async def remove_rule(guard: Guard, rule_id: str, project: Container | None) -> None:
    """The rule and its history are gone; its jobs stay."""
    found = await get_rule(guard.connection, rule_id, project_id=project.id if project else None, lock=True)
    await guard.connection.execute(delete(rule).where(rule.c.id == found.id))


def _columns(one: Rule) -> dict[str, Any]:
    names = ("gear_id", "name", "config", "fixed_inputs", "role_id", "triggering_input", "disabled")
    return {**{name: getattr(one, name) for name in names}, **one.conditions}
