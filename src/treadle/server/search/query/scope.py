"""What a caller may find: ids of projects and collections, asked once per search (search.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.tables import container


@dataclass(frozen=True)
class Scope:
    """Ids that may be read; None means all. Files and analyses need rights of their own beside the project's."""

    projects: Sequence[str] | None
    file_projects: Sequence[str] | None
    analysis_projects: Sequence[str] | None
    collections: Sequence[str] | None
    region_projects: Sequence[str] | None = (
        None  # where others' regions of interest are seen beside one's own
    )
    person: str = ""

    def of(self, level: str) -> Sequence[str] | None:
        """The projects whose objects of this level may be read."""
        own = {"file": self.file_projects, "analysis": self.analysis_projects, "region": self.region_projects}
        return own.get(level, self.projects)


EVERYTHING = Scope(None, None, None, None, None)


async def scope_of(guard: Guard) -> Scope:
    """What the caller holds roles for, even as site administrator."""
    metadata = await _projects(guard, "containers_view_metadata")
    readable = set(metadata)
    files = [one for one in await _projects(guard, "files_view_metadata") if one in readable]
    analyses = [one for one in await _projects(guard, "analyses_view_metadata") if one in readable]
    collections = await _ids(guard, "collection", rights.visible_collections(guard, container.c.id))
    regions = [one for one in await _projects(guard, "annotations_view_others") if one in readable]
    return Scope(metadata, files, analyses, collections, regions, guard.identity.person)


async def _projects(guard: Guard, action: Action) -> list[str]:
    return await _ids(guard, "project", guard.allowed(container.c.id, action, exhaustive=False))


async def _ids(guard: Guard, level: str, condition: ColumnElement[bool]) -> list[str]:
    found = await guard.connection.execute(
        select(container.c.id).where(container.c.level == level, container.c.deleted_at.is_(None), condition)
    )
    return sorted(found.scalars())
