"""Text to tokens, in one pass from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from treadle.flyql.words import BARE, COMPARISONS, MAX_CHARACTERS, keyword, unescape

Kind = Literal["id", "string", "path", "keyword", "operator", "(", ")", "[", "]", ",", "end", "broken"]

# Typographic quotes close each other in any mix, as word processors leave them.
_STRINGS = {
    opening: re.compile(rf"[{closing}]((?:\\.|[^\\\n{closing}])*)([{closing}]?)")
    for openings, closing in (('"', '"'), ("'", "'"), ("“”", "“”"), ("‘’", "‘’"))
    for opening in openings
}
NOWHERE = re.compile("[\x00\ud800-\udfff]")  # what no database keeps
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str  # keywords in upper case, strings without quotes, of a broken token what is wrong
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """All tokens and, last, the end of the text or the place where it stops being tokens."""
    found = []
    nowhere = NOWHERE.search(text)
    at = _skip(text, 0)
    while at < len(text):
        token = _token(text, at)
        if token.end > MAX_CHARACTERS:
            token = Token("broken", f"The query is longer than {MAX_CHARACTERS:,} characters", at, token.end)
        elif nowhere and token.end > nowhere.start():
            message = f"The character U+{ord(nowhere[0]):04X} stands in no text"
            token = Token("broken", message, nowhere.start(), token.end)
        found.append(token)
        if token.kind == "broken":
            return found
        at = _skip(text, token.end)
    return [*found, Token("end", "", len(text), len(text))]


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _token(text: str, at: int) -> Token:
    if text[at] in _STRINGS:
        return _string(text, at)
    bare = BARE.match(text, at)
    if bare is None:
        return Token(text[at], text[at], at, at + 1)  # type: ignore[arg-type]
    word, end = bare[0], bare.end()
    if word.endswith(".") and text[end : end + 1] in _STRINGS:
        return _path(text, at, end)
    if word in COMPARISONS:
        return Token("operator", word, at, end)
    if found := keyword(word):
        return Token("keyword", found, at, end)
    return Token("id", word, at, end)


def _string(text: str, at: int) -> Token:
    match = _STRINGS[text[at]].match(text, at)
    if match is None or not match[2]:
        quote = '"' if text[at] in '"“”' else "'"
        around = "'" if quote == '"' else '"'
        return Token("broken", f"Expected {around}{quote}{around}", at, len(text))
    return Token("string", unescape(match[1]), at, match.end())


def _path(text: str, at: int, end: int) -> Token:
    """`file.info."my key".x`: bare and quoted segments in turn, nothing between them."""
    parts = [text[at:end]]
    while parts[-1].endswith(".") and text[end : end + 1] in _STRINGS:
        quoted = _string(text, end)
        if quoted.kind == "broken":
            return quoted
        parts.append(quoted.text)
        end = quoted.end
        bare = BARE.match(text, end)
        if bare is None or not bare[0].startswith("."):
            break
        parts.append(bare[0])
        end = bare.end()
    return Token("path", "".join(parts), at, end)
