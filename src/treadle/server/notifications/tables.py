"""How far users have seen what concerns them."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text

from treadle.server.store.db import metadata

notifications_seen = Table(
    "notifications_seen",
    metadata,
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
)
