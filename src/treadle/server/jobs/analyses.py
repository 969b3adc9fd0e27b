"""Analyses that runs make: on their container before the run begins, so that one sees what is coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.containers import clean_label, create_container
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import analysis_input
from treadle.server.gears.queries import Gear


@dataclass(frozen=True, kw_only=True)
class NewAnalysis:
    """What people say of an analysis."""

    label: str
    description: str | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()


# A job's id, its gear, the container to hang the analysis on, the analysis, inputs by name, the provider.
Wanted = tuple[str, Gear, Container, NewAnalysis | None, Mapping[str, File], str | None]


async def make_analyses(
    connection: AsyncConnection, wanted: Sequence[Wanted], *, origin: tuple[str, str | None]
) -> dict[str, Container]:
    """The new analyses by job."""
    made = {}
    pins = []
    for job_id, gear, parent, said, files, provider in wanted:
        if said is None:
            continue
        made[job_id] = await create_container(
            connection,
            level="analysis",
            parent=parent,
            label=clean_label(said.label),
            fields={
                "description": said.description,
                "info": said.info,
                "tags": list(said.tags),
                "job": job_id,
                "gear_info": gear.info,
                "compute_provider_id": provider,
            },
            origin=origin,
        )
        pins += [
            {"analysis_id": made[job_id].id, "position": position, "file_version_id": item.id}
            for position, item in enumerate(files.values())
        ]
    if pins:
        await connection.execute(insert(analysis_input), pins)
    return made
