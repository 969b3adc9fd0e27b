"""Pages of a search that goes on, after the caller's own objects, with restricted ones (search.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from treadle.server.access.guard import Guard
from treadle.server.search.explorer.all_data import shown
from treadle.server.search.explorer.results import result_objects
from treadle.server.search.explorer.search import Search
from treadle.server.search.query import Page

_BEHIND_OWN = "others:"  # begins the cursors of what follows one's own
_FEW = 5  # smaller numbers of others' objects are not told


@dataclass(frozen=True)
class Pages:
    """A page of one's own, and what fills it up."""

    own: Page
    others: Page | None = None
    restricted: Sequence[dict[str, Any]] = ()

    def completed(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer about one's own page with the others' objects behind it."""
        if self.others is None:
            return answer
        hits = [{"_id": one[one["return_type"]]["_id"], "_source": one} for one in self.restricted]
        total = self.others.total
        few = total is not None and 0 < total < _FEW
        following = self.own.cursor or (self.others.cursor and _BEHIND_OWN + self.others.cursor)
        return {
            **answer,
            "results": [*answer["results"], *hits],
            "cursor": following,
            "restricted_total": f"<{_FEW}" if few else total,
        }


async def pages_of(guard: Guard, found: Search) -> Pages:
    """The asked page: one's own objects in the asked order, then those of others, the newest first."""
    connection, asked = guard.connection, found.asked
    if found.others is None:
        return Pages(await found.page(connection))
    place = asked.cursor or ""
    if place.startswith(_BEHIND_OWN):
        counted = await replace(found, asked=replace(asked, size=1, cursor=None)).page(connection)
        own = replace(counted, ids=[], keys=(), cursor=None)
    else:
        own = await found.page(connection)
    room = 0 if own.cursor else asked.size - len(own.ids)
    behind = place.removeprefix(_BEHIND_OWN) if place.startswith(_BEHIND_OWN) else None
    others = await found.page_of_others(connection, size=max(room, 1), cursor=behind)
    ids = others.ids[:room]
    return Pages(own, others, [shown(one) for one in await result_objects(guard, asked.return_type, ids)])
