"""Arithmetic of a column: `x` is its value. Parsed, checked and compiled; nothing is ever evaluated as Python."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

Number = int | float
Formula = Callable[[Number], Number]

MAX_LENGTH = 500
MAX_DEPTH = 40

_BINARY: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: operator.mod,
        ast.Pow: math.pow,  # of floats: cannot grow without bound as whole numbers can
    }
)
_FUNCTIONS: Mapping[str, tuple[Callable[..., Number], int, int]] = MappingProxyType(
    {
        "abs": (abs, 1, 1),
        "ceil": (math.ceil, 1, 1),
        "exp": (math.exp, 1, 1),
        "floor": (math.floor, 1, 1),
        "log": (math.log, 1, 2),
        "log10": (math.log10, 1, 1),
        "max": (max, 2, 9),
        "min": (min, 2, 9),
        "round": (lambda value, digits=0: round(value, int(digits)) if digits else round(value), 1, 2),
        "sqrt": (math.sqrt, 1, 1),
    }
)
_CONSTANTS = MappingProxyType({"pi": math.pi, "PI": math.pi, "E": math.e})


class BadFormula(ValueError):
    """The formula is not arithmetic; the message says why."""


def compile_formula(text: str) -> Formula:
    """The function of `x` that the text describes; `^` and `**` are powers."""
    if len(text) > MAX_LENGTH:
        raise BadFormula(f"a formula has at most {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise BadFormula("this is not a formula; write arithmetic with x, such as x / 365.25") from None
    return _node(tree.body, 0)


def _node(node: ast.expr, depth: int) -> Formula:
    if depth > MAX_DEPTH:
        raise BadFormula("the formula is nested too deeply")
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        return _name(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _node(node.operand, depth + 1)
        return (lambda x: -inner(x)) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        combine = _BINARY[type(node.op)]
        left, right = _node(node.left, depth + 1), _node(node.right, depth + 1)
        return lambda x: combine(left(x), right(x))
    if isinstance(node, ast.Call):
        return _call(node, depth)
    raise BadFormula("only numbers, x, + - * / // % ^, brackets and functions are known")


def _constant(value: object) -> Formula:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise BadFormula("only numbers may stand in a formula")
    number = float(value) if abs(value) > 2**53 else value
    return lambda _x: number


def _name(name: str) -> Formula:
    if name == "x":
        return lambda x: x
    if name not in _CONSTANTS:
        raise BadFormula(f"'{name[:40]}' is unknown; the value is called x")
    constant = _CONSTANTS[name]
    return lambda _x: constant


def _call(node: ast.Call, depth: int) -> Formula:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in _FUNCTIONS or node.keywords:
        raise BadFormula(f"the functions are {', '.join(_FUNCTIONS)}")
    function, least, most = _FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        raise BadFormula(f"'{name}' takes {least if least == most else f'{least} to {most}'} values")
    inner = [_node(argument, depth + 1) for argument in node.args]
    return lambda x: function(*(one(x) for one in inner))


def apply(formula: Formula, value: Number) -> Number:
    """The result; ValueError when there is none (division by zero, too large)."""
    try:
        result = formula(value)
        finite = math.isfinite(result)
    except (ArithmeticError, TypeError) as error:
        raise ValueError(str(error)) from None
    if not finite:
        raise ValueError("the result is not a number")
    return result
