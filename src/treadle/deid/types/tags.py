"""TIFF and EXIF tags by name, for the field rules of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from treadle.deid.fields.exif_tags import entries
from treadle.deid.fields.model import Rule
from treadle.deid.types.ifd import Block, decoded, encoded

Place = tuple[str, int, int]  # directory, tag, usual type


class Tags:
    """The tags of a block; `directories` are those that names reach."""

    def __init__(self, block: Block | None, directories: tuple[str, ...]) -> None:
        self.block = block
        self.directories = directories

    def places(self, rule: Rule) -> Iterator[Place]:
        """Every tag of that name in a directory that is there."""
        for entry in entries(rule.name):
            if self.block and entry.directory in self.directories and self.block.directory(entry.directory):
                yield entry.directory, entry.tag, entry.type

    def get(self, place: Place) -> Any:
        """The value, None when it is missing."""
        directory = self.block.directory(place[0]) if self.block else None
        value = directory.entries.get(place[1]) if directory else None
        return None if value is None or self.block is None else decoded(value, self.block.order)

    def put(self, place: Place, value: Any) -> None:
        """Set the value, in the type it has or usually has."""
        directory = self.block.directory(place[0]) if self.block else None
        if directory is None or self.block is None:
            raise ValueError("no such directory")
        kind = directory.entries[place[1]].type if place[1] in directory.entries else place[2]
        directory.entries[place[1]] = encoded(value, kind, self.block.order)

    def remove(self, place: Place) -> None:
        """Drop the tag."""
        if self.block and (directory := self.block.directory(place[0])):
            directory.entries.pop(place[1], None)
            directory.inner.pop(place[1], None)

    def read(self, name: str) -> Any:
        """The first value of that name."""
        for entry in entries(name):
            value = self.get((entry.directory, entry.tag, entry.type))
            if entry.directory in self.directories and value is not None:
                return value
        return None
