"""Rules out of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.rules.errors import RuleMissing
from treadle.server.rules.tables import rule

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a project, or of the site when it has none."""

    id: str
    project_id: str | None
    gear_id: str
    role_id: str | None
    name: str
    config: Json
    fixed_inputs: Sequence[Json]
    triggering_input: str | None
    priority: int
    auto_update: bool
    allow_repeat: bool
    reuse: bool
    disabled: bool
    any: Sequence[Json]
    all: Sequence[Json]
    # `not` is a word of Python.
    none: Sequence[Json]
    compute_provider_id: str | None
    tags: Sequence[str]
    revision: int
    modified_by: str | None
    created_at: datetime
    modified_at: datetime

    @property
    def conditions(self) -> dict[str, Sequence[Json]]:
        """As `match.matches` reads them."""
        return {"any": self.any, "all": self.all, "not": self.none}


_NAMES = {one.name: "not" if one.name == "none" else one.name for one in fields(Rule)}


def as_rule(row: Row[Any]) -> Rule:
    """The rule of a row."""
    return Rule(**{name: row._mapping[rule.c[column]] for name, column in _NAMES.items()})


async def get_rule(
    connection: AsyncConnection, rule_id: str, *, project_id: str | None, lock: bool = False
) -> Rule:
    """The rule of this project or, without one, of the site."""
    query = select(rule).where(rule.c.id == rule_id, rule.c.project_id.is_not_distinct_from(project_id))
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise RuleMissing
    return as_rule(row)


async def rules_of(
    connection: AsyncConnection, project_id: str | None, *, active: bool = False
) -> list[Rule]:
    """All of a project or of the site, the oldest first."""
    query = select(rule).where(rule.c.project_id.is_not_distinct_from(project_id))
    if active:
        query = query.where(~rule.c.disabled)
    return [as_rule(row) for row in await connection.execute(query.order_by(rule.c.id))]
