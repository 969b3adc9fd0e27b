"""Lists of this room's own documents: filtered, sorted and paged in SQL like all others (api.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Response
from sqlalchemy import Row, Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.wire.answer import listing
from treadle.server.wire.dialect import Client
from treadle.server.wire.query import ListQuery


async def page_of(
    connection: AsyncConnection,
    chosen: Select[Any],
    fields: Mapping[str, Field],
    query: ListQuery,
    client: Client,
    document: Callable[[Row[Any]], dict[str, Any]],
) -> Response:
    """The asked page of the chosen rows; `fields` names what filters and sorts may use, `_id` among them."""
    for condition in query.conditions:
        field = fields.get(condition.field)
        chosen = chosen.where(
            false() if field is None else condition_sql(field, condition.operator, condition.values)
        )
    total = None
    if client.envelope:
        counted = select(func.count()).select_from(chosen.subquery())
        total = (await connection.execute(counted)).scalar_one()
    key = fields["_id"].expression
    if query.after_id:
        chosen = chosen.where(key > query.after_id)
    for wanted in query.sort:
        if (field := fields.get(wanted.name)) is not None:
            chosen = chosen.order_by(sort_sql(field, wanted.descending))
    rows = await connection.execute(chosen.order_by(key).limit(query.limit).offset(query.skip))
    return listing([document(row) for row in rows], total=total, envelope=client.envelope)
