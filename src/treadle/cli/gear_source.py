"""What `treadle gear run` is pointed at: a folder, a published manifest, an image."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from treadle.cli.progress import transfer
from treadle.engine import published
from treadle.engine.cache import GearCache
from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.root import Content, of_archive
from treadle.gears import Document, ManifestError, judge, read

_IMAGE = "docker://"


@dataclass(frozen=True)
class Source:
    """A gear to be run here."""

    manifest: dict[str, Any] | None
    """None: it is in the image."""
    folder: Path | None = None
    image: str | None = None
    address: str = ""
    """Of an archive."""
    sha384: str = ""

    @contextmanager
    def content(self, cache: Path | None) -> Iterator[Content]:
        """What there is of it on this machine: fetched if need be, EngineError when it cannot be had."""
        if not self.address:
            yield Content(self.folder)
            return
        with ExitStack() as held:
            try:
                published.require_hash(self.address, self.sha384)
                kept = GearCache(cache or default_folder() / "gears")
                place = held.enter_context(kept.content(self.sha384, self._fetch))
            except RunFailed as why:
                raise EngineError(str(why).removeprefix(f"{why.code}: ")) from None
            yield of_archive(place)

    def _fetch(self, target: Path) -> None:
        with transfer(self.address.rpartition("/")[2], None, quiet=False) as came:
            published.fetch(self.address, target, sha384=self.sha384, came=came)


def default_folder() -> Path:
    """Where engines that are told no other place keep their things."""
    return Path("/var/lib/treadle-engine") if os.geteuid() == 0 else Path.home() / ".treadle-engine"


def find_source(text: str) -> Source:
    """The source; EngineError when there is none, or its manifest is not in order."""
    path = Path(text)
    if path.is_dir():
        return Source(read_in_order(path / "manifest.json").manifest, folder=path)
    if not path.is_file():
        return Source(None, image=text)
    document = read_in_order(path)
    exchange = document.exchange or {}
    address, sha384 = (str(exchange.get(key) or "") for key in ("rootfs-url", "rootfs-hash"))
    if address.startswith(published.SCHEME):
        return Source(document.manifest, address=address, sha384=sha384)
    image = address.removeprefix(_IMAGE) if address.startswith(_IMAGE) else document.image
    if not image or (address and not address.startswith(_IMAGE)):
        raise EngineError(f"{path} names no image and no archive to be run")
    return Source(document.manifest, image=image)


def read_in_order(path: Path) -> Document:
    """A manifest's document; EngineError when it breaks the specification."""
    try:
        document = read(path)
    except ManifestError as error:
        raise EngineError(f"{path}: {error}") from None
    verdict = judge(document)
    if not (verdict.valid or (document.kind == "versioned" and verdict.importable)):
        raise EngineError(f"{path}: {verdict.errors[0]}")
    return document
