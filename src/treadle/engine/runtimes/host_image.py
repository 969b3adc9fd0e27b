"""An image without programs: the places where a container shows those of this host to a gear that is a folder.

It is made here, of a few folders and links, so no registry is asked. See docs/decisions/0030-folders-in-containers.md.
"""

from __future__ import annotations

import functools
import hashlib
import io
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from treadle.engine.runtimes.container_program import ContainerProgram
from treadle.engine.runtimes.host import FIRST_IN_PATH, USER, people, read_only, write_python

_FOLDERS = ("dev", "etc", "flywheel/v0", "proc", "run", "sys", "usr", "var")
_PROGRAMS = ("bin", "sbin", "lib", "lib32", "lib64")
_NAME = "localhost/treadle-host"


class HostImage:
    """Made at first use."""

    def __init__(self, program: ContainerProgram) -> None:
        self._program = program
        self._making = threading.Lock()

    def name(self) -> str:
        """Its reference; it is here."""
        content = _archive()
        name = f"{_NAME}:{hashlib.sha256(content).hexdigest()[:12]}"
        with self._making:
            if not self._program.has(name):
                with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
                    archive.write(content)
                    archive.flush()
                    self._program.ask("import", archive.name, name)
        return name

    def volumes(self) -> Iterator[str]:
        """Words for `create`: all that is shown."""
        yield from (f"--volume={path}:{path}:ro" for path in _shown())

    def own(self, folder: Path, *, user: int, group: int) -> Iterator[str]:
        """Words for `create`: our Python and who the gear is, by way of the run's folder."""
        write_python(programs := folder / "programs")
        yield f"--volume={programs}:{FIRST_IN_PATH}:ro"
        (etc := folder / "etc").mkdir()
        for name, text in people(user, group).items():
            (etc / name).write_text(text)
            yield f"--volume={etc / name}:/etc/{name}:ro"


def _shown() -> Iterator[Path]:
    yield Path("/usr")
    for name in _PROGRAMS:
        path = Path("/", name)
        if path.is_dir() and not path.is_symlink():
            yield path
    yield from read_only()


@functools.cache
def _archive() -> bytes:
    """The same bytes on each machine that has the same places."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in sorted(_folders()):
            tar.addfile(_entry(name, tarfile.DIRTYPE, 0o755))
        tar.addfile(_entry("tmp", tarfile.DIRTYPE, 0o1777))
        tar.addfile(_entry("var/tmp", tarfile.SYMTYPE, 0o777, "../tmp"))
        for name in _PROGRAMS:
            if Path("/", name).is_symlink():
                tar.addfile(_entry(name, tarfile.SYMTYPE, 0o777, f"usr/{name}"))
        for path in _shown():
            if path.is_file():
                tar.addfile(_entry(str(path)[1:], tarfile.REGTYPE, 0o644))
        for name, text in people(USER, USER).items():
            entry = _entry(f"etc/{name}", tarfile.REGTYPE, 0o644)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


def _folders() -> set[str]:
    """Every folder in which something is shown, and all above it."""
    shown = [path if path.is_dir() else path.parent for path in _shown()]
    every = [Path("/", name) for name in _FOLDERS] + shown
    return {str(one)[1:] for path in every for one in (path, *path.parents)} - {"", "tmp"}


def _entry(name: str, kind: bytes, mode: int, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.linkname = kind, mode, target
    return entry
