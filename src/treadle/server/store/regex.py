"""Python regular expressions in PostgreSQL's words (its "advanced regular expressions").

Only what means something else there is rewritten: word boundaries, flags, named groups, hex escapes, braces
and brackets. What PostgreSQL cannot do (flags for a part, atomic groups, conditions) is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from treadle.server.kit.errors import Invalid

_SAME_ESCAPES = frozenset("AZdDwWsSnrtfv")
_OTHER_ESCAPES = {"b": r"\y", "B": r"\Y", "a": r"\u0007"}
_HEX = {"x": 2, "u": 4, "U": 8}
_QUANTIFIER = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")
_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")
_NAMED = re.compile(r"\(\?P<(\w+)>")
_NAMED_AGAIN = re.compile(r"\(\?P=(\w+)\)")
_LOOK = re.compile(r"\(\?(?:<?[=!])")
_MOST_REPEATS = 255  # of PostgreSQL


def _refused(what: str) -> Invalid:
    return Invalid(f"Invalid filter: this regular expression uses {what}, which is not supported.")


def _prefix(flags: str) -> str:
    """Embedded options: `p` = the dot stops at line ends while ^ and $ do not care, as in Python."""
    lines = {(False, False): "p", (False, True): "s", (True, False): "n", (True, True): "w"}
    return f"(?{lines['m' in flags, 's' in flags]}{'i' if 'i' in flags else 'c'})"


@dataclass
class _Translation:
    """One pass over a pattern that Python has accepted."""

    text: str
    position: int = 0
    out: list[str] = field(default_factory=list)
    flags: str = ""
    opened: list[bool] = field(default_factory=list)  # per open group: is it a look-around?
    groups: list[int | None] = field(default_factory=list)  # Python's number - 1 -> PostgreSQL's
    names: dict[str, int] = field(default_factory=dict)

    def run(self) -> str:
        while found := _FLAGS.match(self.text, self.position):
            self.flags += found[1]
            self.position = found.end()
        while self.position < len(self.text):
            self.step()
        return _prefix(self.flags) + "".join(self.out)

    def step(self) -> None:
        letter = self.text[self.position]
        if letter == "\\":
            self.out.append(self.escape())
        elif letter == "[":
            self.bracket()
        elif letter == "(":
            self.group()
        elif letter == "{":
            self.brace()
        elif "x" in self.flags and (letter.isspace() or letter == "#"):
            self.skip_verbose(letter)
        else:
            if letter == ")" and self.opened:
                self.opened.pop()
            self.out.append(r"\}" if letter == "}" else letter)
            self.position += 1

    def skip_verbose(self, letter: str) -> None:
        end = self.text.find("\n", self.position) if letter == "#" else self.position
        self.position = len(self.text) if end < 0 else end + 1

    def escape(self, *, bracket: bool = False) -> str:
        letter = self.text[self.position + 1]
        if letter in _HEX:
            digits = self.text[self.position + 2 : self.position + 2 + _HEX[letter]]
            self.position += 2 + _HEX[letter]
            if int(digits, 16) == 0:
                raise _refused("a NUL character")
            return f"\\U{int(digits, 16):08x}"
        if letter in "N0":
            raise _refused(f"'\\{letter}'")
        if letter.isdigit() and letter.isascii():
            return self.back_reference(bracket=bracket)
        self.position += 2
        if bracket and letter == "b":
            return r"\u0008"
        if letter in _OTHER_ESCAPES:
            return _OTHER_ESCAPES[letter]
        if letter in _SAME_ESCAPES or not letter.isalnum():
            return f"\\{letter}"
        return letter

    def back_reference(self, *, bracket: bool) -> str:
        found = re.compile(r"\\(\d{1,2})").match(self.text, self.position)
        if bracket or found is None:
            raise _refused("an octal escape")
        self.position = found.end()
        return self.reference(int(found[1]))

    def reference(self, number: int) -> str:
        known = self.groups[number - 1] if 0 < number <= len(self.groups) else None
        if known is None:
            raise _refused("a reference to a group inside a look-around")
        return f"(?:\\{known})"

    def group(self) -> None:
        rest, start = self.text, self.position
        if rest.startswith("(?#", start):
            self.position = rest.index(")", start) + 1
        elif found := _NAMED_AGAIN.match(rest, start):
            self.position = found.end()
            self.out.append(self.reference(self.names[found[1]]))
        elif found := _NAMED.match(rest, start):
            self.open_capture(found.end(), name=found[1])
        elif found := _LOOK.match(rest, start):
            self.open(found[0], look=True)
        elif rest.startswith("(?:", start):
            self.open("(?:", look=False)
        elif rest.startswith("(?>", start):
            raise _refused("an atomic group")
        elif rest.startswith("(?(", start):
            raise _refused("a condition on a group")
        elif rest.startswith("(?", start):
            raise _refused("flags for a part of it")
        else:
            self.open_capture(start + 1)

    def open(self, text: str, *, look: bool) -> None:
        self.opened.append(look)
        self.out.append(text)
        self.position += len(text)

    def open_capture(self, end: int, name: str | None = None) -> None:
        # PostgreSQL does not count groups inside look-arounds.
        counted = not any(self.opened)
        self.groups.append(1 + sum(number is not None for number in self.groups) if counted else None)
        if name is not None:
            self.names[name] = len(self.groups)
        self.opened.append(False)
        self.out.append("(")
        self.position = end

    def brace(self) -> None:
        found = _QUANTIFIER.match(self.text, self.position)
        if found is None or found[0] == "{}":
            self.out.append(r"\{")
            self.position += 1
            return
        low, high = found[1] or "0", found[3] or ""
        if max(int(low), int(high or 0)) > _MOST_REPEATS:
            raise _refused(f"more than {_MOST_REPEATS} repeats")
        self.out.append(f"{{{low}{found[2] or ''}{high}}}")
        self.position = found.end()

    def bracket(self) -> None:
        self.position += 1
        self.out.append("[")
        if self.text[self.position] == "^":
            self.out.append("^")
            self.position += 1
        first = True
        while first or self.text[self.position] != "]":
            first = False
            self.out.append(self.bracket_item())
            following = self.text[self.position : self.position + 2]
            if following[:1] == "-" and following != "-]":
                self.position += 1
                self.out.append(f"-{self.bracket_item()}")
        self.position += 1
        self.out.append("]")

    def bracket_item(self) -> str:
        letter = self.text[self.position]
        if letter == "\\":
            return self.escape(bracket=True)
        self.position += 1
        return f"\\{letter}" if letter in "[]-^" else letter


def postgres_regex(pattern: str) -> str:
    """The PostgreSQL pattern that finds what Python's `re.search` would; Invalid (422) when there is none."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Invalid(f"Invalid filter: bad regular expression: {error}.") from None
    return _Translation(pattern).run()
