"""A gear's own root file system, as `docker export` writes it, with its files in flywheel/v0."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from treadle.engine.plan import BASE
from treadle.engine.stage import erase

_FOLDERS = ("dev", "proc", "run", "tmp")
_FILES = ("etc/group", "etc/hosts", "etc/passwd", "etc/resolv.conf")


class Content(NamedTuple):
    """What there is of a gear on this machine."""

    own: Path | None = None
    """Its own files; None: they are in an image."""
    root: Path | None = None
    """The root file system that they are in, with places for all that a run has of its own."""
    image: str | None = None
    """What the runtime calls the image that it is."""


def is_root(content: Path) -> bool:
    """Whether an unpacked archive is one; others are what lies in the base folder. Links may lead to other runs."""
    base = _base_of(content)
    return base.is_dir() and base.resolve() == _base_of(content.resolve())


def of_archive(place: Path) -> Content:
    """What the cache has unpacked."""
    return Content(_base_of(place), place) if is_root(place) else Content(place)


def _base_of(root: Path) -> Path:
    return root / BASE.lstrip("/")


def make_places(root: Path) -> None:
    """Something for each of the places where a run has its own: the file system is read-only by then."""
    for name in _FOLDERS:
        _plain(root / name).mkdir(exist_ok=True)
    _plain(root / "etc").mkdir(exist_ok=True)
    for name in _FILES:
        _plain(root / name).touch()


def _plain(path: Path) -> Path:
    """No link: it would be followed on this host."""
    if path.is_symlink():
        erase(path)
    return path
