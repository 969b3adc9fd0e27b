"""A query that means the same at any time and place: `now` and `today` as dates (search.md 10)."""

from __future__ import annotations

from dataclasses import replace

from treadle.flyql.ast import And, Compare, Element, Having, In, Node, Not, Or, Value
from treadle.flyql.literals import Clock, read, type_of


def fixed(node: Node, clock: Clock) -> Node:
    """The tree with its relative dates read on this clock."""
    match node:
        case And(args) | Or(args):
            return type(node)(tuple(fixed(arg, clock) for arg in args))
        case Not(arg) | Element(arg=arg) | Having(arg=arg):
            return replace(node, arg=fixed(arg, clock))
        case Compare(value=value):
            return replace(node, value=_value(value, clock))
        case In(values=values):
            return replace(node, values=tuple(_value(value, clock) for value in values))
    return node


def _value(value: Value, clock: Clock) -> Value:
    interval = read(value, clock).interval
    if type_of(value) != "relative" or interval is None:
        return value
    start, _ = interval.times
    if value.text.startswith("today"):  # a whole day, where the query is
        return Value(start.astimezone(clock.zone).date().isoformat())
    return Value(f"{start.replace(tzinfo=None).isoformat(timespec='microseconds')}Z")
