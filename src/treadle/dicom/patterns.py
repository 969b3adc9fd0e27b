r"""The language of `routing.patterns`: `"<template>=<pattern>"` rules that cut header values into fields.

A template is one tag or a `{Tag}` mix. In a pattern `{field}` or `{field:regex}` captures, `[..]` is
optional, `*` is any text without a slash, `**/` any text, `.` and `^` are themselves, a backslash takes the
special meaning away, and the suffix `!i` ignores case, `!r` leaves everything outside captures a raw regular
expression. A pattern has to match the whole text and quantifiers are lazy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

FIELDS = {
    "group": "group", "group._id": "group", "group.id": "group",
    "project": "project", "project.label": "project",
    "subject": "subject", "subject.label": "subject",
    "session": "session", "session.label": "session",
    "acquisition": "acquisition", "acquisition.label": "acquisition",
}  # fmt: skip

_TOKEN = re.compile(r"\\.|\*\*/|[+*](?=[?{])|.", re.DOTALL)
_SIMPLE = {
    "[": "(?:", "]": ")?", ".": r"\.", "^": r"\^", "*": "[^/]*?", "**/": ".*?", "+": "+?",
    r"\[": "[", r"\]": "]", r"\.": ".", r"\^": "^", r"\*": "*?",
}  # fmt: skip
_LAZY = {"*": "*?", "+": "+?"}
_TEMPLATE_TAG = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class PatternRule:
    """One compiled rule: where the text comes from and how it is cut."""

    template: str
    regex: re.Pattern[str]
    names: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags the template is made of."""
        return tuple(_TEMPLATE_TAG.findall(self.template)) or (self.template,)

    def text(self, lookup: Callable[[str], str]) -> str:
        """Template filled from `lookup`; empty when any of its tags is."""
        if not _TEMPLATE_TAG.search(self.template):
            return lookup(self.template)
        values = {tag: lookup(tag) for tag in _TEMPLATE_TAG.findall(self.template)}
        if not all(values.values()):
            return ""
        return _TEMPLATE_TAG.sub(lambda match: values[match[1]], self.template)

    def match(self, text: str) -> dict[str, str]:
        """Field -> captured text of one text; empty when it does not match as a whole."""
        match = self.regex.fullmatch(text) if text else None
        if match is None:
            return {}
        return {name: match[f"f{at}"] for at, name in enumerate(self.names) if match[f"f{at}"]}


def match_patterns(rules: Iterable[str], lookup: Callable[[str], str]) -> dict[str, str]:
    """Fields captured by the rules; for each field the first rule giving it wins.

    >>> match_patterns(["PatientID=[fw://]{group}[/{project}]"], {"PatientID": "neuro/Amnesia"}.get)
    {'group': 'neuro', 'project': 'Amnesia'}
    """
    found: dict[str, str] = {}
    for rule in map(compile_rule, rules):
        found = rule.match(rule.text(lambda tag: lookup(tag) or "")) | found
    return found


@lru_cache(maxsize=256)
def compile_rule(rule: str) -> PatternRule:
    """Compiled `"<template>=<pattern>"`; ValueError tells what is wrong with it."""
    template, equals, pattern = rule.partition("=")
    if not (equals and template.strip() and pattern.strip()):
        raise ValueError(f"routing pattern {rule!r}: write <template>=<pattern>")
    names: list[str] = []
    options = re.search(r"(?<!\\)!([a-z]+)$", pattern)
    letters = options[1] if options else ""
    if set(letters) - set("ir"):
        raise ValueError(f"routing pattern {rule!r}: only !i and !r may follow a pattern")
    body = pattern[: options.start()] if options else pattern
    try:
        source = "".join(_translate(body, raw="r" in letters, names=names))
        regex = re.compile(source, re.IGNORECASE if "i" in letters else 0)
    except (re.error, ValueError) as error:
        raise ValueError(f"routing pattern {rule!r}: {error}") from None
    return PatternRule(template=template.strip(), regex=regex, names=tuple(names))


def _translate(body: str, *, raw: bool, names: list[str]) -> Iterator[str]:
    if "{" not in body:
        body = "{" + body + "}"
    while body:
        literal, brace, rest = body.partition("{")
        yield from _tokens(literal, _LAZY if raw else _SIMPLE)
        if not brace:
            return
        inside, body = _closing(rest)
        repetition = re.fullmatch(r"\d+(,\d*)?", inside)
        yield "{" + inside + "}" if repetition else _capture(inside, names)


def _capture(inside: str, names: list[str]) -> str:
    name, _, regex = inside.partition(":")
    if name not in FIELDS:
        raise ValueError(f"{name!r} is not one of {', '.join(sorted(set(FIELDS.values())))}")
    if FIELDS[name] in names:
        raise ValueError(f"{name!r} is captured twice")
    names.append(FIELDS[name])
    return f"(?P<f{len(names) - 1}>{''.join(_tokens(regex, _LAZY)) or '.+?'})"


def _tokens(text: str, table: dict[str, str]) -> Iterator[str]:
    in_class = False
    for piece in _TOKEN.findall(text):
        # Inside a character class of a raw expression a star or plus is only a letter.
        in_class = table is _LAZY and piece != "]" and (in_class or piece == "[")
        yield piece if in_class else table.get(piece, piece)


def _closing(text: str) -> tuple[str, str]:
    depth = 1
    for at, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return text[:at], text[at + 1 :]
    raise ValueError("a { is not closed")
