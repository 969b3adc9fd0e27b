"""Writes a project to a folder or a zip; what is there already with the right content is not fetched again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from treadle import __version__
from treadle.cli.client import Client, ClientError
from treadle.cli.connect import segment
from treadle.cli.manifest import (
    FORMAT,
    LEVELS,
    MANIFEST,
    SUMS,
    VERSION,
    Names,
    container_line,
    digest,
    file_line,
)

Advance = Callable[[int], None]
ATTEMPTS = 3
MARK = ".treadle-export"  # whose export a folder holds, for a second try


class Counts(dict[str, int]):
    """What was done, by kind."""

    def add(self, kind: str, number: int = 1) -> None:
        """That many more."""
        self[kind] = self.get(kind, 0) + number


def export_project(client: Client, project: Mapping[str, Any], target: Path, advance: Advance) -> Counts:
    """Export to a folder, or to one file if the name ends in .zip; what was done."""
    if target.suffix.lower() != ".zip":
        return Export(client, target, advance).run(project)
    if target.exists():
        raise ClientError(f"{target} is there already; name another file or remove it")
    folder = target.with_name(f"{target.name}.partial")
    counts = Export(client, folder, advance).run(project)
    _pack(folder, target)
    shutil.rmtree(folder)
    return counts


class Export:
    """One export into one folder."""

    def __init__(self, client: Client, folder: Path, advance: Advance) -> None:
        self._client = client
        self._folder = folder
        self._advance = advance
        self._counts = Counts()

    def run(self, project: Mapping[str, Any]) -> Counts:
        """Fetch everything; the manifest appears when all of it is there."""
        try:
            self._take_folder(project["_id"])
            manifest, sums = (self._folder / f"{name}.part" for name in (MANIFEST, SUMS))
            with manifest.open("w", encoding="utf-8") as lines, sums.open("w", encoding="utf-8") as checks:
                self._write(lines, self._header(project))
                names = Names(MANIFEST, SUMS, MARK)
                for level, path, document, taken in self._walk(0, "", names, project["_id"]):
                    self._write(lines, container_line(level, path, document))
                    self._counts.add("containers")
                    for line in self._files(level, path, document, taken):
                        self._write(lines, line)
                        checks.write(f"{line['sha384']}  {line['path']}\n")
                self._write(lines, {"kind": "end", **self._counts})
            for part in (sums, manifest):
                part.replace(part.with_suffix(""))
        except OSError as error:
            raise ClientError(f"cannot write {error.filename or self._folder}: {error.strerror}") from error
        return self._counts

    def _take_folder(self, project_id: str) -> None:
        """Refuse a folder with anything else in it; remember whose it is for a second try."""
        mark = self._folder / MARK
        self._folder.mkdir(parents=True, exist_ok=True)
        if mark.exists():
            if mark.read_text(encoding="utf-8").strip() != project_id:
                raise ClientError(f"{self._folder} holds the export of another project; name another folder")
        elif any(self._folder.iterdir()):
            raise ClientError(f"{self._folder} is not empty; name a new folder, or one of an earlier try")
        else:
            mark.write_text(f"{project_id}\n", encoding="utf-8")

    def _header(self, project: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "kind": "header",
            "format": FORMAT,
            "version": VERSION,
            "made_by": f"Treadle {__version__}",
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "server": self._client.server,
            "group": project["group"],
            "project": project["label"],
        }

    def _walk(
        self, depth: int, path: str, names: Names, this: str
    ) -> Iterator[tuple[str, str, dict[str, Any], Names]]:
        """Every container below with its folder and the names taken there, parents before children."""
        level = LEVELS[depth]
        document = self._client.get(f"/{level}s/{this}")
        self._counts.add("analyses_left_out", len(document.get("analyses") or ()))
        yield level, path, document, names
        if depth + 1 == len(LEVELS):
            return
        child = LEVELS[depth + 1]
        for found in self._client.every(f"/{level}s/{this}/{child}s"):
            name = names.add(found.get("label") or found["_id"])
            yield from self._walk(depth + 1, f"{path}{name}/", Names(), found["_id"])

    def _files(
        self, level: str, path: str, document: Mapping[str, Any], names: Names
    ) -> Iterator[dict[str, Any]]:
        for file in document.get("files") or ():
            line = file_line(f"{path}{names.add(file['name'])}", file)
            self._fetch(f"/{level}s/{document['_id']}/files/{segment(file['name'])}", line)
            yield line

    def _fetch(self, source: str, line: Mapping[str, Any]) -> None:
        target = self._folder / line["path"]
        if _is_complete(target, line):
            self._counts.add("files_there_already")
            self._advance(line["size"])
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            for attempt in range(1, ATTEMPTS + 1):
                if self._download(source, target) == line["sha384"]:
                    break
                if attempt == ATTEMPTS:
                    raise ClientError(f"{line['path']} arrived with a wrong checksum {ATTEMPTS} times")
        self._counts.add("files")
        self._counts.add("bytes", line["size"])

    def _download(self, source: str, target: Path) -> str:
        part, sha = target.with_name(f".{target.name[:100]}.part"), hashlib.sha384()
        with self._client.download(source) as chunks, part.open("wb") as out:
            for chunk in chunks:
                sha.update(chunk)
                out.write(chunk)
                self._advance(len(chunk))
        part.replace(target)
        return sha.hexdigest()

    @staticmethod
    def _write(lines: IO[str], line: Mapping[str, Any]) -> None:
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def _is_complete(path: Path, line: Mapping[str, Any]) -> bool:
    try:
        if path.stat().st_size != line["size"]:
            return False
        with path.open("rb") as content:
            return digest(content) == str(line["sha384"])
    except FileNotFoundError:
        return False


def _pack(folder: Path, target: Path) -> None:
    """Put the finished folder into a zip, uncompressed: most of it is compressed already."""
    part = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
            for root, _, names in os.walk(folder):
                for name in sorted(names):
                    path = Path(root) / name
                    if path.name != MARK:
                        archive.write(path, path.relative_to(folder))
        part.replace(target)
    except OSError as error:
        raise ClientError(f"cannot write {target}: {error.strerror}") from error
