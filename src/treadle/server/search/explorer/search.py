"""A search by one caller: what is meant, what may be seen, a page of it, and its line in the access log."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Node
from treadle.flyql.printer import to_text
from treadle.server.access.guard import Guard
from treadle.server.search import query
from treadle.server.search.explorer.all_data import Others, open_part, widened
from treadle.server.search.explorer.language import tree_of
from treadle.server.search.explorer.request import SearchQuery

BATCH = 5000  # objects at a time where all of a result is wanted
_MOST_TOLD = 10_000  # characters of a query in the access log: all but long lists of ids


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search that is sure to be meant and allowed."""

    asked: SearchQuery
    tree: Node | None
    scope: query.Scope
    others: Others | None = None

    @property
    def text(self) -> str:
        """The canonical text of query and filters."""
        return to_text(self.tree) if self.tree is not None else ""

    async def page(self, connection: AsyncConnection) -> query.Page:
        """The asked page of ids."""
        asked = self.asked
        return await query.search(
            connection,
            self.tree,
            asked.return_type,
            self.scope,
            free_text=asked.search_string or None,
            sort=query.Sort(asked.sort.field, asked.sort.descending) if asked.sort else None,
            size=asked.size,
            cursor=asked.cursor,
            count=asked.count,
            timezone=asked.timezone,
        )

    async def page_of_others(
        self, connection: AsyncConnection, *, size: int, cursor: str | None
    ) -> query.Page:
        """Objects outside the scope that open fields alone find, the newest first."""
        if self.others is None:
            raise TypeError("this search is not of all data")
        tree = None if self.tree is None else open_part(self.tree, self.others.open_fields)
        if self.asked.search_string or (self.tree is not None and tree is None):
            return query.Page([], None if self.asked.count == "none" else 0, "eq", None)
        asked = replace(self.asked, sort=None, size=size, cursor=cursor)
        return await Search(asked=asked, tree=tree, scope=self.others.scope).page(connection)

    async def batches(
        self, connection: AsyncConnection, *, limit: int | None = None
    ) -> AsyncIterator[Sequence[str]]:
        """The ids of the whole result, or of its first ones."""
        asked, left = replace(self.asked, cursor=None, count="none"), limit
        while left is None or left > 0:
            asked = replace(asked, size=BATCH if left is None else min(BATCH, left))
            page = await replace(self, asked=asked).page(connection)
            if page.ids:
                yield page.ids
            if page.cursor is None:
                return
            asked, left = replace(asked, cursor=page.cursor), None if left is None else left - len(page.ids)


async def prepare(guard: Guard, asked: SearchQuery) -> Search:
    """The search with all that its caller may see; what `all_data` adds to it is for the site to say."""
    guard.decided()  # the scope holds what the caller may read, and nothing else is looked at
    tree = tree_of(asked)
    scope, others = await query.scope_of(guard), None
    if asked.all_data:
        scope, others = await widened(guard, scope)
    return Search(asked=asked, tree=tree, scope=scope, others=others)


class Stopwatch:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def ms(self) -> int:
        """Whole milliseconds."""
        return round((time.monotonic() - self._started) * 1000)


async def record(guard: Guard, found: Search, *, hits: int | None, ms: int, purpose: str = "search") -> None:
    """The search's line in the access log."""
    asked = found.asked
    said: dict[str, Any] = {
        "query": found.text[:_MOST_TOLD],
        "return_type": asked.return_type,
        "search_string": asked.search_string or None,
        "all_data": asked.all_data,
        "projects": None if found.scope.projects is None else len(found.scope.projects),
        "hits": hits,
        "ms": ms,
        "purpose": purpose,
    }
    await guard.record("search", {"search": {key: value for key, value in said.items() if value is not None}})
