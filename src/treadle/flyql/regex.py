"""The regular expressions of `=~`: what all engines agree on, without what cannot be matched in linear time."""

from __future__ import annotations

import re
from functools import lru_cache

from treadle.flyql import charset
from treadle.flyql.charset import CharSet
from treadle.flyql.pattern import (
    MAX_COUNT,
    Choice,
    Edge,
    One,
    Pattern,
    PatternError,
    Piece,
    Repeat,
    Row,
)

__all__ = ["PatternError", "compile_regex"]

_MAX_DEPTH = 50  # groups in groups
_COUNT = re.compile(r"\{(\d*)(?:(,)(\d*))?\}", re.ASCII)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_HEX = {"x": 2, "u": 4}
_UNSUPPORTED = "Unsupported regular expression"
_ANYTHING = One(charset.ANY)


@lru_cache(maxsize=512)
def compile_regex(text: str) -> Pattern:
    """The pattern, which matches whole values; raises PatternError."""
    return Pattern(_Reader(text).read(), "regular expression")


class _Reader:
    def __init__(self, text: str) -> None:
        self.any_case = text.startswith("(?i)")
        self.text = text[4:] if self.any_case else text
        self.at = 0
        self.depth = 0

    def read(self) -> Piece:
        piece = self.choice()
        if self.at < len(self.text):
            raise _invalid("unbalanced )")
        return piece

    def choice(self) -> Piece:
        parts = [self.row()]
        while self.skip("|"):
            parts.append(self.row())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def row(self) -> Piece:
        parts: list[Piece] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.atom()))
        return Row(tuple(parts))

    def repeated(self, piece: Piece) -> Piece:
        count = self.count()
        if count is None:
            return piece
        if isinstance(piece, Edge):
            raise _invalid("nothing to repeat")
        if self.skip("+"):
            raise PatternError(f"{_UNSUPPORTED}: possessive repetition")
        self.skip("?")  # where the whole value matches, lazy is the same
        if self.count() is not None:
            raise _invalid("multiple repeat")
        return Repeat(piece, *count)

    def count(self) -> tuple[int, int | None] | None:
        """The repetition that stands here."""
        if self.skip("*"):
            return 0, None
        if self.skip("+"):
            return 1, None
        if self.skip("?"):
            return 0, 1
        match = _COUNT.match(self.text, self.at)
        if match is None or match[0] == "{}":
            return None  # as elsewhere, a brace that counts nothing is a brace
        self.at = match.end()
        if len(match[0]) > len("{255,255}"):
            raise PatternError(f"{_UNSUPPORTED}: repetitions count to at most {MAX_COUNT}")
        least = int(match[1] or 0)
        most = (int(match[3]) if match[3] else None) if match[2] else least
        if max(least, most or 0) > MAX_COUNT:
            raise PatternError(f"{_UNSUPPORTED}: repetitions count to at most {MAX_COUNT}")
        if most is not None and most < least:
            raise _invalid("min repeat greater than max repeat")
        return least, most

    def atom(self) -> Piece:
        character = self.text[self.at]
        if character in "*+?" or (character == "{" and self.count() is not None):
            raise _invalid("nothing to repeat")
        self.at += 1
        match character:
            case ".":
                return _ANYTHING
            case "^" | "$":
                return Edge(character == "^")
            case "(":
                return self.group()
            case "[":
                return self.one(self.bracket())
            case "\\":
                return self.one(self.escape())
        return self.one(charset.of(character))

    def one(self, chars: CharSet) -> Piece:
        return One(charset.any_case(chars) if self.any_case else chars)

    def group(self) -> Piece:
        if self.skip("?") and not self.skip(":"):
            what = {
                "=": "look-around",
                "!": "look-around",
                "<": "look-around or a named group",
                "P": "a named group",
            }
            said = what.get(self.text[self.at : self.at + 1], "flags other than a leading (?i)")
            raise PatternError(f"{_UNSUPPORTED}: {said}")
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise PatternError(f"{_UNSUPPORTED}: groups are nested deeper than {_MAX_DEPTH}")
        piece = self.choice()
        if not self.skip(")"):
            raise _invalid("missing )")
        self.depth -= 1
        return piece

    def bracket(self) -> CharSet:
        negated = self.skip("^")
        found: list[CharSet] = []
        first = True
        while first or not self.skip("]"):
            start = self.member()
            first = False
            if self.text[self.at : self.at + 1] != "-" or self.text[self.at + 1 : self.at + 2] in ("", "]"):
                found.append(start)
                continue
            self.at += 1
            found.append(_range(start, self.member()))
        chars = charset.union(found)
        if self.any_case:
            chars = charset.any_case(chars)
        chars = charset.complement(chars) if negated else chars
        if not chars:
            raise _invalid("a set without any character")
        return chars

    def member(self) -> CharSet:
        if self.at >= len(self.text):
            raise _invalid("unterminated character set")
        if self.text[self.at] == "[" and self.text[self.at + 1 : self.at + 2] in (":", ".", "="):
            raise PatternError(f"{_UNSUPPORTED}: named classes such as [:alpha:]")
        self.at += 1
        if self.text[self.at - 1] == "\\":
            return self.escape()
        return charset.of(self.text[self.at - 1])

    def escape(self) -> CharSet:
        """What stands behind a backslash."""
        if self.at >= len(self.text):
            raise _invalid("backslash at the end")
        character = self.text[self.at]
        self.at += 1
        if character in _CONTROL:
            return charset.of(_CONTROL[character])
        if character in _HEX:
            return self.hexadecimal(_HEX[character])
        if character in "dDwWsS":
            named = {"d": charset.digits, "w": charset.word, "s": charset.blanks}[character.lower()]()
            return named if character.islower() else charset.complement(named)
        if character.isdecimal():
            raise PatternError(f"{_UNSUPPORTED}: back-references")
        if character.isascii() and character.isalpha():
            raise PatternError(f"{_UNSUPPORTED}: \\{character}")
        return charset.of(character)

    def hexadecimal(self, length: int) -> CharSet:
        digits = self.text[self.at : self.at + length]
        if not re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digits):
            raise _invalid("incomplete escape")
        self.at += length
        return charset.of(chr(int(digits, 16)))

    def skip(self, character: str) -> bool:
        if self.text[self.at : self.at + 1] != character:
            return False
        self.at += 1
        return True


def _range(start: CharSet, end: CharSet) -> CharSet:
    single = all(len(side) == 1 and side[0][0] == side[0][1] for side in (start, end))
    if not single or start[0][0] > end[0][0]:
        raise _invalid("bad character range")
    return ((start[0][0], end[0][0]),)


def _invalid(why: str) -> PatternError:
    return PatternError(f"Invalid regular expression: {why}")
