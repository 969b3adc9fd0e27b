"""The reference: what a query finds, computed over objects in memory. Whatever else answers queries must agree."""

from __future__ import annotations

from typing import Literal

from treadle.flyql.ast import Having, Node, terms
from treadle.flyql.dataset import Dataset, Object
from treadle.flyql.entities import COLLECTION, LEVELS, NATIVE_DATES
from treadle.flyql.leaves import Scalar, paths
from treadle.flyql.literals import Clock, instant
from treadle.flyql.parser import parse_field
from treadle.flyql.predicate import fold
from treadle.flyql.truth import Row, Test, test

UNSEARCHED = ("_id", "id", "hash")  # keys the search box does not look at


def evaluate(
    node: Node | None,
    dataset: Dataset,
    return_type: str,
    *,
    clock: Clock,
    search_string: str = "",
    sort: tuple[str, Literal["asc", "desc"]] | None = None,
    size: int | None = None,
) -> list[str]:
    """The ids of the objects found, in order; without a tree, all of the return type that the search string leaves."""
    found = _Evaluation(dataset, clock).found(node, return_type)
    words = fold(search_string).split()
    if words:
        covered = dataset.related(_covering(dataset, words, return_type))
        found = [each for each in found if each in covered]
    return [each.id for each in _sorted(found, dataset, sort, clock)][:size]


def row_level(node: Node | None, return_type: str) -> str:
    """The lowest level of all that is mentioned outside sub-queries, the return type included.

    What a collection holds begins with sessions.
    """
    entities = {return_type}
    if node is not None:
        entities |= {each.field.entity for each in terms(node, inside=False) if not isinstance(each, Having)}
    return max(("session" if entity == COLLECTION else entity for entity in entities), key=LEVELS.index)


class _Evaluation:
    def __init__(self, dataset: Dataset, clock: Clock) -> None:
        self.dataset = dataset
        self.clock = clock

    def found(self, node: Node | None, return_type: str) -> list[Object]:
        """The distinct objects of the return type that matching rows bind."""
        matches = test(node, self.clock, self.having) if node is not None else lambda _: True
        found: dict[Object, None] = {}
        for each in self.dataset.objects[row_level(node, return_type)].values():
            for target in self.targets(each, return_type):
                if target not in found and matches(Row(self.dataset.bound(each), target)):
                    found[target] = None
        return list(found)

    def targets(self, row: Object, return_type: str) -> list[Object]:
        if return_type == COLLECTION:
            return self.dataset.collections(row)
        return [row.above[return_type]] if return_type in row.above else []

    def having(self, node: Having) -> Test:
        """A sub-query is about an object that is same as, below or above the target; there it is asked anew."""
        inner = test(node.arg, self.clock, self.having)
        candidates = self.dataset.objects[node.entity].values()
        related = self.dataset.related(
            [each for each in candidates if inner(Row(self.dataset.bound(each), each))]
        )
        return lambda row: row.target in related


def _covering(dataset: Dataset, words: list[str], return_type: str) -> list[Object]:
    """The objects in whose texts, or in those of what is above them, every word occurs."""
    levels = (*LEVELS, COLLECTION) if return_type == COLLECTION else LEVELS
    texts = {each: _texts(each) for level in levels for each in dataset.objects[level].values()}
    return [
        each
        for each in texts
        if all(any(word in text for above in each.chain for text in texts[above]) for word in words)
    ]


def _texts(found: Object) -> list[str]:
    return [
        fold(value)
        for path, values in found.document.values.items()
        if path.rpartition(".")[2] not in UNSEARCHED
        for value in values
        if isinstance(value, str)
    ]


def _sorted(
    found: list[Object], dataset: Dataset, sort: tuple[str, Literal["asc", "desc"]] | None, clock: Clock
) -> list[Object]:
    """By the field, objects without it last in either direction; else the newest first; then by id."""
    descending = sort is None or sort[1] == "desc"
    keys = {each: _keys(each, dataset, sort[0] if sort else f"{each.level}.created", clock) for each in found}
    by_id = sorted(found, key=lambda each: each.id)
    with_key = [each for each in by_id if keys[each]]
    with_key.sort(key=lambda each: max(keys[each]) if descending else min(keys[each]), reverse=descending)
    return [*with_key, *(each for each in by_id if not keys[each])]


def _keys(found: Object, dataset: Dataset, field: str, clock: Clock) -> list[tuple[int, float | str]]:
    """The values of a field in the order of their kinds: booleans, numbers and instants, texts."""
    wanted = parse_field(field)
    return [
        _key(path, value, clock)
        for document in dataset.bound(found).get(wanted.entity, ())
        for path in paths(wanted)
        for value in document.values.get(path, ())
    ]


def _key(path: str, value: Scalar, clock: Clock) -> tuple[int, float | str]:
    if isinstance(value, bool):
        return 0, int(value)
    if isinstance(value, int | float):
        return 1, value
    at = instant(path, value, clock) if path in NATIVE_DATES or not isinstance(value, str) else None
    return (2, str(value)) if at is None else (1, at)
