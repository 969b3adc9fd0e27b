"""Columns that many tables have."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, func


def at(name: str) -> Column[object]:
    """An instant, by itself the one of the row's making."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
