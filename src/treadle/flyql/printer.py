"""Tree to text, in the one canonical form."""

from __future__ import annotations

from treadle.flyql.ast import And, Compare, Element, Exists, Field, Having, In, Is, Node, Not, Or, Value
from treadle.flyql.words import is_bare, quote


def to_text(node: Node) -> str:  # noqa: PLR0911  one kind of node, one line
    """Parsed again it is the same tree; brackets stand only where precedence needs them."""
    match node:
        case Or(args):
            return " OR ".join(to_text(arg) for arg in args)
        case And(args):
            return " AND ".join(_bracketed(arg, Or) for arg in args)
        case Not(arg):
            return f"NOT {_bracketed(arg, And, Or)}"
        case Compare(op, field, value):
            return f"{field_text(field)} {op.upper()} {value_text(value)}"
        case In(field, values):
            return f"{field_text(field)} IN [{', '.join(value_text(value) for value in values)}]"
        case Exists(field):
            return f"{field_text(field)} EXISTS"
        case Is(field, value):
            return f"{field_text(field)} IS {'TRUE' if value else 'FALSE'}"
        case Element(field, arg):
            return f"{field_text(field)} HAS ({to_text(arg)})"
        case Having(entity, arg):
            return f"HAS {entity} ({to_text(arg)})"


def field_text(field: Field) -> str:
    text = str(field)
    return text if is_bare(text) else quote(text)


def value_text(value: Value) -> str:
    return value.text if is_bare(value.text) and not value.quoted else quote(value.text)


def _bracketed(node: Node, *looser: type[Node]) -> str:
    return f"({to_text(node)})" if isinstance(node, looser) else to_text(node)
