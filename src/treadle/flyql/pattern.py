"""Patterns of LIKE and `=~` as one small tree, matched in linear time and written for PostgreSQL.

Matching walks all positions of the pattern at once (no backtracking): each character of the text costs one look-up of a
state seen before, or a step over at most `MAX_POSITIONS` positions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from treadle.flyql import charset
from treadle.flyql.charset import CharSet

MAX_POSITIONS = 1_000  # characters the pattern stands for when its counts are written out
MAX_COUNT = 255  # of one repetition, as in PostgreSQL
_MAX_STATES = 2_000  # kept at once; more are found again when needed


class PatternError(ValueError):
    """No pattern of the language; the message is for the writer of the query."""


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    chars: CharSet


@dataclass(frozen=True, slots=True)
class Edge:
    """Start or end of the text."""

    start: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    parts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Piece
    least: int
    most: int | None


Piece = One | Edge | Row | Choice | Repeat


@dataclass(slots=True)
class _Node:
    """A position of the automaton: either reads one character and goes on, or goes on at once."""

    chars: CharSet | None = None
    edge: bool | None = None  # only passed at the start (True) or end (False) of the text
    to: list[int] = field(default_factory=list)


class Pattern:
    """A pattern that matches whole texts; raises PatternError when it is too large."""

    def __init__(self, piece: Piece, kind: str) -> None:
        self.piece = piece
        if positions(piece) > MAX_POSITIONS:
            raise PatternError(f"Unsupported {kind}: it stands for more than {MAX_POSITIONS:,} characters")

    def matches(self, text: str) -> bool:
        return self._automaton.matches(text)

    @cached_property
    def _automaton(self) -> _Automaton:
        return _Automaton(self.piece)

    @cached_property
    def postgres(self) -> str:
        """The same pattern for PostgreSQL's `~`."""
        return f"^(?:{_written(self.piece)})$"

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """Folded texts that occur in the folded form of every match."""
        return tuple(found for found in _literals(self.piece) if found)


def positions(piece: Piece) -> int:
    """How many characters the piece stands for, its counts written out."""
    match piece:
        case One() | Edge():
            return 1
        case Row(parts) | Choice(parts):
            return sum(positions(part) for part in parts) or 1
        case Repeat(part, least, most):
            return positions(part) * max(1, least, most or 0)


class _Automaton:
    def __init__(self, piece: Piece) -> None:
        self.nodes: list[_Node] = []
        self.final = self._add(_Node())
        self.first = self._build(piece, self.final)
        self.known: dict[frozenset[int], dict[str, frozenset[int]]] = {}

    def matches(self, text: str) -> bool:
        state = self._closure([self.first], edges={True, False} if not text else {True})
        for character in text:
            if not state:
                return False
            steps = self.known.get(state)
            if steps is None:
                if len(self.known) >= _MAX_STATES:
                    self.known.clear()
                steps = self.known[state] = {}
            following = steps.get(character)
            if following is None:
                following = self._step(state, character)
                if len(steps) < _MAX_STATES:
                    steps[character] = following
            state = following
        return self.final in self._closure(state, edges={True, False} if not text else {False})

    def _step(self, state: frozenset[int], character: str) -> frozenset[int]:
        reached = [
            target
            for at in state
            if (chars := self.nodes[at].chars) is not None and charset.contains(chars, character)
            for target in self.nodes[at].to
        ]
        return self._closure(reached, edges=set())

    def _closure(self, start: list[int] | frozenset[int], edges: set[bool]) -> frozenset[int]:
        """All positions reached without reading; those at an edge stay, for the end of the text."""
        seen = set(start)
        waiting = list(start)
        while waiting:
            node = self.nodes[waiting.pop()]
            if node.chars is not None or (node.edge is not None and node.edge not in edges):
                continue
            for target in node.to:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)

    def _add(self, node: _Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _build(self, piece: Piece, after: int) -> int:
        """Where to enter the piece so that one leaves it at `after`."""
        match piece:
            case One(chars):
                return self._add(_Node(chars=chars, to=[after]))
            case Edge(start):
                return self._add(_Node(edge=start, to=[after]))
            case Row(parts):
                for part in reversed(parts):
                    after = self._build(part, after)
                return after
            case Choice(parts):
                return self._add(_Node(to=[self._build(part, after) for part in parts]))
            case Repeat(part, least, most):
                return self._repeat(part, least, most, after)

    def _repeat(self, part: Piece, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self._add(_Node(to=[after]))
            self.nodes[loop].to.append(self._build(part, loop))
            entry = loop
        else:
            entry = after
            for _ in range(most - least):
                entry = self._add(_Node(to=[after, self._build(part, entry)]))
        for _ in range(least):
            entry = self._build(part, entry)
        return entry


def _written(piece: Piece) -> str:
    match piece:
        case One(chars):
            return _set(chars)
        case Edge(start):
            return "^" if start else "$"
        case Row(parts):
            return "".join(f"(?:{_written(p)})" if isinstance(p, Choice) else _written(p) for p in parts)
        case Choice(parts):
            return "|".join(_written(part) for part in parts)
        case Repeat(part, least, most):
            return f"(?:{_written(part)}){_count(least, most)}"


def _count(least: int, most: int | None) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    return short.get((least, most)) or f"{{{least},{'' if most is None else most}}}"


def _set(chars: CharSet) -> str:
    if chars == charset.ANY:
        return "."
    if len(chars) == 1 and chars[0][0] == chars[0][1]:
        return _escape(chars[0][0])
    opposite = charset.complement(chars)
    negated = 0 < len(opposite) < len(chars)
    inside = "".join(
        _escape(first) + (f"-{_escape(last)}" if last > first else "")
        for first, last in (opposite if negated else chars)
    )
    return f"[{'^' if negated else ''}{inside}]"


def _escape(code: int) -> str:
    character = chr(code)
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literals(piece: Piece) -> list[str]:
    """Texts every match contains, in order; an empty one stands between texts that need not touch."""
    match piece:
        case One(chars):
            return [_folded(chars)]
        case Edge():
            return [""]
        case Row(parts):
            found = [""]
            for part in parts:
                if isinstance(part, One) and (character := _folded(part.chars)):
                    found[-1] += character
                else:
                    found += ["", *_literals(part), ""]
            return found
        case Repeat(part, least, _) if least:
            return ["", *_literals(part), ""]
    return [""]


def _folded(chars: CharSet) -> str:
    """The one folded text all these characters have, if there is one."""
    if sum(last - first + 1 for first, last in chars) > len("ſsS"):
        return ""
    folded = {chr(code).casefold() for first, last in chars for code in range(first, last + 1)}
    return folded.pop() if len(folded) == 1 else ""
