"""Text of a profile -> plain values with the line of each: safe YAML (or JSON), with limits, variables filled in.

A variable `{{ x }}` is set aside before the text is parsed and put into the finished scalars afterwards, so that no
value, whatever it holds, can add structure (deid.md, section 2.9).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import yaml

from treadle.deid.profile.issues import Issues, Path

MAX_BYTES = 1 << 20
MAX_NODES = 50_000
MAX_DEPTH = 32

_VARIABLE = re.compile(r"""(["']?)\{\{\s*([^{}]*?)\s*\}\}(["']?)""")
_MARK = "treadlevariable{}mark"
_MARKED = re.compile(r"treadlevariable(\d+)mark")

_LIMIT = f"The profile holds more than {MAX_NODES} values, or is nested deeper than {MAX_DEPTH}."

Variables = Callable[[str], Any]  # name -> value; KeyError when there is none
_NO_VALUES: Variables = dict[str, Any]().__getitem__


class _TooLarge(Exception):
    pass


class _Loader(yaml.SafeLoader):
    """Counts while it composes, so that nothing large is ever built."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.nodes = 0
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.nodes += 1
        self.depth += 1
        if self.nodes > MAX_NODES or self.depth > MAX_DEPTH:
            raise _TooLarge
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read(text: str | bytes, variables: Variables | None = None) -> tuple[Any, Issues]:
    """The document and a collector of issues that knows its lines; issues of the text itself are already in it."""
    issues = Issues()
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            issues.add((), "BAD_ENCODING", "The profile is not UTF-8 text.")
            return None, issues
    if len(text) > MAX_BYTES:
        issues.add((), "LIMIT", f"The profile is larger than {MAX_BYTES >> 10} KiB.")
        return None, issues
    text, names = _set_aside(text)
    values = _values(names, variables, issues)
    lines: dict[Path, int] = {}
    issues.lines = lines
    try:
        return _Builder(_Loader(text), lines, issues, values).document(), issues
    except _TooLarge:
        issues.add((), "LIMIT", _LIMIT)
    except yaml.MarkedYAMLError as error:
        parsed = None if names else _as_json(text)
        if parsed is not None:
            return plain(parsed)
        mark = error.problem_mark or error.context_mark
        lines[()] = mark.line + 1 if mark else 1
        issues.add((), "BAD_YAML", f"Not valid YAML: {error.problem or error.context}.")
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        issues.add((), "BAD_YAML", "Not valid YAML: it holds characters or values that YAML does not allow.")
    return None, issues


def plain(document: Any) -> tuple[Any, Issues]:
    """A document that did not come as text, with text keys and within the same limits."""
    issues = Issues()
    count = 0

    def copied(value: Any, depth: int) -> Any:
        nonlocal count
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise _TooLarge
        if isinstance(value, Mapping):
            return {str(key): copied(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [copied(inner, depth + 1) for inner in value]
        return value

    try:
        return copied(document, 0), issues
    except _TooLarge:
        issues.add((), "LIMIT", _LIMIT)
        return None, issues


def _set_aside(text: str) -> tuple[str, list[str]]:
    """The text with marks for variables (quotes directly around one dropped), and the names."""
    names: list[str] = []

    def mark(found: re.Match[str]) -> str:
        before, name, after = found.groups()
        names.append(name)
        token = _MARK.format(len(names) - 1)
        return token if before == after else f"{before}{token}{after}"

    return _VARIABLE.sub(mark, text), names


def _values(names: list[str], variables: Variables | None, issues: Issues) -> list[Any]:
    values = []
    for name in names:
        try:
            values.append((variables or _NO_VALUES)(name))
        except KeyError:
            issues.add((), "MISSING_VARIABLE", f'There is no value for the variable "{name}".')
            values.append("")
    return values


def _as_json(text: str) -> Any:
    """JSON that is not YAML (tabs between values), or nothing."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class _Builder:
    """Values from the nodes of one document. Aliases are expanded, and counted each time."""

    def __init__(self, loader: _Loader, lines: dict[Path, int], issues: Issues, values: list[Any]) -> None:
        self.loader = loader
        self.lines = lines
        self.issues = issues
        self.values = values
        self.count = 0

    def document(self) -> Any:
        try:
            node = self.loader.get_single_node()
            return None if node is None else self.value(node, ())
        finally:
            self.loader.dispose()

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        if self.count > MAX_NODES or len(path) > MAX_DEPTH:
            raise _TooLarge
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        written = [self.key(key, path) for key, _ in node.value]
        for place, key in enumerate(written):
            if key in written[:place] and key != "<<":
                self.lines[(*path, str(key))] = node.value[place][0].start_mark.line + 1
                self.issues.add((*path, str(key)), "DUPLICATE_KEY", f'"{key}" is there twice; keep one.')
        self.loader.flatten_mapping(node)
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.key(key_node, path)
            self.lines.setdefault((*path, str(key)), key_node.start_mark.line + 1)
            result[str(key)] = self.value(value_node, (*path, str(key)))
            if key == "name" and isinstance(result["name"], int):
                result["name"] = value_node.value  # 00100020 is a tag, not an octal number
        return result

    def key(self, node: yaml.Node, path: Path) -> Hashable:
        if not isinstance(node, yaml.ScalarNode):
            self.issues.add(path, "BAD_KEY", "A key must be plain text.")
            return "?"
        key: Hashable = node.value if node.tag.endswith(":merge") else self.scalar(node)
        return key

    def scalar(self, node: yaml.Node) -> Any:
        text = node.value
        if not _MARKED.search(text):
            return self.loader.construct_object(node)
        if whole := _MARKED.fullmatch(text):
            return self.typed(self.values[int(whole[1])])
        return _MARKED.sub(lambda found: str(self.values[int(found[1])]), text)

    def typed(self, value: Any) -> Any:
        """A text as YAML would read it where it stands alone."""
        if not isinstance(value, str):
            return value
        tag = self.loader.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
        return self.loader.construct_object(yaml.ScalarNode(tag, value))
