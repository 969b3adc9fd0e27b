"""Treadle's own: who may do what where and why, and what a change of permissions would touch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from treadle.server.access import previews, standing
from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.access.models import PreviewDocument, StandingDocument, StandingList
from treadle.server.access.standing import Spot, Standing
from treadle.server.access.users import get_user, user_id_of
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.wire import answer
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(prefix="/access", tags=["access"])

Where = Annotated[str, Query(description="id of a group, project or anything below, a collection or a file")]
Who = Annotated[str, Query(description="user id", alias="user")]
MOST = 1000


async def _spot(guard: Guard, container_id: str, user_id: str | None) -> Spot:
    """The place, when the caller may ask who may do what there; about oneself, when one sees it at all."""
    guard.decided()
    spot = await standing.find_spot(guard.connection, container_id)
    if spot is None:
        raise ContainerNotFound
    if guard.identity.is_site_admin:
        return spot
    own = guard.identity.kind == "user" and user_id == guard.identity.id
    if spot.decided_by == "project":
        await guard.require(*(() if own else ("project_permissions_view",)), project_id=spot.place_id)
    elif own:
        mine = await standing.standing_of(guard.connection, spot, guard.identity.id)
        if standing.seeing(spot) not in mine.may:
            raise ContainerNotFound
    elif spot.decided_by == "group":
        await guard.require_group(spot.place_id, "ro")
    else:
        await _require_shared(guard, spot)
    return spot


async def _require_shared(guard: Guard, spot: Spot) -> None:
    mine = await standing.standing_of(guard.connection, spot, guard.identity.id)
    if not mine.may:
        raise ContainerNotFound
    if "collection_manage" not in mine.may:
        raise Forbidden("Only who manages the collection may ask about others.")


def _document(spot: Spot, who: Standing) -> dict[str, Any]:
    return {
        "user": who.user_id,
        "name": who.name,
        "container": {"_id": spot.id, "level": spot.level, "label": spot.label},
        "sees": standing.seeing(spot) in who.may,
        "may": who.may,
        "through": [
            {"role": way.role, "role_id": way.role_id, "source": way.source, "actions": list(way.actions)}
            for way in who.ways
        ],
        "sentence": standing.sentence(spot, who),
    }


@router.get("/why", response_model=StandingDocument, summary="What may a user do here, and why?")
async def why(user: Who, container: Where, guard: ScopedGuard) -> Response:
    """Of oneself wherever one sees the place; of others for who may see its permissions."""
    user_id = user_id_of(user)
    spot = await _spot(guard, container, user_id)
    found = await get_user(guard.connection, user_id)
    return json_answer(_document(spot, await standing.standing_of(guard.connection, spot, found.id)))


@router.get("/who", response_model=StandingList, summary="Who may see this, and why?")
async def who(
    container: Where,
    guard: ScopedGuard,
    action: Annotated[str | None, Query(description="who holds this action; default: who sees it")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    after_id: Annotated[str | None, Query(description="users after this id")] = None,
) -> Response:
    """Enabled users by id, site administrators among them; always `{count, total, results}`."""
    spot = await _spot(guard, container, None)
    wanted = action or standing.seeing(spot)
    if wanted not in (*ALL_ACTIONS, *standing.actions_at(spot)):
        raise Invalid(f"There is no action '{wanted[:80]}'; GET /api/roles/actions lists them.")
    found, total = await standing.standings(
        guard.connection, spot, action=wanted, after_id=after_id, limit=limit
    )
    return answer.listing([_document(spot, one) for one in found], total=total, envelope=True)


@router.post("/preview", response_model=PreviewDocument, summary="What would a change of permissions touch?")
async def preview_change(body: ObjectBody, guard: ScopedGuard) -> Response:
    """Changes nothing. For who may make the change; `refused` says why it would not be made."""
    return json_answer(await previews.preview(guard, previews.read(body)))
