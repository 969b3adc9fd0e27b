"""Lists of users, roles and devices: filter, sort and page in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.roles import role_columns
from treadle.server.access.tables import app_user, device, role
from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.wire.query import ListQuery

Lookup = Callable[[str], Field | None]

_PUBLIC_USER: Mapping[str, Field] = {
    "_id": Field(app_user.c.id, "text"),
    "firstname": Field(app_user.c.firstname, "text"),
    "lastname": Field(app_user.c.lastname, "text"),
    "email": Field(app_user.c.email, "text"),
    # All that one may type to find somebody.
    "search": Field(
        func.concat_ws(" ", app_user.c.firstname, app_user.c.lastname, app_user.c.email, app_user.c.id),
        "text",
    ),
    "avatar": Field(app_user.c.avatar, "text"),
    "roles": Field(app_user.c.roles, "text_list"),
    "root": Field(app_user.c.roles.contains(["site_admin"]), "boolean"),
    "disabled": Field(app_user.c.disabled, "boolean"),
}
_USER: Mapping[str, Field] = {
    **_PUBLIC_USER,
    "created": Field(app_user.c.created_at, "time"),
    "modified": Field(app_user.c.modified_at, "time"),
    "firstlogin": Field(app_user.c.first_login_at, "time"),
    "lastlogin": Field(app_user.c.last_login_at, "time"),
    "deleted": Field(app_user.c.deleted_at, "time"),
}
_ROLE: Mapping[str, Field] = {
    "_id": Field(role.c.id, "text"),
    "label": Field(role.c.label, "text"),
    "default_flywheel_role": Field(role.c.builtin, "text"),
    "actions": Field(role.c.actions, "text_list"),
    "created": Field(role.c.created_at, "time"),
    "modified": Field(role.c.modified_at, "time"),
}
_DEVICE: Mapping[str, Field] = {
    "_id": Field(device.c.id, "text"),
    "label": Field(device.c.label, "text"),
    "name": Field(func.coalesce(device.c.name, device.c.label), "text"),
    "type": Field(device.c.type, "text"),
    "method": Field(device.c.type, "text"),
    "version": Field(device.c.version, "text"),
    "interval": Field(device.c.interval_s, "integer"),
    "disabled": Field(device.c.disabled, "boolean"),
    "last_seen": Field(device.c.last_seen_at, "time"),
    "created": Field(device.c.created_at, "time"),
    "modified": Field(device.c.modified_at, "time"),
}


def _lookup(fields: Mapping[str, Field], documents: Mapping[str, ColumnElement[Any]]) -> Lookup:
    """Field names of a list; below a document any path may be named."""

    def find(name: str) -> Field | None:
        first, _, rest = name.partition(".")
        if rest and first in documents:
            return Field(documents[first][tuple(rest.split("."))], "json")
        return fields.get("_id" if name == "id" else name)

    return find


@dataclass(frozen=True)
class Source:
    """What is listed: the rows, their key, and what field names mean."""

    base: Select[Any]
    key: ColumnElement[Any]
    lookup: Lookup


def user_source(*, as_admin: bool, deleted: bool) -> Source:
    """Users; for everybody but administrators only the public fields exist."""
    base = select(app_user)
    if not deleted:
        base = base.where(app_user.c.deleted_at.is_(None))
    if not as_admin:
        return Source(base, app_user.c.id, _lookup(_PUBLIC_USER, {}))
    documents = {"info": app_user.c.info, "preferences": app_user.c.preferences}
    return Source(base, app_user.c.id, _lookup(_USER, documents))


def role_source() -> Source:
    """All roles."""
    return Source(select(*role_columns()), role.c.id, _lookup(_ROLE, {}))


def device_source() -> Source:
    """All devices."""
    base = select(device).where(device.c.deleted_at.is_(None))
    return Source(base, device.c.id, _lookup(_DEVICE, {"info": device.c.info}))


async def fetch(
    connection: AsyncConnection, source: Source, query: ListQuery, *, count: bool
) -> tuple[Sequence[Row[Any]], int | None]:
    """The page asked for and, if wanted, how many rows match in all."""
    chosen = source.base
    for condition in query.conditions:
        field = source.lookup(condition.field)
        chosen = chosen.where(
            false() if field is None else condition_sql(field, condition.operator, condition.values)
        )
    total = None
    if count:
        total = (await connection.execute(select(func.count()).select_from(chosen.subquery()))).scalar_one()
    if query.after_id:
        chosen = chosen.where(source.key > literal(query.after_id))
    for key in query.sort:
        if (field := source.lookup(key.name)) is not None:
            chosen = chosen.order_by(sort_sql(field, key.descending))
    chosen = chosen.order_by(source.key).limit(query.limit).offset(query.skip)
    return (await connection.execute(chosen)).all(), total
