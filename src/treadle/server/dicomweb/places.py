"""Where a DICOMweb request looks: one project, or everything the caller may read."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import ColumnElement, and_

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.tables import file
from treadle.server.wire.http import public_base

ROOTS = ("/dicomweb", "/dicomweb/projects/{project_id}")


@dataclass(frozen=True)
class Place:
    """The base of a request, and the condition on files that it and the caller's rights make."""

    base: str  # address, without a slash at the end
    files: ColumnElement[bool]

    def address(self, *uids: str) -> str:
        """The address of a study, series or instance."""
        words = (
            f"{level}/{uid}" for level, uid in zip(("studies", "series", "instances"), uids, strict=False)
        )
        return "/".join((self.base, *words))


async def find_place(request: Request, guard: Guard, *actions: Action) -> Place:
    """The place a request names, when the caller may do this there; site-wide, only files where they may."""
    project_id = request.path_params.get("project_id")
    base = f"{public_base(request)}/api/dicomweb"
    shown = file.c.analysis_id.is_(None) | guard.allowed(file.c.project_id, "analyses_view_metadata")
    if project_id is not None:
        await guard.require(*actions, project_id=project_id)
        return Place(f"{base}/projects/{project_id}", and_(LIVE_FILE, shown, file.c.project_id == project_id))
    readable = (guard.allowed(file.c.project_id, action) for action in ("containers_view_metadata", *actions))
    return Place(base, and_(LIVE_FILE, shown, file.c.project_id.is_not(None), *readable))
