"""One change of metadata for many things: which fields and tags, and what it makes of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from treadle.server.catalog.annotate import clean_tags
from treadle.server.kit.errors import Invalid
from treadle.server.store.info import clean_key, info_object

Path = tuple[str, ...]
_MOST_WORDS = 100  # fields and tags of one change


@dataclass(frozen=True)
class Change:
    """Fields to set and to take away, tags to add and to take away."""

    set: Mapping[Path, Any]
    delete: tuple[Path, ...]
    add_tags: tuple[str, ...]
    remove_tags: frozenset[str]

    @property
    def of_info(self) -> bool:
        """Whether custom metadata is changed."""
        return bool(self.set or self.delete)

    @property
    def of_tags(self) -> bool:
        """Whether tags are changed."""
        return bool(self.add_tags or self.remove_tags)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The fields that it is about."""
        return (*self.delete, *self.set)

    def info(self, before: dict[str, Any]) -> dict[str, Any]:
        """Custom metadata after the change; the old document stays as it is."""
        result: Any = before
        for path in self.delete:
            result = _without(result, path)
        for path, value in self.set.items():
            result = _with(result, path, value)
        return dict(result)

    def tags(self, before: Sequence[str]) -> list[str]:
        """Tags after the change, in their order."""
        kept = [tag for tag in before if tag not in self.remove_tags]
        return list(dict.fromkeys([*kept, *self.add_tags]))


def read_change(body: Mapping[str, Any]) -> Change:
    """`{set: {"a.b": value}, delete: ["a.c"], add_tags, remove_tags}`; a dot leads into a field of fields."""
    fields = body.get("set") or {}
    if not isinstance(fields, Mapping):
        raise Invalid("'set' must be an object of fields and their values.")
    cleaned = info_object({"values": list(fields.values())})["values"]
    change = Change(
        set=dict(zip(map(_path, fields), cleaned, strict=True)),
        delete=tuple(map(_path, _texts(body, "delete"))),
        add_tags=tuple(clean_tags(_texts(body, "add_tags"))),
        remove_tags=frozenset(_texts(body, "remove_tags")),
    )
    _check(change)
    return change


def _check(change: Change) -> None:
    words = len(change.paths) + len(change.add_tags) + len(change.remove_tags)
    if not 1 <= words <= _MOST_WORDS:
        raise Invalid(f"Say what is to change: 1 to {_MOST_WORDS} fields and tags.")
    if not change.remove_tags.isdisjoint(change.add_tags):
        raise Invalid("A tag cannot be added and removed at once.")
    ordered = sorted(change.paths)
    for one, following in pairwise(ordered):
        if following[: len(one)] == one:
            raise Invalid(f"'{'.'.join(one)}' and '{'.'.join(following)}' cannot be changed at once.")


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Invalid(f"'{name}' must be a list of texts.")
    return value


def _path(text: str) -> Path:
    parts = tuple(clean_key(part.strip()) for part in text.split("."))
    if not all(parts) or len(parts) > 20:
        raise Invalid(f"'{text}' does not name a field; write name, or name.part for a part of it.")
    return parts


def part(document: Any, path: Path) -> tuple[bool, Any]:
    """Whether the document has the field, and its value."""
    for key in path:
        if not isinstance(document, Mapping) or key not in document:
            return False, None
        document = document[key]
    return True, document


def _with(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    here = dict(document) if isinstance(document, Mapping) else {}
    return {**here, path[0]: _with(here.get(path[0]), path[1:], value)}


def _without(document: Any, path: Path) -> Any:
    if not isinstance(document, Mapping) or path[0] not in document:
        return document
    if len(path) == 1:
        return {key: value for key, value in document.items() if key != path[0]}
    return {**document, path[0]: _without(document[path[0]], path[1:])}
