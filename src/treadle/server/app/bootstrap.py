"""First start: the built-in roles, an administrator with a key, and the devices of the connector and the engine."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.bootstrap import (
    admin_exists,
    ensure_admin,
    ensure_builtin_roles,
    ensure_device,
    new_device_key,
    new_user_key,
)
from treadle.server.app.state import database_url
from treadle.server.kit.settings import Settings
from treadle.server.store.db import Database
from treadle.server.store.disk import write_private

ADMIN_EMAIL = "admin@treadle.local"


@dataclass(frozen=True)
class Bootstrap:
    """What the first start made; secrets are kept in the home folder only, hashed in the database."""

    email: str
    password: str
    api_key: str
    device_id: str
    device_key: str
    engine_key: str = ""  # homes made before there were engines get one with the next start


def _read(path: Path) -> Bootstrap | None:
    try:
        return Bootstrap(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None


async def _new_key(connection: AsyncConnection, type: str) -> tuple[str, str]:
    """Id and key of the device of this type that `treadle up` runs itself."""
    device = await ensure_device(connection, type, type)
    return device.id, (await new_device_key(connection, device.id, "first start")).secret


async def _ensure(settings: Settings) -> Bootstrap:
    kept = settings.home / "bootstrap.json"
    known = _read(kept)
    database = Database(database_url(settings), size=1)
    try:
        async with database.transaction() as connection:
            await ensure_builtin_roles(connection)
            if known is None or not await admin_exists(connection, known.email):
                password = secrets.token_urlsafe(12)
                admin = await ensure_admin(connection, ADMIN_EMAIL, password)
                key = await new_user_key(connection, admin.id, "first start")
                device_id, device_key = await _new_key(connection, "connector")
                known = Bootstrap(ADMIN_EMAIL, password, key.secret, device_id, device_key)
            if not known.engine_key:
                known = replace(known, engine_key=(await _new_key(connection, "engine"))[1])
                # Written before the commit: after a crash in between there is no administrator, and
                # the whole step is repeated with fresh secrets.
                write_private(kept, json.dumps(asdict(known)))
    finally:
        await database.close()
    return known


def bootstrap(settings: Settings) -> Bootstrap:
    """The first administrator and the connector's device; made once per home, the same ever after."""
    return asyncio.run(_ensure(settings))
