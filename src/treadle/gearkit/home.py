"""Where a gear finds Python and its libraries: Treadle's own environment, at the same place in every kind of run."""

from __future__ import annotations

import sys
from pathlib import Path

import treadle

HOME = "/opt/treadle"
"""The environment as gears see it; a manifest puts `/opt/treadle/bin` into its PATH."""


def mounts() -> dict[str, str]:
    """What a sandbox over the host's /usr shows besides, read-only: folder here -> folder there.

    The environment this process runs in; the Python it was made from, unless that is below /usr; and Treadle itself,
    when it is a checkout and not in the environment.
    """
    shown = {sys.prefix: HOME}
    package = Path(treadle.__file__).resolve().parent
    for folder in (Path(sys.base_prefix).resolve(), package):
        if not any(folder.is_relative_to(Path(there).resolve()) for there in ("/usr", sys.prefix)):
            shown[str(folder)] = str(folder)
    return shown
