"""Tree to JSON and back without loss: what the visual builder and the API speak."""

from __future__ import annotations

from typing import Any, get_args

from treadle.flyql import literals
from treadle.flyql.ast import (
    And,
    Compare,
    Element,
    Exists,
    Field,
    Having,
    In,
    Is,
    Node,
    Not,
    Operator,
    Or,
    Value,
    both,
    either,
)
from treadle.flyql.entities import ENTITIES
from treadle.flyql.errors import FlyqlError, TreeError
from treadle.flyql.parser import parse
from treadle.flyql.printer import to_text
from treadle.flyql.words import MAX_DEPTH, is_bare

_OPERATORS = get_args(Operator)


def to_tree(node: Node) -> dict[str, Any]:  # noqa: PLR0911  one kind of node, one line
    match node:
        case And(args):
            return {"op": "and", "args": [to_tree(arg) for arg in args]}
        case Or(args):
            return {"op": "or", "args": [to_tree(arg) for arg in args]}
        case Not(arg):
            return {"op": "not", "arg": to_tree(arg)}
        case Compare(op, field, value):
            return {"op": op, "field": str(field), "value": _value_tree(value)}
        case In(field, values):
            return {"op": "in", "field": str(field), "values": [_value_tree(value) for value in values]}
        case Exists(field):
            return {"op": "exists", "field": str(field)}
        case Is(field, value):
            return {"op": "is", "field": str(field), "value": "true" if value else "false"}
        case Element(field, arg):
            return {"op": "has", "field": str(field), "arg": to_tree(arg)}
        case Having(entity, arg):
            return {"op": "has", "entity": entity, "arg": to_tree(arg)}


def from_tree(tree: object) -> Node:
    """The tree of the JSON, in normal form and under the same rules and limits as a text; raises TreeError."""
    node = _Reader().node(tree, "", depth=0, relative=False)
    try:
        return parse(to_text(node))
    except FlyqlError as error:
        raise TreeError("", error.message) from error


def _value_tree(value: Value) -> dict[str, Any]:
    return {"text": value.text, "quoted": value.quoted, "type": literals.type_of(value)}


class _Reader:
    """Structure only: names, limits and patterns are the parser's to judge."""

    def node(self, tree: object, where: str, *, depth: int, relative: bool) -> Node:
        if depth > 2 * MAX_DEPTH + 2:  # AND in OR in AND: brackets and the terms between them
            raise TreeError(where, f"nested deeper than {MAX_DEPTH}")
        op = self.key(tree, "op", where)
        match op:
            case "and" | "or":
                args = self.items(self.key(tree, "args", where), _at(where, "args"))
                nodes = [self.node(arg, at, depth=depth + 1, relative=relative) for arg, at in args]
                return both(nodes) if op == "and" else either(nodes)
            case "not":
                return Not(self.arg(tree, where, depth=depth, relative=relative))
            case "has" if isinstance(tree, dict) and "entity" in tree:
                entity = self.text(tree, "entity", where)
                if entity not in ENTITIES:
                    raise TreeError(_at(where, "entity"), f"Unknown field '{entity}'")
                return Having(entity, self.arg(tree, where, depth=depth, relative=False))
        return self.about_field(op, tree, where, depth=depth, relative=relative)

    def about_field(self, op: object, tree: object, where: str, *, depth: int, relative: bool) -> Node:
        if op not in (*_OPERATORS, "in", "exists", "is", "has"):
            raise TreeError(_at(where, "op"), f"Unknown operator: '{op}'")
        field = self.field(tree, where, relative=relative)
        match op:
            case "in":
                values = self.items(self.key(tree, "values", where), _at(where, "values"))
                return In(field, tuple(self.value(value, at) for value, at in values))
            case "exists":
                return Exists(field)
            case "has":
                return Element(field, self.arg(tree, where, depth=depth, relative=True))
            case "is":
                said = self.text(tree, "value", where)
                if said not in ("true", "false", "null"):
                    raise TreeError(_at(where, "value"), "must be true, false or null, as text")
                return Not(Exists(field)) if said == "null" else Is(field, said == "true")
        return Compare(op, field, self.value(self.key(tree, "value", where), _at(where, "value")))  # type: ignore[arg-type]

    def arg(self, tree: object, where: str, *, depth: int, relative: bool) -> Node:
        return self.node(self.key(tree, "arg", where), _at(where, "arg"), depth=depth + 1, relative=relative)

    def field(self, tree: object, where: str, *, relative: bool) -> Field:
        text = self.text(tree, "field", where)
        if relative:
            return Field("", text)
        entity, _, path = text.partition(".")
        return Field(entity.lower(), path)

    def value(self, tree: object, where: str) -> Value:
        """A value that cannot stand without quotes has them."""
        text = self.text(tree, "text", where)
        quoted = self.key(tree, "quoted", where) if isinstance(tree, dict) and "quoted" in tree else False
        if not isinstance(quoted, bool):
            raise TreeError(_at(where, "quoted"), "must be true or false")
        return Value(text, quoted or not is_bare(text))

    def text(self, tree: object, name: str, where: str) -> str:
        found = self.key(tree, name, where)
        if not isinstance(found, str):
            raise TreeError(_at(where, name), "must be a text")
        return found

    def key(self, tree: object, name: str, where: str) -> object:
        if not isinstance(tree, dict):
            raise TreeError(where, "must be an object")
        if name not in tree:
            raise TreeError(where, f"`{name}` is missing")
        return tree[name]

    def items(self, found: object, where: str) -> list[tuple[object, str]]:
        if not isinstance(found, list) or not found:
            raise TreeError(where, "must be a list of at least one")
        return [(item, f"{where}[{index}]") for index, item in enumerate(found)]


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
