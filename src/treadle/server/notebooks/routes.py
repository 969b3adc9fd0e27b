"""Projects handed over to Jupyter (gears.md 14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request, Response
from pydantic import Field

from treadle.server.access.guard import ScopedGuard
from treadle.server.access.wire import key_text
from treadle.server.catalog import rights
from treadle.server.kit.settings import Settings
from treadle.server.notebooks.keys import notebook_key
from treadle.server.notebooks.notebook import file_name, notebook_of
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody, Wire
from treadle.server.wire.http import public_base
from treadle.server.wire.model import Model
from treadle.server.wire.routing import Router

router = Router(tags=["notebooks"])


class NotebookInput(Wire):
    """What the key may do."""

    read_only: bool = False


class HandOver(Model):
    """A notebook for a project, and the key for it."""

    name: str = Field(description="of the notebook as a file")
    notebook: dict[str, Any] = Field(description="a Jupyter document; it holds no key")
    key: str = Field(description="as the official SDK takes it; shown only here")
    expires: datetime
    url: str | None = Field(description="where the site's Jupyter is, if it has one")


@router.post("/projects/{id}/notebook", response_model=HandOver, operation_id="make_project_notebook")
async def make_notebook(request: Request, guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """A notebook that begins with this project, and a key of the caller's for it that soon ends."""
    settings: Settings = request.app.state.settings
    wanted = NotebookInput.model_validate(body)
    project = await rights.find(guard, id, level="project")
    owner = guard.require_account()
    made = await notebook_key(
        guard.connection,
        owner,
        project.id,
        hours=settings.notebooks.key_hours,
        read_only=wanted.read_only,
    )
    told = {"user": {"id": owner}, "key": {"id": made.key.id}, "project": {"id": project.id}}
    await guard.record("key_created", told)
    return json_answer(
        {
            "name": file_name(project),
            "notebook": notebook_of(project),
            "key": key_text(public_base(request), made.secret),
            "expires": stamp(made.key.expires_at),
            "url": settings.notebooks.url,
        }
    )
