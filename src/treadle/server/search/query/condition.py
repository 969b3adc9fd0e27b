"""Parts of a WHERE clause: how they are written for either plan, and how many rows they let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from treadle.server.search.query.frame import array

_LITTLE = 40  # terms that a row's array is compared with one by one


@dataclass(frozen=True)
class Condition:
    """SQL without NULLs. `gin` is for plans that start from the terms, `walk` for plans that test row after row."""

    gin: str
    walk: str
    share: float  # of the rows of its level, estimated

    def __invert__(self) -> Condition:
        return Condition(f"NOT ({self.gin})", f"NOT ({self.walk})", max(1.0 - self.share, 0.0))


ALWAYS, NEVER = Condition("true", "true", 1.0), Condition("false", "false", 0.0)


def plain(sql: str, share: float) -> Condition:
    """The same for both plans."""
    return Condition(sql, sql, share)


def all_of(parts: Sequence[Condition]) -> Condition:
    """AND."""
    kept = [part for part in parts if part is not ALWAYS]
    if any(part is NEVER for part in kept):
        return NEVER
    if len(kept) < 2:
        return kept[0] if kept else ALWAYS
    share = 1.0
    for part in kept:
        share *= part.share
    return Condition(
        " AND ".join(f"({part.gin})" for part in kept), " AND ".join(f"({part.walk})" for part in kept), share
    )


def any_of(parts: Sequence[Condition]) -> Condition:
    """OR."""
    kept = [part for part in parts if part is not NEVER]
    if any(part is ALWAYS for part in kept):
        return ALWAYS
    if len(kept) < 2:
        return kept[0] if kept else NEVER
    share = min(sum(part.share for part in kept), 1.0)
    return Condition(
        " OR ".join(f"({part.gin})" for part in kept), " OR ".join(f"({part.walk})" for part in kept), share
    )


def has_terms(alias: str, terms: Sequence[int], share: float) -> Condition:
    """Rows with any of these terms. Long lists are hashed once when rows are tested one by one."""
    if not terms:
        return NEVER
    numbers = array(sorted(terms))
    if len(terms) == 1:
        return plain(f"{alias}.t OPERATOR(pg_catalog.@>) {numbers}", share)
    overlap = f"{alias}.t OPERATOR(pg_catalog.&&) {numbers}"
    if len(terms) <= _LITTLE:
        return plain(overlap, share)
    return Condition(overlap, f"EXISTS (SELECT FROM unnest({alias}.t) u WHERE u = ANY({numbers}))", share)
