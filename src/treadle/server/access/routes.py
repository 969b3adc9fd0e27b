"""All endpoints of this room, fixed paths before those with ids."""

from __future__ import annotations

from fastapi import APIRouter

from treadle.server.access import (
    routes_devices,
    routes_grants,
    routes_login,
    routes_oidc,
    routes_passwords,
    routes_permissions,
    routes_reports,
    routes_roles,
    routes_second_factor,
    routes_self,
    routes_templates,
    routes_users,
)

router = APIRouter()
for _part in (
    routes_login,
    routes_oidc,
    routes_passwords,
    routes_second_factor,
    routes_self,
    routes_users,
    routes_roles,
    routes_templates,
    routes_grants,
    routes_permissions,
    routes_devices,
    routes_reports,
):
    router.include_router(_part.router)
