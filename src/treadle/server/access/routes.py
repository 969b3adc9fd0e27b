"""All endpoints of this room, fixed paths before those with ids."""

from __future__ import annotations

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
    routes_standing,
    routes_templates,
    routes_users,
)
from treadle.server.wire.routing import Router

router = Router()
for _part in (
    routes_login,
    routes_oidc,
    routes_passwords,
    routes_second_factor,
    routes_self,
    routes_standing,
    routes_users,
    routes_roles,
    routes_templates,
    routes_grants,
    routes_permissions,
    routes_devices,
    routes_reports,
):
    router.take(_part.router)
