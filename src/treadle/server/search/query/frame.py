"""The frame of one search: its transaction, its parameters, what may be read, and how many rows there are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import psycopg
from psycopg import errors
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Node
from treadle.flyql.literals import Clock
from treadle.flyql.printer import to_text
from treadle.server.search.errors import TooSlow
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.query.scope import Scope
from treadle.server.store.db import driver_of

BUDGET_MS = 10_000
_MOST_CHANGES = 2_000  # not counted yet, that are read
_SETTINGS = "SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1; SET LOCAL work_mem = '64MB'"


@dataclass
class Frame:
    """What the steps of one search share."""

    driver: psycopg.AsyncConnection[Any]
    scope: Scope
    clock: Clock
    projects: dict[str, list[int] | None]
    parameters: dict[str, Any] = field(default_factory=dict)
    reading: Node | None = None  # the term that is being looked up
    widest: tuple[float, Node] | None = None  # the term that most rows satisfy, and their share
    _totals: dict[str, int] = field(default_factory=dict)
    _uncounted: frozenset[int] | Literal["many", "unread"] = "unread"

    def bind(self, value: Any, kind: str = "text") -> str:
        """A placeholder for a value of the request."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s::{kind}"

    def looked_up(self, term: Node, share: float) -> None:
        """Keep in mind which term may make the search slow: the one that leaves the most rows."""
        self.reading = None
        if self.widest is None or share > self.widest[0]:
            self.widest = share, term

    @property
    def slow_part(self) -> str:
        """What to say when the search has taken too long."""
        slow = self.reading or (self.widest[1] if self.widest else None)
        told = TooSlow.__doc__ or ""
        return f"{told} What takes longest is probably: {to_text(slow)[:200]}" if slow else told

    def readable(self, level: str, alias: str) -> str:
        """SQL: the rows of a level that may be read."""
        if level == "group":
            projects = self.projects["project"]
            inner = "SELECT grp FROM search_project WHERE project = ANY"
            return "true" if projects is None else f"{alias}.doc IN ({inner}({array(projects, 'bigint')}))"
        if level == "collection":
            if self.scope.collections is None:
                return "true"
            self.parameters["collections"] = list(self.scope.collections)
            return f"{alias}.oid = ANY(%(collections)s::text[])"
        projects = self.projects.get(level, self.projects["project"])
        if projects is None:
            return "true"
        here = f"{alias}.project = ANY({array(projects, 'bigint')})"
        if level != "file" or not self._hiding:
            return here
        return f"{here} AND ({alias}.analysis IS NULL OR {alias}.project <> ALL({array(self._hiding, 'bigint')}))"

    def counted(self, level: str) -> str:
        """SQL: the rows of a count that may be shown, with the table as `c`."""
        if level == "file" and self._hiding:  # the counts do not say which files are those of analyses
            projects = set(self.projects["file"] or ()) - self._hiding
            return f"c.project = ANY({array(projects, 'bigint')})"
        return self.readable(level if level in ("file", "analysis") else "project", "c")

    @cached_property
    def _hiding(self) -> set[int]:
        """Projects whose analyses, and with them their files, are not for the caller, though other files are."""
        return set(self.projects["file"] or ()) - set(self.projects["analysis"] or ())

    async def rows(
        self, statement: str, *, budget_ms: int = BUDGET_MS, settings: str = ""
    ) -> list[tuple[Any, ...]]:
        """The rows of a statement; TooSlow when it takes longer than its budget, after which one may go on."""
        before = f"SAVEPOINT step; SET LOCAL statement_timeout = {budget_ms}; {settings}"
        await self.driver.execute(before)
        try:
            found = await self.driver.execute(statement, self.parameters, prepare=False)
            rows = await found.fetchall()
        except errors.QueryCanceled:
            await self.driver.execute("ROLLBACK TO step")
            raise TooSlow from None
        await self.driver.execute("ROLLBACK TO step")
        return rows

    async def keep(self, statement: str, *, budget_ms: int = BUDGET_MS) -> None:
        """Run a statement that makes the table `facet_row` of this search."""
        before = f"DROP TABLE IF EXISTS facet_row; SET LOCAL statement_timeout = {budget_ms}"
        await self.driver.execute(before)
        try:
            await self.driver.execute(statement, self.parameters, prepare=False)
        except errors.QueryCanceled:
            raise TooSlow from None

    async def uncounted(self) -> frozenset[int] | Literal["many"]:
        """Projects with rows that the counts may not know yet, or do not tell apart."""
        if self._uncounted == "unread":
            found = await self.rows(
                f"SELECT project, count(*) FROM (SELECT project FROM search_change LIMIT {_MOST_CHANGES}) q GROUP BY 1"
            )
            known = sum(changes for _, changes in found) < _MOST_CHANGES
            self._uncounted = frozenset(p for p, _ in found if p) | self._hiding if known else "many"
        return self._uncounted

    async def total(self, level: str) -> int:
        """About how many rows of a level may be read."""
        if level not in ABOVE or not ABOVE[level]:
            return 1_000
        if level not in self._totals:
            path = "name" if level == "file" else "label"
            found = await self.rows(
                "SELECT coalesce(sum(c.n), 0) FROM search_path_count c JOIN search_path p USING (path_id) "
                f"WHERE p.entity = {LEVELS.index(level)} AND p.keys = '{{{path}}}' AND {self.counted(level)}"
            )
            self._totals[level] = max(int(found[0][0]), 1)
        return self._totals[level]


@asynccontextmanager
async def frame(connection: AsyncConnection, scope: Scope, clock: Clock) -> AsyncIterator[Frame]:
    """A search inside a savepoint that is always taken back, with its settings and after its time-outs."""
    async with attempt(connection):
        driver = driver_of(connection)
        await driver.execute(_SETTINGS)
        projects = {
            level: await _keys(driver, scope.of(level)) for level in ("project", "analysis", "file", "region")
        }
        made = Frame(driver, scope, clock, projects)
        try:
            yield made
        except TooSlow:
            raise TooSlow(made.slow_part) from None


async def _keys(driver: psycopg.AsyncConnection[Any], ids: Sequence[str] | None) -> list[int] | None:
    if ids is None:
        return None
    found = await driver.execute("SELECT hashtextextended(id, 0) FROM unnest(%s::text[]) id", [list(ids)])
    return [key for (key,) in await found.fetchall()]


@asynccontextmanager
async def attempt(connection: AsyncConnection) -> AsyncIterator[None]:
    """A step whose failure must not end the transaction; nothing of it stays."""
    savepoint = await connection.begin_nested()
    try:
        yield
    finally:
        await savepoint.rollback()


def array(numbers: Iterable[int], kind: str = "int") -> str:
    """Numbers that we made ourselves, as an SQL literal."""
    return f"'{{{','.join(map(str, numbers))}}}'::{kind}[]"
