"""Whether a tree holds for documents: the meaning of the language, written for clarity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from treadle.flyql.ast import And, Compare, Element, Exists, Field, Having, In, Is, Node, Not, Or
from treadle.flyql.leaves import Scalar, elements, leaves, paths
from treadle.flyql.literals import Clock
from treadle.flyql.predicate import predicate


class Document:
    """What is searched of one object, or of an object within it at the path `above`."""

    def __init__(self, content: Mapping[str, Any], above: str = "") -> None:
        self.content = content
        self.above = above

    @cached_property
    def values(self) -> dict[str, list[Scalar]]:
        found: dict[str, list[Scalar]] = {}
        for path, value in leaves(self.content):
            found.setdefault(path, []).append(value)
        return found

    def any(self, path: str, test: Callable[[str, object], bool]) -> bool:
        full = f"{self.above}.{path}" if self.above else path
        return any(test(full, value) for value in self.values.get(path, ()))

    def has(self, path: str) -> bool:
        below = f"{path}."
        return path in self.values or any(other.startswith(below) for other in self.values)

    def elements(self, path: str) -> list[Document]:
        return [Document(found, above=path) for found in elements(self.content, path)]


@dataclass(frozen=True, slots=True)
class Row:
    """What a tree is asked about: the documents bound, by entity, and the object that is looked for."""

    bound: Mapping[str, Sequence[Document]]  # relative fields stand under the empty name
    target: object = None


Test = Callable[[Row], bool]


def test(node: Node, clock: Clock, having: Callable[[Having], Test]) -> Test:  # noqa: PLR0911  one kind of node, one case
    """The truth of the tree for a row; `having` answers sub-queries."""
    match node:
        case And(args):
            tests = [test(arg, clock, having) for arg in args]
            return lambda row: all(each(row) for each in tests)
        case Or(args):
            tests = [test(arg, clock, having) for arg in args]
            return lambda row: any(each(row) for each in tests)
        case Not(arg):
            inner = test(arg, clock, having)
            return lambda row: not inner(row)
        case Having():
            return having(node)
        case Element(field, arg):
            inside = test(arg, clock, having)
            return _somewhere(
                field,
                lambda document, path: any(inside(Row({"": [each]})) for each in document.elements(path)),
            )
        case Exists(field):
            return _somewhere(field, Document.has)
        case Compare(op="!=" | "!~"):
            positive = _leaf(node, clock)
            return lambda row: not positive(row)
    return _leaf(node, clock)


def holds(node: Node, element: Mapping[str, Any], path: str, clock: Clock) -> bool:
    """The inner tree of `field HAS (...)` for one object at the path."""

    def none(_: Having) -> Test:
        raise ValueError("the parser lets no sub-query in here")

    return test(node, clock, none)(Row({"": [Document(element, above=path)]}))


def _leaf(term: Compare | In | Is, clock: Clock) -> Test:
    satisfied = predicate(term, clock)
    return _somewhere(term.field, lambda document, path: document.any(path, satisfied))


def _somewhere(field: Field, holds: Callable[[Document, str], bool]) -> Test:
    where = paths(field)
    return lambda row: any(
        holds(document, path) for document in row.bound.get(field.entity, ()) for path in where
    )
