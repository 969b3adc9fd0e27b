"""What `treadle gear run` is pointed at: a folder, a published manifest, an image."""

from __future__ import annotations

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
from treadle.engine.setup import default_folder
from treadle.gears import Document, ManifestError, judge, read
from treadle.gears.address import ARCHIVE


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


def find_source(text: str) -> Source:
    """The source; EngineError when there is none, or its manifest is not in order."""
    path = Path(text)
    if path.is_dir():
        return Source(read_in_order(path / "manifest.json").manifest, folder=path)
    if not path.is_file():
        return Source(None, image=text)
    document = read_in_order(path)
    if document.address.startswith(ARCHIVE):
        return Source(document.manifest, address=document.address, sha384=document.sha384)
    if not document.reference:
        raise EngineError(f"{path} names no image and no archive to be run")
    return Source(document.manifest, image=document.reference)


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
