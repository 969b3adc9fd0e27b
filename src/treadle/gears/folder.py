"""The folder of a gear as one tar whose bytes depend on the contents alone: equal folders have equal hashes."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from treadle.gears.manifest import ManifestError

# What tools leave behind, and (at the top) what a run brings.
_LEFT_BEHIND = frozenset(
    {".git", ".hg", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
)
_OF_A_RUN = frozenset({"config.json", "input", "output", "work"})
_MOMENT = 315_532_800  # 1980: zip files know nothing earlier


def pack(folder: Path, out: IO[bytes]) -> None:
    """Write the folder's tar; ManifestError names what cannot be part of a gear."""
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in _members(folder):
            archive.add(path, arcname=path.relative_to(folder).as_posix(), recursive=False, filter=_plain)


def _members(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        left_out = _LEFT_BEHIND | (_OF_A_RUN if here == folder else frozenset())
        folders[:] = sorted(set(folders) - left_out)
        for name in sorted({*folders, *files} - left_out):
            path = here / name
            if name.endswith(".pyc"):
                continue
            _check(folder, path)
            yield path


def _check(folder: Path, path: Path) -> None:
    mode = path.lstat().st_mode
    where = path.relative_to(folder)
    if stat.S_ISLNK(mode):
        _check_link(folder.resolve(), path, where)
    elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise ManifestError(f"{where} is neither a file nor a folder")


def _check_link(folder: Path, link: Path, where: Path) -> None:
    """An absolute one leads to what the machine of the run has, as of a virtual environment to its Python."""
    target = link.readlink()
    if not target.is_absolute() and os.path.normpath(where.parent / target).startswith(".."):
        raise ManifestError(f"{where} is a link that leads out of the folder")
    if target.is_relative_to(folder):
        raise ManifestError(
            f"{where} is an absolute link into the folder, which will be elsewhere: make it relative"
        )


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what differs between machines: owner, times, all of the mode but whether it can be executed."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = _MOMENT
    member.mode = 0o755 if member.isdir() or member.mode & 0o111 else 0o644
    return member
