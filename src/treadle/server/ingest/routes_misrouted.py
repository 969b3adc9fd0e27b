"""Endpoints of the mis-routed worklist, its aliases, and the routing preview."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import Field

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import rights
from treadle.server.ingest import aliases, misrouted
from treadle.server.ingest.models import AliasDocument, MisroutedDocument, MovedDocument, RoutingPreview
from treadle.server.ingest.preview import preview
from treadle.server.ingest.sorting import move_parked
from treadle.server.wire.answer import Deleted, json_answer, listing
from treadle.server.wire.body import ObjectBody, Wire
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/connector", tags=["connector"])

_PAGE, _LARGEST_PAGE = 100, 1000


def _size(limit: str | None) -> int:
    return min(read_count(limit, "limit") or _PAGE, _LARGEST_PAGE)


@router.get("/misrouted", response_model=list[MisroutedDocument])
async def list_misrouted(
    guard: ScopedGuard,
    client: ClientDialect,
    limit: str | None = None,
    after_id: str | None = None,
    reason: str | None = None,
    device: str | None = None,
    search: str | None = None,
) -> Response:
    """Parked sessions the caller may sort, oldest first, with projects that may have been meant.

    `search` looks into labels, scanners and what was asked for (`group/project`); `alike` counts the other
    sessions on the whole list that asked for the same.
    """
    sieve = misrouted.Sieve(reason=reason, device=device, search=(search or "").strip())
    rows = await misrouted.list_parked(guard, sieve, limit=_size(limit), after_id=after_id)
    total = await misrouted.count_parked(guard, sieve) if client.envelope else None
    return listing([row.document() for row in rows], total=total, envelope=client.envelope)


class MoveRequest(Wire):
    """Where a parked session belongs."""

    project: str = Field(min_length=1)
    subject: str | None = Field(default=None, max_length=255)
    session: str | None = Field(default=None, max_length=255)
    remember_alias: bool = False
    also_same_string: bool = False


@router.post("/misrouted/{session_id}/move", response_model=MovedDocument)
async def move_misrouted(session_id: str, guard: ScopedGuard, body: ObjectBody) -> Response:
    """Move a parked session to a project; subject and label as given, else as they are.

    `also_same_string` moves up to 200 waiting sessions that asked for the same group and project, too; `next` is
    one of the `remaining`. `remember_alias` sends later ones there at once.
    """
    asked = MoveRequest.model_validate(body)
    done = await move_parked(
        guard,
        session_id,
        project_id=asked.project,
        subject=(asked.subject or "").strip() or None,
        label=(asked.session or "").strip() or None,
        remember_alias=asked.remember_alias,
        also_same_string=asked.also_same_string,
    )
    first = done.moved[0]
    return json_answer(
        {
            "modified": len(done.moved),
            "jobs_spawned": 0,
            "session": first.id,
            "parents": first.parents,
            "flags": (first.placement or {}).get("flags") or [],
            "alias": None if done.alias is None else aliases.alias_doc(done.alias),
            "remaining": done.remaining,
            "next": done.next,
        }
    )


class AliasRequest(Wire):
    """A mistyped group and project, and the project that is meant."""

    device: str | None = Field(default=None, max_length=255)
    group: str = Field(min_length=1, max_length=64)
    project: str | None = Field(default=None, max_length=255)
    to: str = Field(min_length=1)


@router.get("/aliases", response_model=list[AliasDocument])
async def list_aliases(guard: ScopedGuard, limit: str | None = None, after_id: str | None = None) -> Response:
    """Aliases that lead into groups the caller administers, oldest first."""
    rows = await aliases.list_aliases(guard, limit=_size(limit), after_id=after_id)
    return json_answer([aliases.alias_doc(row) for row in rows])


@router.post("/aliases", response_model=AliasDocument)
async def add_alias(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Let a mistyped group and project lead to a project; for site administrators."""
    asked = AliasRequest.model_validate(body)
    guard.require_site_admin()
    target = await rights.find(guard, asked.to, "containers_create_hierarchy", level="project")
    made = await aliases.remember(
        guard, group=asked.group.strip().lower(), project=asked.project, device=asked.device, target=target
    )
    return json_answer(aliases.alias_doc(made))


@router.delete("/aliases/{alias_id}", response_model=Deleted)
async def delete_alias(alias_id: str, guard: ScopedGuard) -> Response:
    """Forget an alias; sessions that came by it stay where they are."""
    await aliases.forget(guard, alias_id)
    return json_answer({"deleted": 1})


class PreviewRequest(Wire):
    """A routing string to be tried, or the values of a header, as one device would read them."""

    string: str = Field(default="", max_length=10_000)
    header: dict[str, str | list[str]] | None = Field(default=None, max_length=5000)
    device: str | None = Field(default=None, max_length=255)
    config: dict[str, Any] = Field(default_factory=dict)


@router.post("/routing/preview", response_model=RoutingPreview)
async def preview_routing(guard: ScopedGuard, body: ObjectBody) -> Response:
    """What a routing string would do: its parts, the target and similar names."""
    asked = PreviewRequest.model_validate(body)
    found = await preview(
        guard, string=asked.string, header=asked.header, device=asked.device, options=asked.config
    )
    return json_answer(found.document())
