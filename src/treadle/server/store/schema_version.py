"""Whether a database already has this release's schema; asked without loading the migration tool."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg

from treadle.server.store.check import plain_url

_VERSIONS = Path(__file__).with_name("migrations") / "versions"
_REVISION = re.compile(r"^(down_)?revision\b[^=\n]*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


def newest() -> str | None:
    """The revision no other one follows, None if that is not exactly one."""
    found = [
        match.groups()
        for path in _VERSIONS.glob("*.py")
        for match in _REVISION.finditer(path.read_text("utf-8"))
    ]
    followed = {name for down, name in found if down}
    heads = {name for down, name in found if not down} - followed
    return heads.pop() if len(heads) == 1 else None


def is_current(url: str) -> bool:
    """Whether there is nothing to migrate; a doubt counts as no."""
    try:
        with psycopg.connect(plain_url(url), connect_timeout=10) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.Error:
        return False
    return len(rows) == 1 and rows[0][0] == newest()
