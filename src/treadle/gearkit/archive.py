"""An input that is one file or a zip of many, laid out as plain files."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from treadle.gearkit.run import Refused

_PLAIN = re.compile(r"\w[\w.+-]{0,120}", re.ASCII)


def unpack(archive: Path, folder: Path) -> dict[str, Path]:
    """Names in the archive -> files side by side in the folder, whatever the archive calls them.

    A file that is no archive stands for itself. Plain names are kept, for files that belong together by their name;
    others, and those that are there already, get a number. Refused when there is nothing in it.
    """
    if not zipfile.is_zipfile(archive):
        return {archive.name: archive}
    found: dict[str, Path] = {}
    with zipfile.ZipFile(archive) as opened:
        for number, entry in enumerate(opened.infolist(), 1):
            name = Path(entry.filename).name
            if entry.is_dir() or name.startswith("."):
                continue
            path = folder / name
            if not _PLAIN.fullmatch(name) or path.exists():
                path = folder / f"file{number:06}"
            try:
                with opened.open(entry) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
                raise Refused(f"'{entry.filename}' of the archive cannot be read: {error}") from None
            found[entry.filename] = path
    if not found:
        raise Refused(f"there is no file in '{archive.name}'")
    return found
