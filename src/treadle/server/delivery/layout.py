"""Where the files of an archive go: readable, safe and distinct paths (api.md 10.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries
from treadle.server.catalog.rows import Container, File
from treadle.server.delivery.selection import Options, Selected

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_BATCH = 500
T = TypeVar("T")
_DELIMITERS = {"subject": "SUBJECTS", "session": "SESSIONS", "acquisition": "ACQUISITIONS"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    path: str
    sha384: str
    size: int
    modified_at: datetime
    file: File


class Layout:
    """Paths of an archive: safe labels, and equal ones told apart by `_1`, `_2`."""

    def __init__(self, containers: Mapping[str, Container], options: Options, roots: set[str]) -> None:
        self._containers, self._options, self._roots = containers, options, roots
        self._folders: dict[str, str] = {}
        self._used: set[str] = set()

    def entry(self, item: File, *, as_input_of: str | None = None) -> Entry:
        """Where this file goes."""
        analysis_id = as_input_of or item.analysis_id
        if analysis_id is not None:
            kind = "input" if as_input_of else "output"
            folder = f"{self.folder(analysis_id)}/{kind}"
        else:
            folder = self.folder(item.parent_id)
            if self._options.delimited:
                folder += "/FILES"
        path = self._free(f"{folder}/{safe_name(item.name)}".lstrip("/"), keep_suffix=True)
        return Entry(path, item.blob_sha384, item.size, item.modified_at, item)

    def folder(self, container_id: str) -> str:
        """The folder of a container."""
        if container_id not in self._folders:
            self._folders[container_id] = self._make_folder(container_id)
        return self._folders[container_id]

    def _make_folder(self, container_id: str) -> str:
        target = self._containers.get(container_id)
        if target is None:
            return self._options.prefix
        name = folder_name(target)
        if container_id in self._roots:
            return self._free(name)
        if self._options.delimited and target.level == "project":
            return self._free(name)
        parent = self.folder(target.parent_id) if target.parent_id else self._options.prefix
        if self._options.delimited and target.level in _DELIMITERS:
            parent = f"{parent}/{_DELIMITERS[target.level]}"
        if target.level == "analysis":
            parent = f"{parent}/analyses"
        return self._free(f"{parent}/{name}".lstrip("/"))

    def _free(self, path: str, *, keep_suffix: bool = False) -> str:
        head, name = path.rpartition("/")[0], path.rpartition("/")[2]
        stem, dot, suffix = name.partition(".") if keep_suffix else (name, "", "")
        number, free = 0, path
        while free in self._used:
            number += 1
            free = f"{head}/{stem}_{number}{dot}{suffix}".lstrip("/")
        self._used.add(free)
        return free


def safe_name(name: str) -> str:
    """A label as one part of a path."""
    cleaned = _UNSAFE.sub("_", name).strip().rstrip(".")
    return cleaned if cleaned not in ("", ".", "..") else "untitled"


def folder_name(target: Container) -> str:
    """The folder of a container: its label, else its time, its uid, or `untitled`; groups by their id."""
    if target.level == "group":
        return safe_name(target.id)
    at = target.timestamp.strftime("%Y-%m-%dT%H-%M-%S") if target.timestamp else ""
    return safe_name(target.label.strip() or at or target.uid or "untitled")


async def lay_out(guard: Guard, found: Selected, options: Options) -> list[Entry]:
    """The entries of an archive in the order of their paths' containers."""
    return (await lay_out_with_folders(guard, found, options))[0]


async def lay_out_with_folders(
    guard: Guard, found: Selected, options: Options
) -> tuple[list[Entry], list[tuple[str, Container]]]:
    """The entries, and the folders of the subjects, sessions and acquisitions they are in."""
    wanted = {item.parent_id for item in found.files}
    for item in found.files:
        wanted.update(value for value in item.parents.values())
    wanted |= set(found.inputs)
    known = await _with_ancestors(guard, wanted)
    layout = Layout(known, options, found.roots)
    ordered = sorted(found.files, key=lambda item: (item.parents.get("session", ""), item.parent_id, item.id))
    entries = [layout.entry(item) for item in ordered]
    for analysis_id, items in found.inputs.items():
        entries += [layout.entry(item, as_input_of=analysis_id) for item in items]
    folders = [(layout.folder(item.id), item) for item in known.values() if item.level in _DELIMITERS]
    return entries, folders


async def _with_ancestors(guard: Guard, ids: set[str]) -> dict[str, Container]:
    known: dict[str, Container] = {}
    missing = set(ids)
    while missing:
        for batch in batched(sorted(missing)):
            known |= await queries.containers_by_ids(guard.connection, batch)
        above = {item.parent_id for item in known.values() if item.parent_id}
        missing = above - known.keys() - ids
        ids |= missing
    return known


def batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, a few hundred at a time."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
