"""Analyses that runs make: on their container before the run begins, so that one sees what is coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.analyses import create_analyses
from treadle.server.catalog.rows import Container, File
from treadle.server.gears.queries import Gear


@dataclass(frozen=True, kw_only=True)
class NewAnalysis:
    """What people say of an analysis."""

    label: str
    description: str | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()


# A job's id, its gear, the container to hang the analysis on, the analysis, inputs, the provider.
Wanted = tuple[str, Gear, Container, NewAnalysis | None, Sequence[File], str | None]


async def make_analyses(
    connection: AsyncConnection, wanted: Sequence[Wanted], *, origin: tuple[str, str | None]
) -> dict[str, Container]:
    """The new analyses by job."""
    asked = [one for one in wanted if one[3] is not None]
    made = await create_analyses(
        connection,
        [
            (
                parent,
                {**_said(said), "job": job_id, "gear_info": gear.info, "compute_provider_id": provider},
                files,
            )
            for job_id, gear, parent, said, files, provider in asked
            if said is not None
        ],
        origin=origin,
    )
    return {one[0]: analysis for one, analysis in zip(asked, made, strict=True)}


def _said(said: NewAnalysis) -> dict[str, Any]:
    return {
        "label": said.label,
        "description": said.description,
        "info": said.info,
        "tags": list(said.tags),
    }
