"""Text to tree, by recursive descent; errors stand at the first token that cannot be accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from treadle.flyql import hints
from treadle.flyql.ast import (
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
    Value,
    both,
    either,
)
from treadle.flyql.entities import ENTITIES, may_mention
from treadle.flyql.errors import FlyqlError
from treadle.flyql.lexer import NOWHERE, Token, tokens
from treadle.flyql.like import compile_like
from treadle.flyql.pattern import Pattern, PatternError
from treadle.flyql.regex import compile_regex
from treadle.flyql.words import MAX_DEPTH, MAX_TERMS, MAX_VALUES, soft

_SAME: dict[str, Operator] = {"==": "=", "<>": "!="}
_CLOSING = {"[": "]", "(": ")"}
_RELATIVE = "element"  # the scope inside `field HAS (...)`


def parse(text: str) -> Node:
    """The tree of a query; raises FlyqlError."""
    return _Parser(text).query()


def parse_field(text: str) -> Field:
    """The field a sort order, a facet or a column names; raises FlyqlError."""
    field = _field(text, 0)
    if not _is_known(field) or NOWHERE.search(text):
        raise FlyqlError(text, 0, f"Unknown field '{text}'", hints.field(text))
    return field


def _field(text: str, at: int) -> Field:
    entity, _, path = text.partition(".")
    return Field(entity.lower(), path, at)


def _is_known(field: Field) -> bool:
    return field.entity in ENTITIES and bool(field.path)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.terms = 0
        self.depth = 0
        self.scope: str | None = None  # the entity of the HAS around, `_RELATIVE`, or None outside

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def query(self) -> Node:
        node = self.any()
        if self.token.kind != "end":
            raise self.error(self.token)
        return node

    def any(self) -> Node:
        args = [self.all()]
        while self.skip("keyword", "OR"):
            args.append(self.all())
        return either(args)

    def all(self) -> Node:
        args = [self.negated()]
        while self.skip("keyword", "AND"):
            args.append(self.negated())
        return both(args)

    def negated(self) -> Node:
        opening = self.token
        if self.skip("keyword", "NOT"):
            with self.deeper(opening):
                return Not(self.negated())
        if opening.kind == "(":
            return self.group()
        return self.term()

    def group(self) -> Node:
        opening = self.token
        self.expect("(")
        with self.deeper(opening):
            node = self.any()
        self.expect(")")
        return node

    def term(self) -> Node:
        first = self.token
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise self.error(first, f"The query has more than {MAX_TERMS} terms")
        if self.starts_having():
            return self.having()
        if first.kind not in ("id", "string", "path"):
            raise self.error(
                first, suggestion=hints.quoted(self.raw(first)) if first.kind == "keyword" else None
            )
        self.at += 1
        field = self.field(first)
        node = self.condition(first, field)
        self.check(first, field)
        return node

    def starts_having(self) -> bool:
        """HAS is a field like any other unless an entity, or some word with brackets, follows."""
        if self.scope == _RELATIVE or self.token.kind != "id" or not soft(self.token.text, "HAS"):
            return False
        following, after = (*self.tokens[self.at + 1 : self.at + 3], None)[:2]
        if following is None or following.kind != "id":
            return False
        return following.text.lower() in ENTITIES or (after is not None and after.kind == "(")

    def having(self) -> Node:
        self.at += 1
        token = self.token
        entity = token.text.lower()
        if entity not in ENTITIES:
            raise self.error(token, f"Unknown field '{token.text}'", hints.entity(token.text))
        self.at += 1
        return Having(entity, self.inner(entity))

    def inner(self, scope: str) -> Node:
        outer, self.scope = self.scope, scope
        node = self.group()
        self.scope = outer
        return node

    def field(self, token: Token) -> Field:
        if self.scope == _RELATIVE:
            return Field("", token.text, token.start)
        return _field(token.text, token.start)

    def check(self, token: Token, field: Field) -> None:
        """Unknown entities are refused: with NOT they would otherwise find everything."""
        if not (field.path if self.scope == _RELATIVE else _is_known(field)):
            raise self.error(token, f"Unknown field '{token.text}'", hints.field(token.text))
        if self.scope in ENTITIES and not may_mention(self.scope, field.entity):
            above = (
                f"in HAS {self.scope} (...) only fields of the {self.scope} and of what is above it are known"
            )
            raise self.error(token, f"Unknown field '{token.text}'", above)

    def condition(self, first: Token, field: Field) -> Node:
        token = self.token
        if token.kind == "operator":
            self.at += 1
            return self.comparison(field, token.text)
        if token.kind == "keyword" and token.text == "NOT":
            self.at += 1
            return Not(self.named(field))
        if token.kind == "keyword" and token.text not in ("AND", "OR"):
            return self.named(field)
        if token.kind == "id" and soft(token.text, "IS"):
            self.at += 1
            return self.truth(field)
        if token.kind == "id" and soft(token.text, "HAS") and self.scope != _RELATIVE:
            self.at += 1
            return Element(field, self.inner(_RELATIVE))
        blanks = hints.blanks(self.raw(first)) if first.kind == "id" else None
        if token.kind != "id":
            raise self.error(token, suggestion=blanks)
        raise self.error(token, f"Unknown operator: '{token.text}'", blanks or hints.operator(token.text))

    def comparison(self, field: Field, written: str) -> Node:
        operator: Operator = _SAME.get(written, written)  # type: ignore[arg-type]
        return Compare(
            operator, field, self.pattern(compile_regex) if operator in ("=~", "!~") else self.value()
        )

    def named(self, field: Field) -> Node:
        """The operators that are words."""
        token = self.token
        if token.kind != "keyword" or token.text not in ("IN", "LIKE", "CONTAINS", "EXISTS"):
            raise self.error(token, suggestion=hints.operator(token.text) if token.kind == "id" else None)
        self.at += 1
        match token.text:
            case "IN":
                return In(field, self.values())
            case "LIKE":
                return Compare("like", field, self.pattern(compile_like))
            case "CONTAINS":
                return Compare("contains", field, self.value())
        return Exists(field)

    def truth(self, field: Field) -> Node:
        negated = self.skip("keyword", "NOT")
        token = self.token
        said = soft(token.text, "TRUE", "FALSE", "NULL") if token.kind == "id" else None
        if said is None:
            raise self.error(token, suggestion=hints.nearest(token.text, ("TRUE", "FALSE", "NULL")))
        self.at += 1
        if said == "NULL":
            return Exists(field) if negated else Not(Exists(field))
        node = Is(field, said == "TRUE")
        return Not(node) if negated else node

    def values(self) -> tuple[Value, ...]:
        closing = _CLOSING.get(self.token.kind)
        if closing is None:
            raise self.error(self.token)
        self.at += 1
        found = [self.value()]
        while self.skip(",", ","):
            if len(found) == MAX_VALUES:
                raise self.error(self.token, f"The list has more than {MAX_VALUES:,} values")
            found.append(self.value())
        self.expect(closing)
        return tuple(found)

    def value(self) -> Value:
        token = self.token
        if token.kind not in ("id", "string"):
            raise self.error(
                token,
                suggestion=hints.quoted(self.raw(token)) if token.kind in ("keyword", "operator") else None,
            )
        self.at += 1
        return Value(token.text, token.kind == "string", token.start)

    def pattern(self, compiled: Callable[[str], Pattern]) -> Value:
        token = self.token
        value = self.value()
        try:
            compiled(value.text)
        except PatternError as error:
            raise self.error(token, str(error)) from error
        return value

    def skip(self, kind: str, text: str) -> bool:
        """Goes past the token if it is this one."""
        if self.token.kind != kind or self.token.text != text:
            return False
        self.at += 1
        return True

    def expect(self, kind: str) -> None:
        if self.token.kind != kind:
            raise self.error(self.token)
        self.at += 1

    @contextmanager
    def deeper(self, opening: Token) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(opening, f"The query is nested deeper than {MAX_DEPTH}")
        yield
        self.depth -= 1

    def raw(self, token: Token) -> str:
        return self.text[token.start : token.end]

    def error(self, token: Token, message: str | None = None, suggestion: str | None = None) -> FlyqlError:
        if token.kind == "broken":
            return FlyqlError(self.text, token.start, token.text)
        if token.kind == "end":
            return FlyqlError(self.text, token.start, "Unexpected end of input!", suggestion)
        if message is None:
            message = f"Syntax error at '{self.raw(token)}'"
            if suggestion is None and token.kind == "id":
                suggestion = hints.keyword(token.text)
        return FlyqlError(self.text, token.start, message, suggestion)
