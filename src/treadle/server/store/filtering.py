"""Filter conditions and sort keys as SQL: the one reading of api.md 6.2 for every list.

A room names its fields (`Field`: an SQL expression and what it holds); this module knows how a typed text is
compared with each kind. Conditions are never NULL for `!=`: rows without the field differ from every value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Numeric,
    Text,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import true as sql_true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH, array
from sqlalchemy.sql.functions import Function
from sqlalchemy.types import TypeEngine

from treadle.server.kit.errors import Invalid
from treadle.server.store.regex import postgres_regex

Kind = Literal["text", "number", "integer", "time", "date", "boolean", "text_list", "json"]
Condition = ColumnElement[bool]

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LARGEST = Decimal("1e300")  # more than any field holds, and still a double
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_ORDERS = ("<", "<=", ">", ">=")
_WIRE_TIME = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


class ValueText(Protocol):
    """A value as it was typed."""

    @property
    def text(self) -> str:
        """The characters, without quotation marks."""

    @property
    def quoted(self) -> bool:
        """Whether it stood in quotation marks and is a text whatever it looks like."""


@dataclass(frozen=True)
class Field:
    """What a field name stands for; `kind` says what the expression holds.

    `text_list` is an SQL text array, `json` a JSONB value of any shape, `date` an SQL date.
    """

    expression: ColumnElement[Any]
    kind: Kind


def condition_sql(field: Field, operator: str, values: Sequence[ValueText]) -> Condition:
    """The SQL condition `field operator value`; `=|` takes any number of values, all others one."""
    if operator == "=|":
        return or_(false(), *(_equal(field, value) for value in values))
    value = values[0]
    if operator == "=":
        return _equal(field, value)
    if operator == "!=":
        return ~func.coalesce(_equal(field, value), false())
    if operator == "=~":
        return _matches(field, postgres_regex(value.text))
    if operator in _ORDERS:
        return false() if _is_null(value) else _ordered(field, operator, value)
    raise Invalid(f"Invalid filter: '{operator}' is not an operator.")


def sort_sql(field: Field, descending: bool = False) -> ColumnElement[Any]:
    """The sort key: rows without the field last when ascending, first when descending."""
    expression = field.expression
    if field.kind == "json":
        expression = func.nullif(expression, _json("null"))
    return expression.desc().nulls_first() if descending else expression.asc().nulls_last()


def _is_null(value: ValueText) -> bool:
    return not value.quoted and value.text == "null"


def _boolean(value: ValueText) -> bool | None:
    return None if value.quoted else {"true": True, "false": False}.get(value.text.lower())


def _number(value: ValueText) -> Decimal | None:
    if value.quoted or not _NUMBER.fullmatch(value.text):
        return None
    number = Decimal(value.text)
    return number if abs(number) < _LARGEST else _LARGEST.copy_sign(number)


def _number_sql(number: Decimal) -> ColumnElement[Any]:
    if number == number.to_integral_value() and abs(number) < 2**63:
        return literal(int(number), BigInteger)  # keeps an index on a whole-number column usable
    return literal(number, Numeric)


def _instant(value: ValueText) -> tuple[datetime, bool] | None:
    """The instant meant, and whether only a day was given."""
    if value.quoted or not (_DATE.fullmatch(value.text) or _TIME.fullmatch(value.text)):
        return None
    try:
        found = datetime.fromisoformat(value.text.replace("z", "Z").replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)), len(value.text) == len("2020-01-01")


def _compare(operator: str, left: ColumnElement[Any], right: ColumnElement[Any]) -> Condition:
    """`left operator right` for the four orders and equality."""
    table: dict[str, Callable[[], Condition]] = {
        "=": lambda: left == right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }
    return table[operator]()


def _equal(field: Field, value: ValueText) -> Condition:
    if _is_null(value):
        return _absent(field)
    if field.kind == "boolean":
        wanted = _boolean(value)
        return false() if wanted is None else field.expression.is_(wanted)
    return _ordered(field, "=", value)


def _absent(field: Field) -> Condition:
    missing = field.expression.is_(None)
    if field.kind == "json":
        return or_(missing, field.expression == _json("null"))
    if field.kind == "text_list":
        return or_(missing, func.cardinality(field.expression) == 0)
    return missing


def _ordered(field: Field, operator: str, value: ValueText) -> Condition:
    """Equality or an order with a value that is not null; a value of another kind never matches."""
    expression = field.expression
    if field.kind in ("number", "integer"):
        number = _number(value)
        return false() if number is None else _compare(operator, expression, _number_sql(number))
    if field.kind in ("time", "date"):
        return _time(_as_instant(field), operator, value)
    if field.kind == "text":
        return _compare(operator, expression, literal(value.text, Text))
    if field.kind == "text_list":
        return _list(expression, operator, value)
    if field.kind == "json":
        return _json_value(expression, operator, value)
    return false()


def _as_instant(field: Field) -> ColumnElement[Any]:
    if field.kind == "time":
        return field.expression
    return func.timezone("UTC", cast(field.expression, DateTime))


def _time(expression: ColumnElement[Any], operator: str, value: ValueText) -> Condition:
    found = _instant(value)
    if found is None:
        return false()
    instant, whole_day = found
    at = literal(instant, DateTime(timezone=True))
    if not whole_day or operator != "=":
        return _compare(operator, expression, at)
    if (instant.year, instant.month, instant.day) == (9999, 12, 31):
        return expression >= at
    return and_(expression >= at, expression < literal(instant + timedelta(days=1), DateTime(timezone=True)))


def _list(expression: ColumnElement[Any], operator: str, value: ValueText) -> Condition:
    if operator == "=":
        wanted = cast(array([literal(value.text, Text)]), ARRAY(Text))
        return expression.op("@>", is_comparison=True)(wanted)
    text = literal(value.text, Text)
    return _any(func.unnest(expression), Text(), lambda element: _compare(operator, element, text))


def _any(
    rows: Function[Any], kind: TypeEngine[Any], test: Callable[[ColumnElement[Any]], Condition]
) -> Condition:
    """Whether one of the rows that a function of the outer row gives passes the test."""
    given = rows.table_valued(column("element", kind)).render_derived()
    return select(literal(1)).select_from(given).where(test(given.c.element)).correlate_except(given).exists()


def _json(text: str) -> ColumnElement[Any]:
    return cast(literal(text, Text), JSONB)


def _json_texts(value: ValueText) -> dict[str, str]:
    """The JSON values a typed text may mean, by the name of a variable."""
    texts = {"text": json.dumps(value.text)}
    if (number := _number(value)) is not None:
        texts["number"] = str(number)
    if (flag := _boolean(value)) is not None:
        texts["flag"] = "true" if flag else "false"
    return texts


def _json_value(expression: ColumnElement[Any], operator: str, value: ValueText) -> Condition:
    texts = _json_texts(value)
    if operator == "=":
        # A JSON array contains (@>) each of its plain elements; a plain value only itself.
        return or_(*(expression.op("@>", is_comparison=True)(_json(text)) for text in texts.values()))
    texts.pop("flag", None)
    tests = " || ".join(f"@ {operator} ${name}" for name in texts)
    variables = "{" + ",".join(f'"{name}":{text}' for name, text in texts.items()) + "}"
    return func.jsonb_path_exists(
        expression, cast(literal(f"$ ? ({tests})", Text), JSONPATH), _json(variables), sql_true()
    )


def _matches(field: Field, pattern: str) -> Condition:
    regex = literal(pattern, Text)
    expression = field.expression
    if field.kind == "text_list":
        return _any(func.unnest(expression), Text(), lambda element: _like(element, regex))
    if field.kind == "json":
        whole = cast(literal("$[*]", Text), JSONPATH)
        return _any(
            func.jsonb_path_query(expression, whole), JSONB(), lambda item: _like(_plain_text(item), regex)
        )
    if field.kind in ("time", "date"):
        expression = func.to_char(func.timezone("UTC", _as_instant(field)), _WIRE_TIME)
    elif field.kind != "text":
        expression = cast(expression, Text)
    return _like(expression, regex)


def _like(words: ColumnElement[Any], regex: ColumnElement[Any]) -> Condition:
    return words.op("~", is_comparison=True)(regex)


def _plain_text(item: ColumnElement[Any]) -> ColumnElement[Any]:
    """The text of a JSON string, number or boolean; NULL of anything else."""
    plain = func.jsonb_typeof(item).in_(("string", "number", "boolean"))
    return case((plain, item.op("#>>")(cast(literal("{}", Text), ARRAY(Text)))))
