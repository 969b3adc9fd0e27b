"""One search: a page of ids, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Node
from treadle.flyql.literals import Clock
from treadle.server.kit.clock import now as clock_now
from treadle.server.search.errors import TooSlow
from treadle.server.search.index.tables import ABOVE
from treadle.server.search.query.frame import BUDGET_MS, Frame, frame
from treadle.server.search.query.matches import FEW_ROWS, Matches, matches
from treadle.server.search.query.order import Order, Sort, order_of, read_cursor, write_cursor
from treadle.server.search.query.scope import Scope

MOST_COUNTED = 10_000
_WALK_MS, _COUNT_MS = 150, 300
_ROWS_A_MS, _MOST_WALK_MS = 150, 600  # to find all by terms instead: a walk may take as long as that would
_WALKING = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
_BY_TERMS = "SET LOCAL enable_seqscan = off"
_LONG_STATEMENT = 20_000  # characters; up to here each project is walked by itself
_RARE = 0.35  # of all rows: up to here they are counted by their terms
_RARE_OF_SOME = 0.5  # the same, of the rows that are tested until the limit is reached

Counting = Literal["capped", "exact", "none"]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Page:
    """Ids in order; `relation` is gte when there are more than were counted. `cursor` asks for the next page."""

    ids: list[str]
    total: int | None
    relation: Literal["eq", "gte"]
    cursor: str | None
    keys: Sequence[Sequence[Any]] = ()  # of each id: what it is sorted by

    @property
    def places(self) -> list[str]:
        """Of each id: the cursor that goes on behind it."""
        return [write_cursor(keys, oid) for keys, oid in zip(self.keys, self.ids, strict=True)]


async def search(
    connection: AsyncConnection,
    tree: Node | None,
    return_type: str,
    scope: Scope,
    *,
    free_text: str | None = None,
    sort: Sort | None = None,
    size: int = 100,
    cursor: str | None = None,
    count: Counting = "capped",
    timezone: str = "UTC",
    now: datetime | None = None,
) -> Page:
    """The objects of a type that rows satisfying the tree are bound to, and that cover the free text."""
    async with frame(connection, scope, Clock(now or clock_now(), timezone)) as inside:
        found = await matches(inside, tree, return_type, free_text)
        if found.nothing:
            return Page([], 0, "eq", None)
        order = order_of(inside, return_type, sort)
        place = read_cursor(cursor, order) if cursor else None
        rows, total = await _page(inside, found, order, place, size)
        relation: Literal["eq", "gte"] = "eq"
        if count == "none":
            total = None
        elif total is None:
            total, relation = await _count(inside, found, len(rows), exact=count == "exact")
        elif count == "capped" and total > MOST_COUNTED:
            total, relation = MOST_COUNTED, "gte"
    following = write_cursor(rows[-1][1:], rows[-1][0]) if rows and len(rows) == size else None
    return Page([oid for oid, *_ in rows], total, relation, following, [row[1:] for row in rows])


async def _page(
    inside: Frame, found: Matches, order: Order, place: list[Any] | None, size: int
) -> tuple[Rows, int | None]:
    """A page; and the number of all matches where finding it has counted them."""
    if order.walks and found.walk and found.about > FEW_ROWS:
        try:
            return await _walk(inside, found, order, place, size), None
        except TooSlow:
            pass  # the terms do not occur together as the estimate has it: start from them
    return await _from_terms(inside, found, order, place, size)


async def _walk(inside: Frame, found: Matches, order: Order, place: list[Any] | None, size: int) -> Rows:
    """Along the index on `created`, until the page is full."""
    behind = ""
    if place is not None:
        edge = inside.bind(place[0], "timestamptz")
        behind = f"AND r.created <= {edge} AND ({order.after(inside, place, ['r.created'], 'r.oid')})"
    rows = f"SELECT r.oid, r.created AS k0 FROM {found.table} WHERE {found.walk} {behind}"
    projects = inside.projects.get(found.level, inside.projects["project"])
    if projects and found.within is not None:
        projects = [project for project in projects if project in found.within]
    if projects and "project" in ABOVE[found.level] and len(rows) * len(projects) < _LONG_STATEMENT:
        # One walk per project, merged: nothing of other projects is met, and none goes further than the page does.
        # A project without any match would be walked to its end.
        each = (f"({rows} AND r.project = {project} ORDER BY r.created DESC)" for project in projects)
        rows = f"SELECT oid, k0 FROM ({' UNION ALL '.join(each)}) every ORDER BY k0 DESC"
    statement = f'SELECT oid, k0 FROM ({rows}) q ORDER BY k0 DESC, oid COLLATE "C" LIMIT {size}'
    budget = min(max(_WALK_MS, int(found.about / _ROWS_A_MS)), _MOST_WALK_MS)
    return await inside.rows(statement, budget_ms=budget, settings=_WALKING)


async def _from_terms(
    inside: Frame, found: Matches, order: Order, place: list[Any] | None, size: int
) -> tuple[Rows, int]:
    """All matches by their terms, sorted."""
    names = [f"k{number}" for number in range(len(order.columns))]
    behind = "" if place is None else f"WHERE {order.after(inside, place, names, 'oid')}"
    rows = await inside.rows(
        f"WITH m AS MATERIALIZED (SELECT r.oid{order.selected} FROM {found.table} {order.source} WHERE {found.gin}), "
        f"page AS (SELECT * FROM m {behind} ORDER BY {order.by} LIMIT {size}) "
        f"SELECT (SELECT count(*) FROM m), page.* FROM (SELECT) one LEFT JOIN page ON true ORDER BY {order.by}"
    )
    return [row[1:] for row in rows if row[1] is not None], int(rows[0][0])


async def _count(
    inside: Frame, found: Matches, at_least: int, *, exact: bool
) -> tuple[int, Literal["eq", "gte"]]:
    spare = min(int(found.least) - MOST_COUNTED, MOST_COUNTED)
    if not exact and spare > 0:
        late = await inside.rows(f"SELECT count(*) FROM (SELECT FROM search_change LIMIT {spare}) q")
        if late[0][0] < spare:
            return MOST_COUNTED, "gte"
    limit, budget = ("", BUDGET_MS) if exact else (f"LIMIT {MOST_COUNTED + 1}", _COUNT_MS)
    stops = not exact and found.about > MOST_COUNTED
    share = _RARE_OF_SOME * MOST_COUNTED / found.about if stops else _RARE
    rare = found.about < share * await inside.total(found.level)
    where, settings = (found.gin, _BY_TERMS) if rare else (found.walk, "")
    try:
        rows = await inside.rows(
            f"SELECT count(*) FROM (SELECT FROM {found.table} WHERE {where} {limit}) q",
            budget_ms=budget,
            settings=settings,
        )
    except TooSlow:
        if exact:
            raise
        return at_least, "gte"
    total = int(rows[0][0])
    if not exact and total > MOST_COUNTED:
        return MOST_COUNTED, "gte"
    return total, "eq"
