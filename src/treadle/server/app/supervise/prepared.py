"""What the database has to hold before roles can start, and the quick way to see that it does already.

Preparing loads the migration tool and half of the server. A second start asks a few short questions instead; any doubt
is answered by preparing again, which changes nothing that is right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from treadle.server.access.actions import BUILTIN_LABELS, BUILTIN_ROLES
from treadle.server.store.check import plain_url
from treadle.server.store.schema_version import is_current

MADE = "bootstrap.json"


@dataclass(frozen=True)
class Prepared:
    """The first administrator, and the keys of the connector and the engine."""

    email: str
    password: str | None
    api_key: str
    device_key: str
    engine_key: str

    @classmethod
    def of(cls, document: dict[str, Any]) -> Prepared:
        """From a document that may hold more."""
        return cls(**{name: document[name] for name in cls.__dataclass_fields__})


def was_prepared(home: Path) -> bool:
    """Whether an earlier start came so far; the database may still be another one."""
    return (home / MADE).exists()


def recall(home: Path, url: str) -> Prepared | None:
    """What an earlier start made, if this database has all of it; None when it has to be prepared."""
    try:
        known = Prepared.of(json.loads((home / MADE).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not is_current(url):
        return None
    try:
        with psycopg.connect(plain_url(url), connect_timeout=10) as connection:
            complete = _has_admin(connection, known.email) and _has_roles(connection)
    except psycopg.Error:
        return None
    return known if complete else None


def _has_admin(connection: psycopg.Connection[Any], email: str) -> bool:
    return connection.execute("SELECT 1 FROM app_user WHERE id = %s", (email,)).fetchone() is not None


def _has_roles(connection: psycopg.Connection[Any]) -> bool:
    """The built-in roles with the actions of this release, which may have more than the last one."""
    rows = connection.execute("SELECT builtin, label, actions FROM role WHERE builtin IS NOT NULL").fetchall()
    found = {name: (label, tuple(actions)) for name, label, actions in rows}
    return found == {name: (BUILTIN_LABELS[name], actions) for name, actions in BUILTIN_ROLES.items()}
