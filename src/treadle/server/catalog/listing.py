"""Lists of containers and files: filter, sort and page in SQL, never a whole list in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog import queries
from treadle.server.catalog.fields import container_field, file_field
from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import container, file
from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.wire.filters import Condition
from treadle.server.wire.query import ListQuery

T = TypeVar("T", Container, File)
Lookup = Callable[[str], Field | None]
BATCH = 500


@dataclass(frozen=True)
class Source(Generic[T]):
    """What is listed: which rows at all, how names map to SQL, how a row becomes a value."""

    base: Select[Any]
    key: ColumnElement[Any]
    after: Callable[[str], ColumnElement[bool]]
    conditions: Callable[[tuple[Condition, ...]], ColumnElement[bool]]
    lookup: Lookup
    read: Callable[[Row[Any]], T]

    def selection(self, query: ListQuery) -> Select[Any]:
        """All matching rows, unordered."""
        return self.base.where(self.conditions(query.conditions))

    def ordered(self, query: ListQuery) -> Select[Any]:
        """The rows of the asked page in the asked order; ties and the default by id."""
        chosen = self.selection(query)
        if query.after_id:
            chosen = chosen.where(self.after(query.after_id))
        for key in query.sort:
            field = self.lookup(key.name)
            if field is not None:
                chosen = chosen.order_by(sort_sql(field, key.descending))
        return queries.page(chosen.order_by(self.key), limit=query.limit, skip=query.skip)


def _all_of(conditions: tuple[Condition, ...], one: Callable[[Condition], ColumnElement[bool]]) -> Any:
    result: ColumnElement[bool] = true()
    for condition in conditions:
        result = result & one(condition)
    return result


def _plain(condition: Condition, lookup: Lookup) -> ColumnElement[bool]:
    field = lookup(condition.field)
    if field is None:  # a field nothing has: no match
        return false()
    return condition_sql(field, condition.operator, condition.values)


def _any_file(condition: Condition) -> ColumnElement[bool]:
    """Containers of which any file matches; with `!=` those of which no file is equal."""
    differs = condition.operator == "!="
    inner = _plain(replace(condition, operator="=") if differs else condition, file_field)
    found = (
        select(file.c.id)
        .where(file.c.parent_id == container.c.id, queries.LIVE_FILE, inner)
        .correlate(container)
        .exists()
    )
    return ~found if differs else found


def container_source(level: str, scope: ColumnElement[bool], *, with_info: bool = False) -> Source[Container]:
    """The live containers of a level within the scope."""

    def lookup(name: str) -> Field | None:
        return container_field(level, name)

    def one(condition: Condition) -> ColumnElement[bool]:
        head, _, name = condition.field.partition(".")
        if head in ("file", "files") and name:
            return _any_file(replace(condition, field=name))
        return _plain(condition, lookup)

    columns = tuple(container.c) if with_info else queries.CONTAINER_LIST
    return Source(
        base=select(*columns).where(container.c.level == level, queries.LIVE, scope),
        key=container.c.id,
        after=lambda last: container.c.id > last,
        conditions=lambda conditions: _all_of(conditions, one),
        lookup=lookup,
        read=as_container,
    )


def file_source(scope: ColumnElement[bool], *, with_info: bool = False) -> Source[File]:
    """The current files within the scope; paged by file id, whatever id the client remembers."""

    def after(last: str) -> ColumnElement[bool]:
        other = file.alias()
        known = select(other.c.file_id).where(other.c.id == last).scalar_subquery()
        return file.c.file_id > func.coalesce(known, last)

    columns = tuple(file.c) if with_info else queries.FILE_LIST
    return Source(
        base=select(*columns).where(queries.LIVE_FILE, scope),
        key=file.c.file_id,
        after=after,
        conditions=lambda conditions: _all_of(conditions, lambda one: _plain(one, file_field)),
        lookup=file_field,
        read=as_file,
    )


async def fetch(connection: AsyncConnection, source: Source[T], query: ListQuery) -> list[T]:
    """The rows of one page."""
    return [source.read(row) for row in await connection.execute(source.ordered(query))]


async def count(connection: AsyncConnection, source: Source[T], query: ListQuery) -> int:
    """How many rows match in all."""
    inner = source.selection(query).with_only_columns(source.key, maintain_column_froms=True).subquery()
    return int((await connection.execute(select(func.count()).select_from(inner))).scalar_one())


async def batches(connection: AsyncConnection, source: Source[T], query: ListQuery) -> AsyncIterator[list[T]]:
    """All rows of a list without limit, a batch at a time from a server-side cursor."""
    result = await connection.stream(source.ordered(query), execution_options={"yield_per": BATCH})
    async for rows in result.partitions(BATCH):
        yield [source.read(row) for row in rows]
