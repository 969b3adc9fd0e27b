"""From a tree to one condition on the rows of a level: own terms direct, those of other levels by semi-join.

A tree is cut into the largest pieces that speak of one level. A piece about a level above is true for a row when the
row is bound to an object there that satisfies it, or, unbound, when the piece is true of nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from treadle.flyql.ast import And, Compare, Element, Exists, Field, Having, In, Is, Node, Not, Or, terms
from treadle.flyql.entities import COLLECTION
from treadle.server.search.errors import NarrowTheSearch
from treadle.server.search.index.tables import ABOVE
from treadle.server.search.query.condition import ALWAYS, NEVER, Condition, all_of, any_of, plain
from treadle.server.search.query.frame import Frame
from treadle.server.search.query.leaf import needs_scan, of_leaf, of_span
from treadle.server.search.query.regions import of_regions, speaks_of_regions
from treadle.server.search.query.scan import of_scan

_SHARE_OF_COLLECTIONS = 0.1


def key_of(level: str, row: str, alias: str) -> str | None:
    """SQL: the key of the object of a level that a row is bound to; None when rows of this kind never are."""
    if level == row:
        return f"{alias}.doc"
    if level == "group":
        if row == "project":
            return f"{alias}.grp"
        return f"(SELECT b.grp FROM search_project b WHERE b.doc = {alias}.project)" if ABOVE[row] else None
    return f"{alias}.{level}" if level in ABOVE[row] else None


class Compiler:
    """Conditions on the rows of one level (`alias`) for a search that returns objects of `target`."""

    def __init__(self, frame: Frame, row: str, target: str, alias: str = "r") -> None:
        self.frame = frame
        self.row = row
        self.target = target
        self.alias = alias

    async def condition(self, node: Node, beside: Condition = ALWAYS) -> Condition:
        """What rows must satisfy. `beside` narrows the rows that must be read one by one."""
        entity = _only(node)
        if entity is not None and entity != COLLECTION:
            return await (self._own(node, beside) if entity == self.row else self._above(node, entity))
        match node:
            case And(args):
                return await self._and(args, beside)
            case Or(args):
                return any_of([await self.condition(part, beside) for part in _grouped(args, Or)])
            case Not(arg):
                return ~await self.condition(arg, beside)
            case Having():
                return await self._having(node)
        return await self._collection(node)

    async def _and(self, args: Sequence[Node], beside: Condition) -> Condition:
        """What can be looked up first; it narrows what has to be read."""
        done = beside
        parts = []
        for part in sorted(_grouped(args, And), key=lambda part: _rank(part, self.row)):
            parts.append(await self.condition(part, done))
            done = all_of([done, parts[-1]])
        return all_of(parts)

    async def _own(self, node: Node, beside: Condition) -> Condition:
        match node:
            case And(args):
                return await self._and_own(args, beside)
            case Or(args):
                return any_of([await self._own(arg, beside) for arg in args])
            case Not(arg):
                return ~await self._own(arg, beside)
            case Compare(op="!=" | "!~"):
                return ~await self._leaf(node, beside)
        return await self._leaf(node, beside)

    async def _and_own(self, args: Sequence[Node], beside: Condition) -> Condition:
        done, parts = beside, []
        spans, others = _spans(args)
        for span in spans:
            found = await of_span(self.frame, self.row, self.alias, span)
            if found is None:
                others += span
            else:
                parts.append(found)
                done = all_of([done, found])
        for arg in sorted(others, key=_is_costly):
            parts.append(await self._own(arg, done))
            done = all_of([done, parts[-1]])
        return all_of(parts)

    async def _leaf(self, term: Node, beside: Condition) -> Condition:
        if not isinstance(term, Compare | In | Exists | Is | Element):
            raise TypeError(term)
        self.frame.reading = term
        found = await of_leaf(self.frame, self.row, self.alias, term)
        parts = [found.condition]
        if found.scan:
            parts.append(await of_scan(self.frame, self.row, self.alias, term, found, beside))
        if self.row == "file" and speaks_of_regions(term):
            parts.append(await of_regions(self.frame, self.alias, term))
        condition = any_of(parts) if len(parts) > 1 else found.condition
        self.frame.looked_up(term, condition.share)
        return condition

    async def _above(self, node: Node, entity: str) -> Condition:
        key = key_of(entity, self.row, self.alias)
        unbound = _of_nothing(node)
        if key is None:
            return ALWAYS if unbound else NEVER
        inner = Compiler(self.frame, entity, self.target, f"{self.alias}_{entity}")
        found = await inner._own(Not(node) if unbound else node, ALWAYS)
        if found is NEVER or found is ALWAYS:
            bound = plain(f"{key} IS NOT NULL", 1.0) if found is ALWAYS else NEVER
            return ~bound if unbound else bound
        name = inner.alias
        semi = Condition(
            f"{key} IS NOT NULL AND {key} IN (SELECT {name}.doc FROM search_{entity} {name} WHERE {found.gin})",
            f"{key} IS NOT NULL AND {key} IN (SELECT {name}.doc FROM search_{entity} {name} WHERE {found.gin})",
            found.share,
            within=found.within,
        )
        return ~semi if unbound else semi

    async def _having(self, node: Having) -> Condition:
        """A sub-query about objects same as, below or above the one that the search returns."""
        if COLLECTION in (node.entity, self.target):
            return await self._having_collection(node)
        key = key_of(self.target, self.row, self.alias)
        if key is None:
            return NEVER
        inner = Compiler(self.frame, node.entity, node.entity, f"{self.alias}h")
        found = await inner.condition(node.arg)
        name = inner.alias
        theirs = key_of(self.target, node.entity, name)
        readable = self.frame.readable(node.entity, name)
        rows = f"FROM search_{node.entity} {name} WHERE {readable} AND ({found.gin})"
        if theirs is None:  # above the target, which names it
            above = key_of(node.entity, self.target, "k")
            rows = f"FROM search_{self.target} k WHERE {above} IN (SELECT {name}.doc {rows})"
            theirs = "k.doc"
        mine, below = await self.frame.total(self.target), await self.frame.total(node.entity)
        share = min(1.0, found.share * below / mine)
        return plain(
            f"{key} IS NOT NULL AND {key} IN (SELECT {theirs} {rows} AND {theirs} IS NOT NULL)", share
        )

    async def _having_collection(self, node: Having) -> Condition:
        """A sub-query about collections that hold the object, or something below it."""
        if self.target == COLLECTION or any(
            isinstance(term, Having) for term in terms(node.arg, inside=False)
        ):
            raise NarrowTheSearch("HAS (...) is not known of collections, nor within HAS collection (...).")
        key = key_of(self.target, self.row, self.alias)
        found = await Compiler(self.frame, COLLECTION, self.target, "co")._own(node.arg, ALWAYS)
        if found is NEVER or key is None:
            return NEVER
        members = members_of(f"{self.frame.readable(COLLECTION, 'co')} AND ({found.gin})")
        holding, theirs = (
            f"search_acquisition k WHERE k.doc IN ({members})",
            key_of(self.target, "acquisition", "k"),
        )
        if theirs is None:
            holding, theirs = f"search_{self.target} k WHERE k.acquisition IN ({members})", "k.doc"
        return plain(
            f"{key} IS NOT NULL AND {key} IN (SELECT {theirs} FROM {holding})", _SHARE_OF_COLLECTIONS
        )

    async def _collection(self, node: Node) -> Condition:
        """A row is in every collection that holds its acquisition; a session's row in those of all its acquisitions."""
        if isinstance(node, Compare) and node.op in ("!=", "!~"):
            return ~await self._collection(Compare("=" if node.op == "!=" else "=~", node.field, node.value))
        inner = Compiler(self.frame, COLLECTION, self.target, "co")
        found = await inner._own(node, ALWAYS)
        members = members_of(f"{self.frame.readable(COLLECTION, 'co')} AND ({found.gin})")
        key = acquisition_keys(self.row, self.alias)
        if found is NEVER or key is None:
            return NEVER
        return plain(key.replace("{}", members), _SHARE_OF_COLLECTIONS)


