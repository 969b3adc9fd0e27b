"""Brings a source into a project: makes what is not there, uploads what differs, adds the metadata of an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from treadle.cli.client import Client, ClientError
from treadle.cli.import_source import Content, Holder, Source
from treadle.cli.manifest import LEVELS, digest, sha384_of
from treadle.cli.project_export import Counts

Advance = Callable[[int], None]


@dataclass
class Place:
    """A container on the server: what it holds already, and which of its children an import has met."""

    level: str
    id: str
    files: dict[str, str] = field(default_factory=dict)  # name -> checksum
    children: dict[str, list[str]] | None = None  # label -> ids in order of creation
    met: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Import:
    """One import into one project; doing it again does what is missing."""

    def __init__(self, client: Client, source: Source, advance: Advance) -> None:
        self._client = client
        self._source = source
        self._advance = advance
        self._counts = Counts()
        self._places: dict[str, Place] = {}  # the present container and those above it

    def run(self, project_id: str, *, described: bool) -> Counts:
        """Bring everything; `described`: an export's description of the project counts as well."""
        for entry in self._source.entries():
            if isinstance(entry, Content):
                self._bring(entry)
            elif entry.level == "project":
                if described:
                    self._describe(entry, project_id)
                notes = entry.notes if described else ()
                self._places = {entry.path: self._enter("project", project_id, notes=notes)}
            else:
                self._find_or_make(entry)
        return self._counts

    def _find_or_make(self, wanted: Holder) -> None:
        above = wanted.path.rstrip("/").rpartition("/")[0]
        parent = self._places[f"{above}/" if above else ""]
        if parent.children is None:
            parent.children = self._children(parent)
        number = parent.met[wanted.label]  # sessions may bear the same label: the second one is another
        parent.met[wanted.label] += 1
        known = parent.children.get(wanted.label, [])
        found = known[number] if number < len(known) else self._make(wanted, parent)
        self._places = {path: place for path, place in self._places.items() if wanted.path.startswith(path)}
        self._places[wanted.path] = self._enter(wanted.level, found, notes=wanted.notes)

    def _children(self, parent: Place) -> dict[str, list[str]]:
        child = LEVELS[LEVELS.index(parent.level) + 1]
        found: dict[str, list[str]] = defaultdict(list)
        for document in self._client.every(f"/{parent.level}s/{parent.id}/{child}s"):
            found[document["label"]].append(document["_id"])
        return found

    def _make(self, wanted: Holder, parent: Place) -> str:
        body: dict[str, Any] = {**wanted.fields, "label": wanted.label}
        if wanted.level == "session":
            body |= {"project": self._places[""].id, "subject": {"_id": parent.id}}
        else:
            body[parent.level] = parent.id
        self._counts.add("containers_made")
        return str(self._client.post(f"/{wanted.level}s", body)["_id"])

    def _enter(self, level: str, container_id: str, *, notes: tuple[str, ...] = ()) -> Place:
        """What the container holds; the notes it lacks are added."""
        document = self._client.get(f"/{level}s/{container_id}")
        self._counts.add("containers")
        there = {note["text"] for note in document.get("notes") or ()}
        for text in notes:
            if text not in there:
                self._client.post(f"/{level}s/{container_id}/notes", {"text": text})
        files = {file["name"]: sha384_of(file) for file in document.get("files") or ()}
        return Place(level, container_id, files)

    def _describe(self, project: Holder, project_id: str) -> None:
        fields = dict(project.fields)
        tags, info = fields.pop("tags", ()), fields.pop("info", None)
        if fields:
            self._client.put(f"/projects/{project_id}", fields)
        if info:
            self._client.post(f"/projects/{project_id}/info", {"set": info})
        if tags:
            self._client.patch(f"/projects/{project_id}/tags", list(tags))

    def _bring(self, item: Content) -> None:
        place = self._places[item.holder]
        with self._source.open(item.path) as content:
            checksum = digest(content)
        if item.sha384 not in (None, checksum):
            raise ClientError(f"{item.path} is damaged: its checksum is not the one of the manifest")
        self._counts.add("files")
        if place.files.get(item.name) == checksum:
            self._counts.add("files_there_already")
        else:
            self._upload(place, item, checksum)
        self._counts.add("bytes", item.size)
        self._advance(item.size)

    def _upload(self, place: Place, item: Content, checksum: str) -> None:
        metadata: Mapping[str, Any] = {"name": item.name, **item.metadata}
        with self._source.open(item.path) as content:
            stored = self._client.upload(
                f"/{place.level}s/{place.id}/files", item.name, content, metadata=metadata
            )
        if sha384_of(stored) != checksum:
            raise ClientError(f"{item.path} was stored with another checksum; import it again")
        place.files[item.name] = checksum
