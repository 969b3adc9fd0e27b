"""Images made of gears' own root file systems, for container engines that run nothing else."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

from treadle.engine.errors import RunFailed
from treadle.engine.runtimes.container_program import ContainerProgram

_NAME = "localhost/treadle-root"
_HASH = 32


class RootImages:
    """Each made at its first use; its name is the hash of the gear's archive."""

    def __init__(self, program: ContainerProgram) -> None:
        self._program = program
        self._making = threading.Lock()

    def name(self, root: Path) -> str:
        """The reference of the image; it is here."""
        name = f"{_NAME}:{root.name[:_HASH]}"
        with self._making:
            if not self._program.has(name):
                self._make(root, name)
        return name

    def _make(self, root: Path, name: str) -> None:
        pack = ["tar", "--create", "--owner=0", "--group=0", "--numeric-owner", f"--directory={root}", "."]
        with subprocess.Popen(pack, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as packing:
            made = subprocess.run(
                self._program.command("import", "-", name),
                stdin=packing.stdout,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            if made.returncode:
                packing.kill()
        if made.returncode or packing.returncode:
            raise RunFailed("image_pull", f"no image can be made of the gear: {made.stderr.strip()[-300:]}")
