"""The site's catalogue: projects whose settings share them, with what everybody may know of them (api.md 6.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog import queries
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container, file

_SHARING = container.c.doc["settings"]["sharing"]
SHARED = container.c.doc["settings"]["sharing"]["share_level"].astext.in_(("high_level", "full_ro_access"))
_LISTS = ("therapeutic_areas", "body_regions", "organ_systems")
_SHOWN = (*_LISTS, "project_institutions", "project_contacts")


async def documents(connection: AsyncConnection, projects: Sequence[Container]) -> list[dict[str, Any]]:
    """The catalogue's entries of these projects."""
    ids = [project.id for project in projects]
    counts = await queries.project_stats(connection, ids)
    kinds = await _kinds(connection, ids)
    shown = []
    for project in projects:
        sharing = (project.doc.get("settings") or {}).get("sharing") or {}
        shown.append(
            {
                "id": project.id,
                "label": project.label,
                "tags": project.tags,
                "summary": sharing.get("summary"),
                **{name: sharing.get(name) or [] for name in _SHOWN},
                "stats": {"number_of": counts[project.id], "age_groups": [], **kinds[project.id]},
            }
        )
    return shown


async def _kinds(connection: AsyncConnection, project_ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """File types, modalities and measurements that occur in each project."""
    found: dict[str, dict[str, list[str]]] = defaultdict(
        lambda: {"file_types": [], "modalities": [], "measurements": []}
    )
    live = (file.c.project_id.in_(project_ids), queries.LIVE_FILE)
    for name, value in (("file_types", file.c.type), ("modalities", file.c.modality)):
        rows = select(file.c.project_id, value.label("word")).where(*live, value.is_not(None)).distinct()
        for row in await connection.execute(rows.order_by("project_id", "word")):
            found[row.project_id][name].append(row.word)
    is_list = func.jsonb_typeof(file.c.classification["Measurement"]) == "array"
    chosen = select(file.c.project_id, file.c.classification).where(*live, is_list).subquery()
    words = func.jsonb_array_elements_text(chosen.c.classification["Measurement"]).label("word")
    for row in await connection.execute(select(chosen.c.project_id, words).distinct().order_by("word")):
        found[row.project_id]["measurements"].append(row.word)
    return found


async def options(connection: AsyncConnection) -> dict[str, list[str]]:
    """The words that occur in the catalogue's entries, for its filters."""
    shared = (container.c.level == "project") & queries.LIVE & SHARED
    found: dict[str, list[str]] = {}
    for name in _LISTS:
        chosen = (
            select(_SHARING[name].label("words"))
            .where(shared, func.jsonb_typeof(_SHARING[name]) == "array")
            .subquery()
        )
        words = select(func.jsonb_array_elements_text(chosen.c.words)).distinct()
        found[name] = sorted((await connection.execute(words)).scalars())
    tags = select(func.unnest(container.c.tags)).where(shared).distinct()
    found["tags"] = sorted((await connection.execute(tags)).scalars())
    ids = (await connection.execute(select(container.c.id).where(shared))).scalars().all()
    kinds = (await _kinds(connection, ids)).values()
    for name in ("file_types", "modalities", "measurements"):
        found[name] = sorted({word for kind in kinds for word in kind[name]})
    return {**found, "age_groups": []}
