"""Gears that are folders or root file systems, unpacked once per hash however many jobs want them at once."""

from __future__ import annotations

import os
import tarfile
import tempfile
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from treadle.engine.errors import RunFailed
from treadle.engine.root import is_root, make_places
from treadle.engine.stage import erase
from treadle.engine.watch import disk

Fetch = Callable[[Path], object]
MOST_BYTES = 20 << 30


class GearCache:
    """Below one folder, which engines of one machine or cluster may share; the least recently used goes first."""

    def __init__(self, folder: Path, *, most: int = MOST_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most = most
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._in_use: dict[str, int] = defaultdict(int)

    @contextmanager
    def content(self, sha384: str, fetch: Fetch) -> Iterator[Path]:
        """The gear's files, for reading; `fetch` brings their archive when they are not there."""
        name = sha384.rpartition(":")[2]
        if not name.isalnum():
            raise RunFailed("image_pull", f"{sha384!r} is no hash")
        place = self._folder / name
        with self._guard:
            self._in_use[name] += 1
            lock = self._locks[name]
        try:
            with lock:
                if not place.is_dir():
                    self._bring(place, fetch)
            os.utime(place)
            yield place
        finally:
            with self._guard:
                self._in_use[name] -= 1

    def _bring(self, place: Path, fetch: Fetch) -> None:
        with tempfile.TemporaryDirectory(
            dir=self._folder, prefix=".new-", ignore_cleanup_errors=True
        ) as made:
            archive, content = Path(made, "archive"), Path(made, "content")
            fetch(archive)
            content.mkdir()
            try:
                with tarfile.open(archive) as tar:
                    tar.extractall(content, filter=_member)  # noqa: S202 - checked there
            except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
                raise RunFailed("image_pull", f"the gear's archive cannot be unpacked: {error}") from None
            archive.unlink()
            if is_root(content):
                make_places(content)
            self._make_room(disk([content]))
            try:
                content.rename(place)
            except OSError:
                if not place.is_dir():  # else another engine was quicker
                    raise

    def _make_room(self, wanted: int) -> None:
        held = sorted(
            (one for one in self._folder.iterdir() if one.is_dir() and not one.name.startswith(".")),
            key=lambda one: one.stat().st_mtime,
        )
        sizes = {one: disk([one]) for one in held}
        total = sum(sizes.values()) + wanted
        for one in held:
            if total <= self._most:
                return
            with self._guard:
                if not self._in_use[one.name]:
                    erase(one)
                    total -= sizes[one]


def _member(member: tarfile.TarInfo, place: str) -> tarfile.TarInfo | None:
    """Nothing is written out of the place, not through links either; where they lead is for the gear to see."""
    if member.isdev():  # of a root file system: the gear gets devices of its own
        return None
    if member.issym():
        checked = tarfile.data_filter(member.replace(linkname=".", deep=False), place)
        return checked.replace(linkname=member.linkname, deep=False)
    return tarfile.data_filter(member, place)
