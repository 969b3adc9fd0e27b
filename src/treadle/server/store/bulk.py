"""Thousands of rows by few statements: as JSON, which costs a fraction of one parameter for each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

_ROWS = 1000  # in one statement


async def insert_rows(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, skip_known: bool = False
) -> None:
    """Add these rows, which all name the same columns; with `skip_known` those that are there already stay."""
    if not rows:
        return
    names = ", ".join(table.c[name].name for name in rows[0])
    statement = (
        f"INSERT INTO {table.name} ({names})"
        f" SELECT {names} FROM json_populate_recordset(NULL::{table.name}, %(rows)s::json)"
        + (" ON CONFLICT DO NOTHING" if skip_known else "")
    )
    for start in range(0, len(rows), _ROWS):
        text = orjson.dumps(rows[start : start + _ROWS]).decode()
        await connection.exec_driver_sql(statement, {"rows": text})
