"""Where the rules of a profile lead in one data set, worked out once for all rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.dicom_names import (
    BadName,
    Name,
    Nested,
    Private,
    Repeater,
    Tag,
    parse,
    private_vr,
    public_vr,
)
from treadle.deid.fields.dicom_paths import (
    Where,
    base,
    block,
    element,
    has,
    items,
    paths,
    spelled,
    tags,
    walk,
)
from treadle.deid.fields.dicom_values import fitted, made, text_of
from treadle.deid.fields.model import Rule

MAX_CREATED_ITEMS = 1000
FILE_META = 0x0002


@dataclass(slots=True)
class View:
    """A data set while rules are applied to it. What was found is forgotten when something new comes in."""

    dataset: Dataset
    recurse: bool
    _nested: dict[int, list[Where]] | None = None
    _datasets: list[tuple[Where, Dataset]] | None = None
    _paths: list[tuple[str, Where]] | None = None

    def find(self, rule: Rule, name: Name | None) -> list[Where]:
        """Where a rule applies. A flat name leads to its place even when nothing is there."""
        if name is None:
            pattern = rule.regex
            return [where for text, where in self.paths() if pattern and pattern.match(text)]
        if isinstance(name, Tag):
            if name.tag >> 16 == FILE_META:
                return []
            return [(name.tag,), *(self.nested().get(name.tag, ()) if self.recurse else ())]
        if isinstance(name, Nested):
            return list(self._expanded(name.path))
        if isinstance(name, Repeater):
            within = self.datasets() if self.recurse else [((), self.dataset)]
            return [(*prefix, tag) for prefix, found in within for tag in tags(found) if tag in name]
        return list(self._private(name))

    def _private(self, name: Private) -> Iterator[Where]:
        for prefix, found in self.datasets() if self.recurse else [((), self.dataset)]:
            tag = block(found, name)
            if tag is not None and has(found, tag):
                yield (*prefix, tag)

    def _expanded(self, path: tuple[int | None, ...]) -> Iterator[Where]:
        """A nested name with every `*` replaced by the items that are there."""
        star = path.index(None) if None in path else None
        if star is None:
            yield tuple(part for part in path if part is not None)
            return
        start = tuple(part for part in path[:star] if part is not None)
        holder = self.parent(start)
        for index in range(len(items(holder, start[-1])) if holder is not None else 0):
            yield from self._expanded((*start, index, *path[star + 1 :]))

    def datasets(self) -> list[tuple[Where, Dataset]]:
        """The data set and all items in it."""
        if self._datasets is None:
            self._datasets = list(walk(self.dataset))
        return self._datasets

    def nested(self) -> dict[int, list[Where]]:
        """Tag -> where it is below the top level."""
        if self._nested is None:
            self._nested = {}
            for prefix, found in self.datasets()[1:]:
                for tag in tags(found):
                    self._nested.setdefault(tag, []).append((*prefix, tag))
        return self._nested

    def paths(self) -> list[tuple[str, Where]]:
        """Every element as regular expressions see it."""
        if self._paths is None:
            self._paths = paths(self.dataset)
        return self._paths

    def parent(self, where: Where) -> Dataset | None:
        """The data set that holds the last tag of a path, or nothing."""
        found = self.dataset
        for step in range(0, len(where) - 1, 2):
            inner = items(found, where[step])
            if where[step + 1] >= len(inner):
                return None
            found = inner[where[step + 1]]
        return found

    def get(self, where: Where) -> str | None:
        """The value as text."""
        found = self.element(where)
        return None if found is None else text_of(found)

    def exists(self, where: Where) -> bool:
        """Whether there is an element."""
        if len(where) == 1:
            return has(self.dataset, where[0])
        holder = self.parent(where)
        return holder is not None and has(holder, where[-1])

    def vr(self, where: Where) -> str:
        """The VR of an element that is there, else of the dictionary."""
        found = self.element(where)
        vr = found.VR if found is not None else public_vr(where[-1])
        if vr is None:
            raise Rejected(Code.UNKNOWN_VR, spelled(where))
        return vr

    def element(self, where: Where) -> DataElement | None:
        """The element as it is."""
        holder = self.parent(where)
        return element(holder, where[-1]) if holder is not None else None

    def put_back(self, where: Where, original: DataElement) -> None:
        """An element as it was before it was taken out."""
        self._paths = self._nested = self._datasets = None
        self._made(where)[base(where[-1])] = original

    def remove(self, where: Where) -> None:
        """Delete the element."""
        holder = self.parent(where)
        if holder is not None and has(holder, where[-1]):
            del holder[base(where[-1])]
            self._forget(where)

    def put(self, where: Where, value: Any) -> None:
        """Set a value; sequences and items on the way to it are made."""
        vr = self.vr(where)
        new = made(where[-1], vr, fitted(vr, value))
        if not self.exists(where):
            self._paths = self._nested = self._datasets = None
        self._made(where)[base(where[-1])] = new

    def _made(self, where: Where) -> Dataset:
        found = self.dataset
        for step in range(0, len(where) - 1, 2):
            tag, index = where[step], where[step + 1]
            if not has(found, tag):
                if public_vr(tag) != "SQ":
                    raise Rejected(Code.UNKNOWN_VR, spelled(where[: step + 1]))
                found.add_new(base(tag), "SQ", [])
            holder = element(found, tag)
            if holder is None or holder.VR != "SQ" or index > MAX_CREATED_ITEMS:
                raise Rejected(Code.BAD_VALUE, spelled(where[: step + 1]))
            while len(holder.value) <= index:
                holder.value.append(Dataset())
            found = holder.value[index]
        return found

    def put_private(self, name: Private, value: Any, label: str) -> Where:
        """Create a private element at the top level."""
        vr = private_vr(name)
        if vr is None:
            raise Rejected(Code.UNKNOWN_VR, label)
        tag = self.dataset.private_block(name.group, name.creator, create=True).get_tag(name.element)
        self._paths = self._nested = self._datasets = None
        self.dataset[tag] = made(int(tag), vr, fitted(vr, value))
        return (int(tag),)

    def _forget(self, where: Where) -> None:
        """A removed sequence takes its items with it."""
        if self._paths is not None:
            self._paths = None
        if self._datasets is not None and any(
            len(prefix) > len(where) and prefix[: len(where)] == where for prefix, _ in self._datasets
        ):
            self._nested = self._datasets = None

    def read(self, text: str) -> str | None:
        """The value that a name in `{...}` stands for."""
        name = named(text)
        if name is None:
            return None
        where = next(iter(self.find(ANY, name)), None)
        return None if where is None else self.get(where)


ANY = Rule(name="", action="keep")


@lru_cache(maxsize=4096)
def named(text: str) -> Name | None:
    """The element that a text names, if it names one."""
    try:
        return parse(text)
    except BadName:
        return None