def members_of(collections: str) -> str:
    """SQL: keys of the acquisitions in the collections `co` that satisfy a condition."""
    return (
        "SELECT hashtextextended(m.acquisition_id, 0) FROM collection_member m "
        f"JOIN search_collection co ON co.oid = m.collection_id WHERE {collections}"
    )


def acquisition_keys(row: str, alias: str) -> str | None:
    """SQL with a place `{}` for acquisitions: rows of this level that are, or have, one of them."""
    match row:
        case "acquisition":
            return f"{alias}.doc IN ({{}})"
        case "session":
            return f"{alias}.doc IN (SELECT a.session FROM search_acquisition a WHERE a.doc IN ({{}}))"
        case "file" | "analysis":
            return f"{alias}.acquisition IS NOT NULL AND {alias}.acquisition IN ({{}})"
    return None


def _only(node: Node) -> str | None:
    """The one level that a tree speaks of, if it is one."""
    found = {None if isinstance(term, Having) else term.field.entity for term in terms(node, inside=False)}
    return found.pop() if len(found) == 1 else None


def _grouped(args: Sequence[Node], kind: type[And] | type[Or]) -> list[Node]:
    """The arguments, those about one level together."""
    by_entity: dict[str, list[Node]] = {}
    others: list[Node] = []
    for arg in args:
        entity = _only(arg)
        if entity is None or entity == COLLECTION:
            others.append(arg)
        else:
            by_entity.setdefault(entity, []).append(arg)
    return [parts[0] if len(parts) == 1 else kind(tuple(parts)) for parts in by_entity.values()] + others


def _spans(args: Sequence[Node]) -> tuple[list[list[Compare]], list[Node]]:
    """Comparisons of one field with several limits, and the rest."""
    by_field: dict[Field, list[Compare]] = {}
    for arg in args:
        if isinstance(arg, Compare) and arg.op in ("<", "<=", ">", ">="):
            by_field.setdefault(arg.field, []).append(arg)
    spans = [found for found in by_field.values() if len(found) > 1]
    taken = [arg for span in spans for arg in span]
    return spans, [arg for arg in args if arg not in taken]


def _is_costly(node: Node) -> bool:
    return any(needs_scan(term) for term in terms(node, inside=False))


def _rank(node: Node, row: str) -> tuple[bool, bool]:
    return _is_costly(node), _only(node) != row


def _of_nothing(node: Node) -> bool:
    """The truth of a piece where its level is not bound: every term is false."""
    match node:
        case And(args):
            return all(_of_nothing(arg) for arg in args)
        case Or(args):
            return any(_of_nothing(arg) for arg in args)
        case Not(arg):
            return not _of_nothing(arg)
        case Compare(op="!=" | "!~"):
            return True
    return False
