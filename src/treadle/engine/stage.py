"""Laying out a run's folder: the gear's own files, input, output, config.json, manifest.json."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from treadle.engine.plan import Folder


def lay_out(
    folder: Folder, *, content: Path | None, manifest: Mapping[str, Any], config: Mapping[str, Any]
) -> None:
    """Make the folder anew; `content` are the gear's own files, which a run may change in its copy."""
    erase(folder.path)
    folder.path.mkdir(parents=True, mode=0o711)
    if content is None:
        folder.base.mkdir()
    else:
        shutil.copytree(content, folder.base, symlinks=True, ignore_dangling_symlinks=True)
        folder.base.chmod(0o755)  # whoever starts the gear has to get in
    for made in (folder.input, folder.output):
        erase(made)
        made.mkdir()
    folder.temporary.mkdir()
    held = folder.base / "manifest.json"
    if not os.path.lexists(held):  # a dangling link of the gear's must not be written through
        held.write_text(json.dumps(manifest))
    write_config(folder, config)


def write_config(folder: Folder, config: Mapping[str, Any]) -> None:
    """config.json holds the key to the API: for the gear's user alone."""
    path = folder.base / "config.json"
    erase(path)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        json.dump(config, target)


def hand_over(folder: Folder, *, uid: int, gid: int) -> None:
    """Make the folder the gear's; the inputs stay ours, and readable."""
    os.chown(folder.temporary, uid, gid)
    for root, folders, files in os.walk(folder.base):
        if root == str(folder.base) and "input" in folders:
            folders.remove("input")
        for name in (".", *folders, *files):
            os.chown(Path(root, name), uid, gid, follow_symlinks=False)


def erase(path: Path) -> None:
    """Remove a folder or file that a gear may have made hard to remove."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path, onerror=_open_and_try_again)


def _open_and_try_again(function: Any, path: str, _error: object) -> None:
    for blocked in (Path(path).parent, Path(path)):
        if blocked.exists() and not blocked.is_symlink():
            blocked.chmod(blocked.stat().st_mode | stat.S_IRWXU)
    if Path(path).is_dir() and function in (os.scandir, os.open, os.lstat):
        shutil.rmtree(path)
    else:
        function(path)
