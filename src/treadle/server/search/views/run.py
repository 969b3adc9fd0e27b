"""A plan carried out: rows as they come from the database and from files, a batch at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.search.views.files import Stored, Unreadable, records, value_at
from treadle.server.search.views.group import grouped
from treadle.server.search.views.plan import Plan
from treadle.server.search.views.sql import Asked, Query
from treadle.server.search.views.values import BadValue, converter
from treadle.server.store.blobs import Blobs

ResultRow = tuple[str | None, list[Any]]  # what went wrong, the columns' values
BATCH = 500


@dataclass
class Seen:
    """What a run has come across so far."""

    projects: set[str] = field(default_factory=set)


class Run:
    """One execution of a plan."""

    def __init__(self, plan: Plan, query: Query, asked: Asked, blobs: Blobs) -> None:
        self._plan, self._query, self._asked, self._blobs = plan, query, asked, blobs
        self._count = len(plan.columns)
        self._names = [column.name or "file" for column in plan.columns]
        self._convert = [
            (index, made)
            for index, column in enumerate(plan.columns)
            if (made := converter(column)) is not None
        ]
        self._data = [(index, column) for index, column in enumerate(plan.columns) if column.is_data]
        self._needed = [index for index, column in enumerate(plan.columns) if column.is_needed]
        self.seen = Seen()

    async def rows(self, connection: AsyncConnection) -> AsyncIterator[list[ResultRow]]:
        """All rows of the result, in batches."""
        batches = self._kept(self._raw(connection))
        if self._plan.group_by is not None:
            batches = grouped(batches, self._plan, in_order=self._query.is_grouped)
        if not self._query.is_cut and (self._asked.skip or self._asked.limit is not None):
            batches = _cut(batches, self._asked)
        async for batch in batches:
            yield batch

    async def _raw(self, connection: AsyncConnection) -> AsyncIterator[list[ResultRow]]:
        # All rows are wanted, not the first few: plans and sorts for the whole result.
        await connection.execute(text("SET LOCAL cursor_tuple_fraction = 1.0"))
        await connection.execute(text("SET LOCAL jit = off"))
        found = await connection.stream(self._query.statement, execution_options={"yield_per": BATCH})
        try:
            async for partition in found.partitions(BATCH):
                self.seen.projects.update(row.of_project for row in partition if row.of_project)
                if self._plan.reads_contents:
                    async for batch in self._with_contents(connection, partition):
                        yield batch
                else:
                    yield [self._row(row) for row in partition]
        finally:
            await found.close()

    def _row(self, row: Sequence[Any]) -> ResultRow:
        values = list(row[: self._count])
        return (self._converted(values) if self._convert else None), values

    def _converted(self, values: list[Any]) -> str | None:
        errors = []
        for index, convert in self._convert:
            try:
                values[index] = convert(values[index])
            except BadValue as error:
                errors.append(f"{self._names[index]}: {error}")
                values[index] = None
        return "; ".join(errors) or None

    async def _with_contents(
        self, connection: AsyncConnection, partition: Sequence[Row[Any]]
    ) -> AsyncIterator[list[ResultRow]]:
        batch: list[ResultRow] = []
        for row in partition:
            if row.sha is None:
                if not self._plan.drops_rows and self._passes({}):
                    batch.append(self._row(row))
                continue
            async for made in self._of_file(connection, row):
                batch += made
                if len(batch) >= BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch

    async def _of_file(self, connection: AsyncConnection, row: Row[Any]) -> AsyncIterator[list[ResultRow]]:
        assert self._plan.files is not None  # noqa: S101 - contents are read of files only
        stored = Stored(row.file_name, row.sha, row.size)
        try:
            async for batch in records(self._blobs, connection, stored, self._plan.files):
                yield [self._with_record(row, record) for record in batch if self._passes(record)]
        except Unreadable as error:
            if not self._plan.drops_rows:
                _, values = self._row(row)
                yield [(str(error), values)]

    def _passes(self, record: dict[str, Any]) -> bool:
        return all(one.holds(value_at(record, one.field)) for one in self._query.on_data)

    def _with_record(self, row: Row[Any], record: dict[str, Any]) -> ResultRow:
        values = list(row[: self._count])
        for index, column in self._data:
            values[index] = record if column.expansion == "always" else value_at(record, column.field)
        return self._converted(values), values

    async def _kept(self, batches: AsyncIterator[list[ResultRow]]) -> AsyncIterator[list[ResultRow]]:
        """With drop-row, only rows that have every value."""
        async for batch in batches:
            if self._plan.drops_rows:
                kept = [row for row in batch if all(row[1][index] is not None for index in self._needed)]
                if kept:
                    yield kept
            elif batch:
                yield batch


async def _cut(batches: AsyncIterator[list[ResultRow]], asked: Asked) -> AsyncIterator[list[ResultRow]]:
    skip, left = asked.skip, asked.limit
    async for batch in batches:
        if skip >= len(batch):
            skip -= len(batch)
            continue
        batch, skip = batch[skip:], 0  # noqa: PLW2901
        if left is not None:
            batch = batch[:left]  # noqa: PLW2901
            left -= len(batch)
        if batch:
            yield batch
        if left == 0:
            return
