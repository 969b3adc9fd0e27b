"""Logging in as an engine by a secret of the site, as `create_drone_client` of the SDK and `fw-hpc-client` do.

The three headers name a device, which is made at its first login. The key that the device is then given is derived
from the secret: it is the same at each login and worthless when the secret is changed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.devices import create_device
from treadle.server.access.keys import PREFIX, NewKey, ensure_device_key
from treadle.server.access.tables import device
from treadle.server.kit.errors import Unauthenticated

KEY_LABEL = "drone login"
_LONGEST = 100


async def device_of(
    connection: AsyncConnection, headers: Mapping[str, str], secret: str | None
) -> str | None:
    """Id of the device that these headers name; None without them. Unauthenticated when the secret is wrong."""
    given = headers.get("x-scitran-auth")
    if given is None:
        return None
    if secret is None or not hmac.compare_digest(given.encode(), secret.encode()):
        raise Unauthenticated("The drone secret is wrong, or this site has none (setting jobs.drone_secret).")
    method, name = headers.get("x-scitran-method", ""), headers.get("x-scitran-name", "")
    if not name or len(method) + len(name) > _LONGEST:
        raise Unauthenticated("Send X-SciTran-Method and X-SciTran-Name, together up to 100 characters.")
    label = f"{method}: {name}"
    # Two first logins at the same time make one device.
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:label))"), {"label": f"drone {label}"}
    )
    found = await connection.execute(
        select(device.c.id)
        .where(device.c.label == label, device.c.type == "engine", device.c.deleted_at.is_(None))
        .order_by(device.c.id)
        .limit(1)
    )
    return found.scalar_one_or_none() or (await create_device(connection, label=label, type="engine")).id


async def give_key(connection: AsyncConnection, device_id: str, secret: str) -> tuple[str, NewKey | None]:
    """The device's key, and what is new of it."""
    derived = hmac.new(secret.encode(), f"device key of {device_id}".encode(), hashlib.sha256).hexdigest()
    key = PREFIX + derived[:53]
    return key, await ensure_device_key(connection, device_id, key, label=KEY_LABEL)
