"""What a fresh site needs: built-in roles, a first administrator, the first devices."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.devices import Device, create_device, list_devices
from treadle.server.access.keys import NewKey, create_key
from treadle.server.access.passwords import hash_password
from treadle.server.access.roles import ensure_builtin_roles
from treadle.server.access.users import User, create_user, find_user

__all__ = [
    "admin_exists",
    "ensure_admin",
    "ensure_builtin_roles",
    "ensure_device",
    "new_device_key",
    "new_user_key",
]


async def ensure_admin(connection: AsyncConnection, email: str, password: str) -> User:
    """The administrator of this address; made with this password when there is none of that name."""
    found = await find_user(connection, email)
    if found is not None:
        return found
    return await create_user(
        connection,
        email,
        {
            "firstname": "Site",
            "lastname": "Administrator",
            "roles": ["user", "site_admin"],
            "password_hash": await hash_password(password),
        },
    )


async def admin_exists(connection: AsyncConnection, email: str) -> bool:
    """Whether the first administrator was made."""
    return await find_user(connection, email) is not None


async def ensure_device(connection: AsyncConnection, label: str, type: str) -> Device:
    """The device of this label and type; made when there is none."""
    for device in await list_devices(connection):
        if (device.label, device.type) == (label, type):
            return device
    return await create_device(connection, label=label, type=type)


async def new_user_key(connection: AsyncConnection, user_id: str, label: str) -> NewKey:
    """A further API key of the user."""
    return await create_key(connection, "user_id", user_id, label=label)


async def new_device_key(connection: AsyncConnection, device_id: str, label: str) -> NewKey:
    """A further key of the device."""
    return await create_key(connection, "device_id", device_id, label=label)
