"""Which UIDs exist already: importers ask before they send (api.md 17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Invalid

MOST = 100_000
_LEVELS = {"sessions": "session", "acquisitions": "acquisition"}


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Invalid(f"'{name}' must be a list of texts.")
    if len(value) > MOST:
        raise Invalid(f"'{name}' has at most {MOST:,} entries.")
    return value


def _wanted(body: Mapping[str, Any]) -> dict[str, list[str]]:
    wanted = {name: found for name in _LEVELS if (found := _texts(body, name))}
    if not wanted:
        raise Invalid("Give 'sessions' or 'acquisitions': lists of UIDs.")
    return wanted


def _projects(body: Mapping[str, Any]) -> list[str]:
    one = body.get("project_id")
    if one is not None and not isinstance(one, str):
        raise Invalid("'project_id' must be an id.")
    return [*_texts(body, "project_ids"), *([one] if one else [])]


async def _rows(guard: Guard, body: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Plural, project and UID of every hit the caller may see."""
    guard.decided()
    found: list[tuple[str, str, str]] = []
    projects = _projects(body)
    for plural, asked in _wanted(body).items():
        scope: ColumnElement[bool] = guard.allowed(container.c.project_id)
        if projects:
            scope &= container.c.project_id.in_(projects)
        rows = await guard.connection.execute(
            select(container.c.project_id, container.c.uid)
            .where(container.c.uid.in_(asked), container.c.level == _LEVELS[plural], queries.LIVE, scope)
            .distinct()
            .order_by(container.c.project_id, container.c.uid)
        )
        found += [(plural, row.project_id, row.uid) for row in rows]
    return found


async def existing(guard: Guard, body: Mapping[str, Any]) -> dict[str, list[str]]:
    """The UIDs that exist."""
    found: dict[str, dict[str, None]] = {name: {} for name in _LEVELS}
    for plural, _, uid in await _rows(guard, body):
        found[plural][uid] = None
    return {name: list(known) for name, known in found.items()}


async def existing_by_project(guard: Guard, body: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The UIDs that exist, by project."""
    found: dict[str, dict[str, list[str]]] = {}
    for plural, project_id, uid in await _rows(guard, body):
        found.setdefault(project_id, {name: [] for name in _LEVELS})[plural].append(uid)
    return found
