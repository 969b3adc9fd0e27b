"""Which rows at all: those of the container a view runs on that the caller may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import collection_member, container
from treadle.server.search.views.plan import Plan


def needed_actions(plan: Plan) -> tuple[Action, ...]:
    """What the caller must hold in a project to see rows of it."""
    needed: list[Action] = ["containers_view_metadata", "data_views_view"]
    if plan.kind in ("file", "spec"):
        needed.append("files_view_metadata")
    if plan.reads_contents:
        needed.append("files_view_contents")
    if plan.has_analysis:
        needed.append("analyses_view_metadata")
    return tuple(needed)


def within(plan: Plan, base: Any, target: Container) -> ColumnElement[bool]:
    """SQL condition on the table that rows come from: those of the container."""
    if target.level == "collection":
        return _in_collection(plan, base, target.id)
    level = str(plan.deepest)
    if target.level == "analysis":
        if plan.kind == "file":
            return _same(base.c.analysis_id, target.id)
        return _same(base.c.id, target.id if plan.kind == "analysis" else getattr(target, f"{level}_id"))
    if plan.kind in ("container", "spec") and HIERARCHY.index(level) < HIERARCHY.index(target.level):
        return _same(base.c.id, getattr(target, f"{level}_id"))
    return _same(base.c[f"{target.level}_id"], target.id)


def _in_collection(plan: Plan, base: Any, collection_id: str) -> ColumnElement[bool]:
    members = select(collection_member.c.acquisition_id).where(
        collection_member.c.collection_id == collection_id
    )
    found: ColumnElement[bool]
    if plan.kind in ("file", "analysis") or plan.deepest == "acquisition":
        found = base.c.acquisition_id.in_(members)
    else:
        inner = container.alias("member")
        above = select(inner.c[f"{plan.deepest}_id"]).where(inner.c.id.in_(members))
        found = base.c.id.in_(above)
    return found


def visible(plan: Plan, base: Any, guard: Guard) -> list[ColumnElement[bool]]:
    """SQL conditions: rows of projects in which the caller holds every action; groups with such a project."""
    actions = needed_actions(plan)
    if plan.kind == "container" and plan.deepest == "group":
        inner = container.alias("visible")
        seen = select(inner.c.group_id).where(
            inner.c.level == "project",
            inner.c.deleted_at.is_(None),
            *(guard.allowed(inner.c.project_id, action) for action in actions),
        )
        return [true() if guard.identity.is_site_admin else base.c.id.in_(seen)]
    return [guard.allowed(base.c.project_id, action) for action in actions]


def _same(column: ColumnElement[Any], value: str | None) -> ColumnElement[bool]:
    return false() if value is None else column == value
