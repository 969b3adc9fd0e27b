"""Roles, their catalogue of actions, and the groups' pools."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from treadle.server.access import dialect, listing, places
from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.guard import AdminGuard, ScopedGuard, UserGuard
from treadle.server.access.models import ActionDocument, RoleDocument, RoleUses
from treadle.server.access.role_uses import role_uses
from treadle.server.access.roles import (
    ANALYSES,
    IMPLIED,
    REQUIRED,
    add_to_pool,
    as_role,
    change_role,
    create_role,
    delete_role,
    get_role,
    pool_of,
    remove_from_pool,
)
from treadle.server.access.wire import PoolInput, RoleChange, RoleInput, role_doc
from treadle.server.kit.errors import NotFound
from treadle.server.wire import answer
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing
from treadle.server.wire.routing import Router

router = Router(tags=["roles"])


@router.get("/roles", response_model=list[RoleDocument], summary="All roles")
async def list_roles(query: Listing, client: ClientDialect, guard: UserGuard) -> Response:
    """Actions are named as the client's version knows them."""
    rows, total = await listing.fetch(guard.connection, listing.role_source(), query, count=client.envelope)
    documents = [role_doc(as_role(row), client) for row in rows]
    return answer.listing(documents, total=total, envelope=client.envelope)


def _action(name: str) -> dict[str, Any]:
    return {
        "action": name,
        "label": name.replace("_", " ").capitalize(),
        "group": "containers" if name == "copy_by_reference" else name.partition("_")[0],
        "required": name in REQUIRED,
        "removable": name == ANALYSES or name not in REQUIRED,
        "implies": [IMPLIED[name]] if name in IMPLIED else [],
    }


@router.get("/roles/actions", response_model=list[ActionDocument], summary="What roles can allow")
async def list_actions(client: ClientDialect, guard: UserGuard) -> Response:
    """The catalogue in the order of its documentation."""
    guard.decided()
    known = set(dialect.shown(ALL_ACTIONS, client.major))
    return json_answer([_action(name) for name in ALL_ACTIONS if name in known])


@router.get("/roles/{role_id}", response_model=RoleDocument, summary="One role")
async def get_one_role(role_id: str, client: ClientDialect, guard: UserGuard) -> Response:
    """By its id."""
    return json_answer(role_doc(await get_role(guard.connection, role_id), client))


@router.post("/roles", response_model=RoleDocument, summary="Add a role")
async def add_role(body: ObjectBody, client: ClientDialect, guard: AdminGuard) -> Response:
    """Action names of every client version are read; required ones are added."""
    wanted = RoleInput.model_validate(body)
    made = await create_role(guard.connection, label=wanted.label, actions=dialect.read(wanted.actions))
    await guard.record("role_change", {"role": {"id": made.id, "label": made.label}})
    return json_answer(role_doc(made, client))


@router.put("/roles/{role_id}", response_model=RoleDocument, summary="Change a role")
async def put_role(role_id: str, body: ObjectBody, client: ClientDialect, guard: AdminGuard) -> Response:
    """At once for everybody who has it; what an older client cannot see stays as it is."""
    wanted = RoleChange.model_validate(body)
    stored = await get_role(guard.connection, role_id, lock=True)
    actions = wanted.actions
    changed = await change_role(
        guard.connection,
        role_id,
        label=wanted.label,
        actions=None if actions is None else dialect.read_update(actions, stored.actions, client.major),
    )
    await guard.record("role_change", {"role": {"id": changed.id, "label": changed.label}})
    return json_answer(role_doc(changed, client))


@router.delete("/roles/{role_id}", response_model=Deleted, summary="Delete a role")
async def remove_role(role_id: str, guard: AdminGuard) -> Response:
    """Only when nobody has it."""
    gone = await delete_role(guard.connection, role_id)
    await guard.record("role_change", {"role": {"id": gone.id, "label": gone.label}})
    return json_answer({"deleted": 1})


@router.get("/x/roles/{role_id}/uses", response_model=RoleUses, summary="Where a role is used")
async def get_role_uses(role_id: str, guard: AdminGuard) -> Response:
    """Whom a change of the role reaches, and which groups may give it."""
    found = await get_role(guard.connection, role_id)
    return json_answer(await role_uses(guard.connection, found.id))


@router.get("/groups/{group_id}/roles", response_model=list[RoleDocument], summary="A group's roles")
async def list_pool(group_id: str, client: ClientDialect, guard: ScopedGuard) -> Response:
    """The roles its projects may assign, besides the built-in ones."""
    await guard.require_group(group_id, "ro")
    await places.get_group(guard.connection, group_id)
    return json_answer([role_doc(found, client) for found in await pool_of(guard.connection, group_id)])


@router.post("/groups/{group_id}/roles", response_model=RoleDocument, summary="Add a role to a group")
async def add_pool_role(
    group_id: str, body: ObjectBody, client: ClientDialect, guard: AdminGuard
) -> Response:
    """Lets the group's projects assign it."""
    wanted = PoolInput.model_validate(body)
    group = await places.get_group(guard.connection, group_id, lock=True)
    added = await add_to_pool(guard.connection, group.id, wanted.id)
    await guard.record("role_change", _pool_context(group, added.id))
    return json_answer(role_doc(added, client))


@router.get(
    "/groups/{group_id}/roles/{role_id}", response_model=RoleDocument, summary="One of a group's roles"
)
async def get_pool_role(group_id: str, role_id: str, client: ClientDialect, guard: ScopedGuard) -> Response:
    """404 when the group does not have it."""
    await guard.require_group(group_id, "ro")
    await places.get_group(guard.connection, group_id)
    for found in await pool_of(guard.connection, group_id):
        if found.id == role_id:
            return json_answer(role_doc(found, client))
    raise NotFound("The group does not have this role.")


@router.delete(
    "/groups/{group_id}/roles/{role_id}", response_model=Deleted, summary="Take a role from a group"
)
async def remove_pool_role(group_id: str, role_id: str, guard: AdminGuard) -> Response:
    """Only when neither its template nor a project uses it."""
    group = await places.get_group(guard.connection, group_id, lock=True)
    projects = await places.lock_projects_of(guard.connection, group.id)
    await remove_from_pool(guard.connection, group.id, role_id, project_ids=projects)
    await guard.record("role_change", _pool_context(group, role_id))
    return json_answer({"deleted": 1})


def _pool_context(group: places.Place, role_id: str) -> dict[str, Any]:
    return {"group": {"id": group.id, "label": group.label}, "role": {"id": role_id}}
