"""Names like those that were typed, among what somebody may see: suggestions, never corrections."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import close_matches
from treadle.dicom.target import UNSORTED
from treadle.server.catalog.queries import LIVE
from treadle.server.catalog.tables import container
from treadle.server.ingest import queries
from treadle.server.ingest.parking import Sight

Typed = tuple[str, str | None]  # group, project


@dataclass(frozen=True)
class Suggestion:
    """A group and project that may have been meant; without an id the group alone is similar."""

    group: str
    project: str
    project_id: str | None = None

    def names(self) -> dict[str, str]:
        """What a routing string would say."""
        return {"group": self.group, "project": self.project}

    def document(self) -> dict[str, str | None]:
        """With the id to move to."""
        return {**self.names(), "_id": self.project_id}


async def suggest(
    connection: AsyncConnection, typed: Collection[Typed], sight: Sight
) -> dict[Typed, list[Suggestion]]:
    """For each of the typed names the similar ones, best first; three queries however many there are."""
    if not typed:
        return {}
    groups = await queries.group_ids(connection, sight.groups)
    near = {
        group: [group] if group in groups else close_matches(group, groups)
        for group in {it[0] for it in typed}
    }
    projects = await _projects(connection, {name for names in near.values() for name in names}, sight)
    return {item: _similar(item, near[item[0]], projects) for item in typed}


async def _projects(
    connection: AsyncConnection, groups: set[str], sight: Sight
) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {group: [] for group in groups}
    rows = await connection.execute(
        select(container.c.group_id, container.c.label, container.c.id)
        .where(
            container.c.level == "project",
            container.c.group_id.in_(groups),
            container.c.label != UNSORTED,
            LIVE,
            sight.projects,
        )
        .order_by(container.c.created_at, container.c.id)
    )
    for group, label, project_id in rows:
        found[group].append((label, project_id))
    return found


def _similar(typed: Typed, groups: list[str], projects: dict[str, list[tuple[str, str]]]) -> list[Suggestion]:
    wanted_group, wanted = typed
    found = []
    for group in groups:
        ids = dict(reversed(projects[group]))  # of equal labels the oldest
        labels = close_matches(wanted, ids) if wanted else []
        found += [Suggestion(group, label, ids[label]) for label in labels]
        if not labels and group != wanted_group:
            found.append(Suggestion(group, wanted or ""))
    return found
