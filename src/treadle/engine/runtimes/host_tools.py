"""Programs of this host that set a gear's limits, for use within a root file system that may have none of them.

They come with this host's loader and libraries, so that it does not matter which the gear has.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from treadle.engine.errors import EngineError

PLACE = "/run/host"
_NAMES = ("choom", "prlimit", "setpriv", "unshare")
_LIBRARY = re.compile(r"=> (/\S+)")
_LOADER = re.compile(r"^\s*(/\S+) \(", re.MULTILINE)


@dataclass(frozen=True)
class HostTools:
    """Where they lie on this host; links are resolved."""

    loader: Path
    libraries: tuple[Path, ...]
    programs: dict[str, Path]

    def binds(self) -> Iterator[str]:
        """Words for bubblewrap: they are shown below PLACE."""
        folders = {self.loader.parent, *self.libraries, *(path.parent for path in self.programs.values())}
        # Made first, for bubblewrap would make them for their owner alone.
        for above in sorted({path for folder in folders for path in folder.parents}):
            yield from ("--perms", "0755", "--dir", f"{PLACE}{above}")
        for folder in sorted(folders):
            yield from ("--ro-bind", str(folder), f"{PLACE}{folder}")

    def call(self, name: str) -> tuple[str, ...]:
        """The first words of a command within."""
        libraries = ":".join(f"{PLACE}{folder}" for folder in self.libraries)
        return (f"{PLACE}{self.loader}", "--library-path", libraries, f"{PLACE}{self.programs[name]}")


@functools.cache
def host_tools() -> HostTools:
    """EngineError when this host lacks one."""
    programs = {}
    for name in _NAMES:
        if not (found := shutil.which(name, path="/usr/bin:/bin")):
            raise EngineError(f"{name} is missing: install the package `util-linux`")
        programs[name] = Path(found).resolve()
    said = "".join(
        subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
        for path in programs.values()
    )
    if not (loader := _LOADER.search(said)):
        raise EngineError("the programs of util-linux on this host have no loader of their own")
    libraries = {Path(found).resolve().parent for found in _LIBRARY.findall(said)}
    return HostTools(Path(loader[1]).resolve(), tuple(sorted(libraries)), programs)
