"""A root file system, and an image of it without a registry: a few programs of this host with their libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

PROGRAMS = ("bash", "cat", "ls", "id", "env", "sleep", "ln", "mkdir", "touch", "head", "curl", "stat")


def import_image(name: str, files: dict[str, str], folder: Path, *words: str, bash: bool = True) -> None:
    """Makes an image with these files in /flywheel/v0; `words` are more for `podman import`."""
    archive = pack_root(folder / "image.tar", files, folder, bash=bash)
    subprocess.run(["podman", "import", "--quiet", *words, archive, name], check=True, capture_output=True)


def pack_root(archive: Path, files: dict[str, str], folder: Path, *, bash: bool = True) -> Path:
    """Writes a root file system with these files in /flywheel/v0, as `docker export` does."""
    root = folder / "root"
    for program in PROGRAMS if bash else PROGRAMS[1:]:
        found = Path(shutil.which(program) or "").resolve()
        _copy(found, root / "usr/bin" / program)
        for library in re.findall(r"/\S+", _libraries(found)):
            _copy(Path(library).resolve(), root / library[1:])
    (root / "bin").symlink_to("usr/bin")
    for made in ("etc", "tmp", "proc", "dev", "flywheel/v0/own"):
        (root / made).mkdir(parents=True)
    (root / "etc/system").write_text("its own\n")
    for path, text in files.items():
        (root / "flywheel/v0" / path).write_text(text)
    with tarfile.open(archive, "w:gz" if archive.suffix == ".tgz" else "w") as tar:
        tar.add(root, arcname=".", filter=_as_root)
    shutil.rmtree(root)
    return archive


def _libraries(program: Path) -> str:
    return subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout


def _as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    return member


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy(source, target)
