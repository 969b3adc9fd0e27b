"""Changes that are based on a revision: refused when somebody else was faster."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.errors import RevisionChanged
from treadle.server.kit.errors import Invalid

IfMatch = Annotated[str | None, Header(description="revision that the change is based on")]


def read_revision(if_match: str | None) -> int | None:
    """The revision that an `If-Match` header names; None when any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdecimal():
        raise Invalid("If-Match must be the revision number.")
    return int(text)


async def require_revision(
    connection: AsyncConnection, table: Table, row_id: str, expected: int | None
) -> None:
    """Hold the container or file; RevisionChanged when it is no longer the expected one."""
    if expected is None:
        return
    held = select(table.c.revision).where(table.c.id == row_id).with_for_update()
    revision = (await connection.execute(held)).scalar_one()
    if revision != expected:
        raise RevisionChanged(detail={"revision": revision, "expected": expected})
