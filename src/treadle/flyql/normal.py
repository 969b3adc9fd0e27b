"""The form compilers like: NOT only directly in front of terms."""

from __future__ import annotations

from typing import cast

from treadle.flyql.ast import And, Compare, Node, Not, Operator, Or, both, either

_OPPOSITE = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


def push_not(node: Node, *, negated: bool = False) -> Node:
    """The same truth for every row. What is inside HAS stays as it is."""
    match node:
        case Not(arg):
            return push_not(arg, negated=not negated)
        case And(args):
            return (either if negated else both)([push_not(arg, negated=negated) for arg in args])
        case Or(args):
            return (both if negated else either)([push_not(arg, negated=negated) for arg in args])
        case Compare(op, field, value) if negated and op in _OPPOSITE:
            return Compare(cast(Operator, _OPPOSITE[op]), field, value)
    return Not(node) if negated else node
