"""What a query says, as a tree of frozen values: equal queries are equal, `at` (where it stood) does not count.

Parsed trees are in the normal forms of the language: `==` is `=`, `<>` is `!=`, `x NOT IN` is `Not(In)`,
`x IS NOT TRUE` is `Not(Is)`, `x IS NULL` is `Not(Exists)`; `And` and `Or` are flat and have at least two arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "=~", "!~", "like", "contains"]


@dataclass(frozen=True, slots=True)
class Field:
    """`session.info.visit`: the entity in lower case, the keys below it joined with dots."""

    entity: str  # empty in a relative field, inside `field HAS (...)`
    path: str
    at: int = field(default=-1, compare=False, repr=False)  # offset in the text; -1: not from a text

    def __str__(self) -> str:
        return f"{self.entity}.{self.path}" if self.entity else self.path


@dataclass(frozen=True, slots=True)
class Value:
    """A literal as written; `literals.read` says what it means."""

    text: str
    quoted: bool = False
    at: int = field(default=-1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    arg: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """One operator between a field and a literal. `!=` and `!~` hold when no value matches, also when there is none."""

    op: Operator
    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    field: Field
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    field: Field


@dataclass(frozen=True, slots=True)
class Is:
    field: Field
    value: bool


@dataclass(frozen=True, slots=True)
class Element:
    """`field HAS (...)`: one object at the field satisfies all of `arg`, whose fields are relative to it."""

    field: Field
    arg: Node


@dataclass(frozen=True, slots=True)
class Having:
    """`HAS entity (...)`: the sub-query, about objects same as, below or above the one asked for."""

    entity: str
    arg: Node


Term = Compare | In | Exists | Is | Element | Having
Node = And | Or | Not | Term


def both(args: Iterable[Node]) -> Node:
    """All of the arguments, flat; one argument is itself."""
    flat = tuple(inner for arg in args for inner in (arg.args if isinstance(arg, And) else (arg,)))
    return flat[0] if len(flat) == 1 else And(flat)


def either(args: Iterable[Node]) -> Node:
    """Any of the arguments, flat; one argument is itself."""
    flat = tuple(inner for arg in args for inner in (arg.args if isinstance(arg, Or) else (arg,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def terms(node: Node, *, inside: bool = True) -> Iterator[Term]:
    """The terms in the order of the text; with `inside`, also those within HAS, after the HAS itself."""
    match node:
        case And(args) | Or(args):
            for arg in args:
                yield from terms(arg, inside=inside)
        case Not(arg):
            yield from terms(arg, inside=inside)
        case Element(arg=arg) | Having(arg=arg):
            yield node
            if inside:
                yield from terms(arg, inside=inside)
        case _:
            yield node


def fields(node: Node, above: Field | None = None) -> Iterator[Field]:
    """All fields in the order of the text, those relative to an element in full."""
    for term in terms(node, inside=False):
        if isinstance(term, Having):
            yield from fields(term.arg)
            continue
        full = Field(above.entity, f"{above.path}.{term.field.path}", term.field.at) if above else term.field
        yield full
        if isinstance(term, Element):
            yield from fields(term.arg, full)
