"""How far users have seen what concerns them, and who wants it by e-mail."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Table, Text, text

from treadle.server.store.db import metadata

notification_reader = Table(
    "notification_reader",
    metadata,
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    Column("seen_until", DateTime(timezone=True)),
    Column("mail", Boolean, nullable=False, server_default=text("false")),
    Column("mailed_until", DateTime(timezone=True)),  # what came before has been written of, or is not to be
    Column("mail_due_at", DateTime(timezone=True)),
)
