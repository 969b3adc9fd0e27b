"""Parts of a WHERE clause: how they are written for either plan, and how many rows they let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from treadle.server.search.query.frame import array

_LITTLE = 40  # terms that a row's array is compared with one by one
_AT_ONCE = 8  # terms that one scan of a GIN index merges: it compares all of them for each row it finds
_MOST_SCANS = 32


@dataclass(frozen=True)
class Condition:
    """SQL without NULLs. `gin` is for plans that start from the terms, `walk` for plans that test row after row."""

    gin: str
    walk: str
    share: float  # of the rows of its level, estimated
    least: float = 0.0  # bounds of the share, as sure as the counts of the index are fresh
    most: float = 1.0
    within: frozenset[int] | None = None  # projects outside of which no row satisfies it, where known

    def __invert__(self) -> Condition:
        share = max(1.0 - self.share, 0.0)
        return Condition(f"NOT ({self.gin})", f"NOT ({self.walk})", share, 1.0 - self.most, 1.0 - self.least)


ALWAYS = Condition("true", "true", 1.0, least=1.0)
NEVER = Condition("false", "false", 0.0, most=0.0)


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
    known = [part.within for part in kept if part.within is not None]
    return Condition(
        " AND ".join(f"({part.gin})" for part in kept),
        " AND ".join(f"({part.walk})" for part in kept),
        share,
        least=max(0.0, 1.0 - sum(1.0 - part.least for part in kept)),
        most=min(part.most for part in kept),
        within=frozenset.intersection(*known) if known else None,
    )


def any_of(parts: Sequence[Condition]) -> Condition:
    """OR."""
    kept = [part for part in parts if part is not NEVER]
    if any(part is ALWAYS for part in kept):
        return ALWAYS
    if len(kept) < 2:
        return kept[0] if kept else NEVER
    share = min(sum(part.share for part in kept), 1.0)
    known = [part.within for part in kept if part.within is not None]
    return Condition(
        " OR ".join(f"({part.gin})" for part in kept),
        " OR ".join(f"({part.walk})" for part in kept),
        share,
        least=max(part.least for part in kept),
        most=min(1.0, sum(part.most for part in kept)),
        within=frozenset.union(*known) if len(known) == len(kept) else None,
    )


def has_terms(
    alias: str,
    terms: Sequence[int],
    share: float,
    *,
    among: str = "t",
    counted: bool = False,
    within: frozenset[int] | None = None,
) -> Condition:
    """Rows with any of these terms; tested one by one on the array that is shorter than `t` and has all of the kind.

    `counted`: the share is no estimate but the number of such rows.
    """
    if not terms:
        return NEVER
    numbers, tested = array(sorted(terms)), f"{alias}.{among}"
    op = "@>" if len(terms) == 1 else "&&"
    if len(terms) <= _LITTLE:
        walk = f"{tested} OPERATOR(pg_catalog.{op}) {numbers}"
        if among == "dates":  # not every row has dates
            walk = f"({tested} IS NOT NULL AND {walk})"
    else:  # the list is hashed once
        walk = f"EXISTS (SELECT FROM unnest({tested}) u WHERE u = ANY({numbers}))"
    least, most = (share, share) if counted else (0.0, 1.0)
    return Condition(_looked_up(f"{alias}.t", sorted(terms)), walk, share, least, most, within)


def _looked_up(column: str, terms: Sequence[int]) -> str:
    """SQL for a GIN index: a few terms to a scan, the rows of all scans put together."""
    size = max(_AT_ONCE, -(-len(terms) // _MOST_SCANS))
    scans = [
        f"{column} OPERATOR(pg_catalog.{'@>' if len(few) == 1 else '&&'}) {array(few)}"
        for few in (terms[start : start + size] for start in range(0, len(terms), size))
    ]
    return scans[0] if len(scans) == 1 else f"({' OR '.join(scans)})"
