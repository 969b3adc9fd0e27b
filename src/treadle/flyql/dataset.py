"""Objects in memory: the hierarchy a reference evaluation runs over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from treadle.flyql.entities import COLLECTION, LEVELS
from treadle.flyql.leaves import SERIES, leaves, old_regions, searched
from treadle.flyql.truth import Document


@dataclass(slots=True, eq=False)
class Object:
    """One stored object; `above` are its ancestors and itself by level."""

    level: str
    id: str
    document: Document
    above: dict[str, Object] = field(default_factory=dict)

    @property
    def chain(self) -> Iterable[Object]:
        return self.above.values()


# By level, objects {"_id", "parent": [level, id] or null, "doc", "deleted" if so}.
Stored = Mapping[str, Iterable[Mapping[str, Any]]]


class Dataset:
    """Everything one caller may find: the live objects of some projects, or of all, and their collections.

    The collections of an acquisition stand in its `collections`; sessions, files and analyses are in those of theirs.
    """

    def __init__(self, stored: Stored, projects: Collection[str] | None = None) -> None:
        self.objects: dict[str, dict[str, Object]] = {level: {} for level in (*LEVELS, COLLECTION)}
        for level in LEVELS:
            for found in stored.get(level, ()):
                self._add(level, found)
        if projects is not None:
            self._restrict(projects)
        for found in stored.get(COLLECTION, ()):
            self._add(COLLECTION, found)
        self._collections: dict[str, set[str]] = {}
        for acquisition in self.objects["acquisition"].values():
            names = acquisition.document.content.get("collections") or ()
            for member in {acquisition, acquisition.above["session"]}:
                self._collections.setdefault(member.id, set()).update(
                    set(names) & self.objects[COLLECTION].keys()
                )

    def collections(self, found: Object) -> list[Object]:
        """Those an object is in: those of its acquisition, else of its session."""
        if found.level == COLLECTION:
            return [found]
        member = found.above.get("acquisition") or found.above.get("session")
        names = self._collections.get(member.id, set()) if member else set()
        return [self.objects[COLLECTION][name] for name in sorted(names)]

    def bound(self, found: Object) -> dict[str, list[Document]]:
        """By entity what the row of an object binds."""
        row = {level: [above.document] for level, above in found.above.items()}
        return row | {COLLECTION: [each.document for each in self.collections(found)]}

    def related(self, given: Collection[Object]) -> set[Object]:
        """All that is the same as, above or below one of these; a collection stands above what is in it."""
        wanted = set(given)
        found = set(wanted)
        for level in LEVELS:
            for each in self.objects[level].values():
                collections = self.collections(each)
                if not wanted.isdisjoint(each.chain):
                    found |= {each, *collections}
                if each in wanted:
                    found.update(each.chain)
                if not wanted.isdisjoint(collections):
                    found.update(each.chain)
        return found

    def _add(self, level: str, stored: Mapping[str, Any]) -> None:
        """Objects that are deleted, or below a deleted one, never match: they are not added."""
        above: dict[str, Object] = {}
        if parent := stored.get("parent"):
            if parent[1] not in self.objects[parent[0]]:
                return
            above |= self.objects[parent[0]][parent[1]].above
        if stored.get("deleted"):
            return
        content = searched(level, {"_id": stored["_id"], **stored["doc"]})
        if level == "file" and "session" in above:
            content = _with_regions(content, above["session"].document.content)
        found = Object(level, stored["_id"], Document(content), above)
        found.above[level] = found
        self.objects[level][found.id] = found

    def _restrict(self, projects: Collection[str]) -> None:
        readable = {id_: found for id_, found in self.objects["project"].items() if id_ in projects}
        groups = {found.above["group"].id for found in readable.values() if "group" in found.above}
        for level in LEVELS:
            self.objects[level] = {
                id_: found
                for id_, found in self.objects[level].items()
                if (id_ in groups if level == "group" else found.above["project"].id in readable)
            }


def _with_regions(file: dict[str, Any], session: Mapping[str, Any]) -> dict[str, Any]:
    """With the regions that older viewers kept at the session of the file's series."""
    series = next((value for path, value in leaves(file.get("info")) if path == SERIES), None)
    drawn = old_regions(session.get("info"), series) if series else []
    return {**file, "roi": [*(file.get("roi") or ()), *drawn]} if drawn else file
