"""Fields of a query that no readable object has: legal, but hardly what was meant (search.md 1.3)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Field, Node, fields
from treadle.flyql.entities import CORE_FIELDS
from treadle.flyql.hints import Notice
from treadle.flyql.hints import unknown_fields as notices
from treadle.flyql.leaves import paths
from treadle.flyql.literals import Clock
from treadle.server.kit.clock import now
from treadle.server.search.query.frame import frame
from treadle.server.search.query.scope import Scope
from treadle.server.search.query.suggest import all_fields

_LIKE_IT = 300  # names of about the same length that a misspelt one is compared with, the frequent ones first
_EDITS = 2


async def unknown_fields(connection: AsyncConnection, tree: Node, scope: Scope) -> list[Notice]:
    """The fields without a value in any readable project, each with the name that may have been meant."""
    wanted = {field: _names(field) for field in fields(tree) if not _is_core(field)}
    if not wanted:
        return []
    async with frame(connection, scope, Clock(now())) as inside:
        every = inside.bind([name for names in wanted.values() for name in names], "text[]")
        rows = await inside.rows(
            f"WITH q AS MATERIALIZED (SELECT name, n FROM ({all_fields(inside)}) a) "
            f"(SELECT w, true FROM unnest({every}) w "
            "WHERE EXISTS (SELECT FROM q WHERE q.name = w OR starts_with(q.name, w || '.'))) UNION ALL "
            f"(SELECT name, false FROM q WHERE EXISTS (SELECT FROM unnest({every}) w WHERE split_part(w, '.', 1) = "
            f"split_part(name, '.', 1) AND abs(length(w) - length(name)) <= {_EDITS}) ORDER BY n DESC LIMIT {_LIKE_IT})"
        )
    there = {name for name, is_wanted in rows if is_wanted}
    return notices(
        tree,
        lambda field: _is_core(field) or not there.isdisjoint(wanted[field]),
        [name for name, is_wanted in rows if not is_wanted],
    )


def _names(field: Field) -> list[str]:
    return [f"{field.entity}.{path}" for path in paths(field)]


def _is_core(field: Field) -> bool:
    """Whether every site has it, or what lies below it, as of `analysis.job`."""
    return field.path == "info" or any(
        path.split(".")[0] == "roi" or known == path or known.startswith(f"{path}.")
        for known in CORE_FIELDS[field.entity]
        for path in paths(field)
    )
