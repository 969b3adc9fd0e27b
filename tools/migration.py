"""Drafts a migration from the tables: `python tools/migration.py "add the frobs"` (read and edit it before use).

Needs TREADLE_DATABASE_URL of a scratch database, which is brought to the newest schema first.
"""

from __future__ import annotations

import os
import sys

from alembic import command
from sqlalchemy import create_engine

from treadle.server.app import asgi  # noqa: F401 - loads every room's tables
from treadle.server.store.db import sqlalchemy_url
from treadle.server.store.migrate import alembic_config, upgrade


def main() -> int:
    """Write the draft."""
    url = os.environ["TREADLE_DATABASE_URL"]
    upgrade(url)
    config = alembic_config(url)
    with create_engine(sqlalchemy_url(url)).connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=sys.argv[1], autogenerate=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
