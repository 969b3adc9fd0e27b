"""Files that lead back to patients: a profile's subject map, and the vault. Readable by their owner alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from treadle.deid.profile.subject_map import FILE_MODE, SubjectMap
from treadle.deid.result import Link


class Subjects:
    """A subject map on disk; a patient not seen before is in the file before the first output is."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self._path = path if write else None
        self._map = SubjectMap.load(path.read_text("utf-8"), str(path)) if path.exists() else SubjectMap()

    def code(self, read: Callable[[str], object]) -> str:
        """The code of a patient."""
        before = len(self._map.numbers)
        code = self._map.code(read)
        if self._path is not None and len(self._map.numbers) > before:
            part = self._path.with_name(self._path.name + ".part")
            with _private(part) as file:
                file.write(self._map.dump())
            part.replace(self._path)
        return code


class Vault:
    """A file of sealed rows; each patient's study once per run."""

    def __init__(self, path: Path, public: bytes) -> None:
        from treadle.deid.vault import public_key

        self._path, self._key = path, public_key(public)
        self._seen: set[Link] = set()

    def add(self, link: Link | None) -> None:
        """Append a row, on disk before the file it belongs to gets its name."""
        from treadle.deid.vault import sealed

        if link is None or link in self._seen:
            return
        self._seen.add(link)
        with _private(self._path, os.O_APPEND) as file:
            file.write(sealed(link, self._key) + "\n")


def rows(path: Path, private: bytes) -> Iterator[Link]:
    """Rows that a key opens, each once."""
    from treadle.deid.vault import opened, private_key

    key, seen = private_key(private), set[Link]()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            link = opened(line, key)
            if link is not None and link not in seen:
                seen.add(link)
                yield link


def reseal(path: Path, old: bytes, new: bytes) -> int:
    """Seal what an old key opens to a new one, in place; rows of other keys stay. How many were sealed anew."""
    from treadle.deid.vault import opened, private_key, public_key, sealed

    private, public, count = private_key(old), public_key(new), 0
    part = path.with_name(path.name + ".part")
    with path.open(encoding="utf-8") as lines, _private(part) as file:
        for line in lines:
            link = opened(line, private)
            file.write(line if link is None else sealed(link, public) + "\n")
            count += link is not None
    part.replace(path)
    return count


def write_private(path: Path, text: bytes) -> None:
    """A new file that nobody else can read; FileExistsError when there is one."""
    with _private(path, os.O_EXCL) as file:
        file.write(text.decode())


def _private(path: Path, how: int = os.O_TRUNC) -> TextIO:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, FILE_MODE)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
