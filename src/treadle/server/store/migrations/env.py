"""Alembic's entry: runs on the connection that holds the migration lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from treadle.server.store.db import metadata


def run(connection: Connection) -> None:
    """Apply the migrations on this connection."""
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
