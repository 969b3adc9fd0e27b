"""What of this host a folder's gear sees besides /usr: some of /etc, and the Python this program runs in."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

# Nothing here holds a secret; the rest of /etc may.
_ETC = (
    "alternatives",
    "ca-certificates",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "pki/ca-trust",
    "pki/tls/certs",
    "python3",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
)
# First in a gear's PATH and hardly ever used on a host: here `python3` is the one this program runs in.
FIRST_IN_PATH = "/usr/local/sbin"


# The gear, unless its manifest names a number.
USER = 1000


def people(user: int, group: int) -> dict[str, str]:
    """Files of /etc that name root and the gear."""
    return {
        "passwd": f"root:x:0:0::/nonexistent:/usr/sbin/nologin\ngear:x:{user}:{group}::/tmp:/bin/bash\n",
        "group": f"root:x:0:\ngear:x:{group}:\n",
    }


@functools.cache
def read_only() -> tuple[Path, ...]:
    """Paths that are shown at their own place."""
    import treadle  # noqa: PLC0415 - its place is asked for, nothing of it is used

    etc = [path for name in _ETC if (path := Path("/etc", name)).exists()]
    package = Path(treadle.__file__).resolve().parent
    python = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve()}
    own = sorted(path for path in python if not path.is_relative_to("/usr"))
    if not any(package.is_relative_to(path) for path in (*own, Path("/usr"))):
        own.append(package)
    return (*etc, *own)


def write_python(folder: Path) -> None:
    """Programs `python3` and `python` that are our own interpreter, with all packages that Treadle has."""
    folder.mkdir()
    for name in ("python3", "python"):
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        path.chmod(0o755)
