"""Type-ahead: what is expected where a text ends. Works on tokens, so a fault further to the left does not matter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from treadle.flyql.lexer import Token, tokens
from treadle.flyql.words import QUOTES, soft, unescape

Kind = Literal["nothing", "field", "operator", "value", "truth", "entity", "connective"]

_KINDS: dict[str, Kind] = {
    "term": "field",
    "operator": "operator",
    "value": "value",
    "item": "value",
    "truth": "truth",
    "entity": "entity",
    "connective": "connective",
}
_NEXT = {"truth": "connective", "value": "connective", "item": "after item", "entity": "bracket"}


@dataclass(frozen=True, slots=True)
class Caret:
    """What may stand at the end of the text in place of `prefix`, which begins at `start`."""

    kind: Kind
    start: int
    prefix: str = ""
    typed: bool = False  # whether a word has been begun; where not, classic type-ahead stays silent
    field: str = ""  # whose values or operators are wanted
    within: str = ""  # inside `field HAS (`, that field: wanted are fields below it

    @property
    def classic(self) -> bool:
        """Whether this is looked up without being asked for more: fields and values of which a part is there."""
        return self.typed and self.kind in ("field", "value")

    def stands_free(self, text: str) -> bool:
        """Whether a new word may begin there: not right behind an operator, which would become part of the word."""
        return self.start == 0 or text[self.start - 1].isspace() or text[self.start - 1] in "([,"


@dataclass(frozen=True, slots=True)
class _State:
    """Where a reader from left to right is; `expects` names what comes next."""

    expects: str = "term"
    field: str = ""
    around: tuple[
        str, ...
    ] = ()  # of each open bracket the field whose elements it is about, or an empty text

    @property
    def within(self) -> str:
        return self.around[-1] if self.around else ""


def at_caret(text: str) -> Caret:
    """What the writer of the text, whose caret is at its end, may write next."""
    before = tokens(text)
    last = before.pop()
    touching = last.kind == "end" and before and before[-1].end == len(text)
    if touching and before[-1].kind in ("id", "path", "keyword", "operator"):
        last = before.pop()
    state = _State()
    for token in before:
        state = _after(state, token)
    if last.kind == "end" or (last.kind == "operator" and state.expects != "operator"):
        return _caret(state, len(text))
    if last.kind != "broken":
        return _caret(state, last.start, last.text if last.kind == "path" else text[last.start :])
    if text[last.start] not in QUOTES:
        return Caret("nothing", 0)
    if state.expects not in ("term", "value", "item"):
        return Caret("nothing", 0)
    return _caret(state, *_open_quote(text, before, last.start))


def _open_quote(text: str, before: list[Token], quote: int) -> tuple[int, str]:
    """Start and content of a word whose last quote is not closed; a field may have segments before that."""
    start = before[-1].end if before else 0
    while text[start].isspace():
        start += 1
    return start, text[start:quote].replace('"', "") + unescape(text[quote + 1 :])


def _caret(state: _State, start: int, prefix: str | None = None) -> Caret:
    kind = _KINDS.get(state.expects, "nothing")
    within = state.within if kind == "field" else ""
    return Caret(
        kind, start, prefix or "", prefix is not None, state.field if kind != "field" else "", within
    )


def _after(state: _State, token: Token) -> _State:  # noqa: PLR0911  one place, one rule
    """The state behind a token; what does not fit is passed over."""
    if token.kind == "keyword" and token.text in ("AND", "OR"):
        return replace(state, expects="term", field="")
    if token.kind in ("(", "[") and state.expects == "list":
        return replace(state, expects="item")
    if token.kind == "(":
        return _State(
            "term", "", (*state.around, state.field if state.expects == "elements" else state.within)
        )
    if token.kind in (")", "]"):
        in_list = state.expects in ("item", "after item")
        return _State("connective", "", state.around if in_list else state.around[:-1])
    if token.kind == ",":
        return replace(state, expects="item" if state.expects == "after item" else state.expects)
    if state.expects == "term" and token.kind in ("id", "string", "path"):
        if token.kind == "id" and soft(token.text, "HAS") and not state.within:
            return replace(state, expects="entity")
        field = f"{state.within}.{token.text}" if state.within else token.text
        return replace(state, expects="operator", field=field)
    if state.expects == "operator":
        return replace(state, expects=_operand(token))
    if state.expects == "truth" and token.kind == "keyword":
        return state
    return replace(state, expects=_NEXT.get(state.expects, state.expects))


def _operand(token: Token) -> str:
    """What follows an operator, known or not."""
    if token.kind == "id" and (said := soft(token.text, "IS", "HAS")):
        return "truth" if said == "IS" else "elements"
    if token.kind == "keyword":
        return {"NOT": "operator", "IN": "list", "EXISTS": "connective"}.get(token.text, "value")
    return "value"
