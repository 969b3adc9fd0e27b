"""Lists of gears: the newest of each series, or all versions; filter, sort and page in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, false, func, literal, select, true
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.gears.queries import Gear, as_gear, latest_ids, selected
from treadle.server.gears.tables import gear
from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.wire.query import ListQuery

_MANIFEST: ColumnElement[Any] = cast(gear.c.manifest, JSONB)
_FIELDS = {
    "_id": Field(gear.c.id, "text"),
    "id": Field(gear.c.id, "text"),
    "category": Field(gear.c.category, "text"),
    "created": Field(gear.c.created_at, "time"),
    "modified": Field(gear.c.modified_at, "time"),
    "disabled": Field(gear.c.disabled_at, "time"),
    "gear.name": Field(gear.c.name, "text"),
    "gear.version": Field(gear.c.version, "text"),
}
_SORTED = {"gear.version": Field(gear.c.version_key, "text")}
_DOCUMENTS = {"gear": _MANIFEST, "exchange": gear.c.exchange}


@dataclass(frozen=True)
class Wanted:
    """Which gears a list is about."""

    usable: ColumnElement[bool]  # of their series
    all_versions: bool = False
    include_invalid: bool = False
    include_disabled: bool = False
    single_input: bool = False

    @property
    def condition(self) -> ColumnElement[bool]:
        """As SQL."""
        every = [self.usable]
        if not self.all_versions:
            every.append(gear.c.id.in_(latest_ids(include_invalid=self.include_invalid)))
        if not self.include_disabled:
            every.append(gear.c.disabled_at.is_(None))
        if not self.include_invalid:
            every.append(~gear.c.invalid)
        if self.single_input:
            every.append(_single_input())
        return and_(true(), *every)


def _single_input() -> ColumnElement[bool]:
    """One file is all that a run has to be given."""
    required = '$.inputs.keyvalue() ? (@.value.base == "file" && !(@.value.optional == true))'
    inputs = func.jsonb_path_query_array(_MANIFEST, cast(literal(required), JSONPATH))
    return func.jsonb_array_length(inputs) == 1


def _field(name: str) -> Field | None:
    head, _, rest = name.partition(".")
    if name not in _FIELDS and rest and head in _DOCUMENTS:
        return Field(_DOCUMENTS[head][tuple(rest.split("."))], "json")
    return _FIELDS.get(name)


async def list_gears(
    connection: AsyncConnection, wanted: Wanted, query: ListQuery, *, count: bool
) -> tuple[Sequence[Gear], int | None]:
    """The page asked for and, if wanted, how many match in all."""
    chosen: Select[Any] = selected().where(wanted.condition)
    for condition in query.conditions:
        field = _field(condition.field)
        chosen = chosen.where(
            false() if field is None else condition_sql(field, condition.operator, condition.values)
        )
    total = None
    if count:
        matching = chosen.with_only_columns(gear.c.id).subquery()
        total = (await connection.execute(select(func.count()).select_from(matching))).scalar_one()
    if query.after_id:
        chosen = chosen.where(gear.c.id > literal(query.after_id))
    for key in query.sort:
        if (field := _SORTED.get(key.name) or _field(key.name)) is not None:
            chosen = chosen.order_by(sort_sql(field, key.descending))
    chosen = chosen.order_by(gear.c.id).limit(query.limit).offset(query.skip)
    return [as_gear(row) for row in await connection.execute(chosen)], total
