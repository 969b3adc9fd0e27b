"""A gear that is a container image, on nodes of clusters: apptainer, or singularity, by its command line.

An image is converted once into a file that all nodes share. The gear's base folder is copied out of the image and
bound where the gear expects it: it is writable and as large as the disk, which a temporary overlay is not. Without
root there is no network but the node's own, or none.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.plan import BASE, Plan
from treadle.engine.runtimes.processes import Plain, answer, spawn
from treadle.gears.address import LAYOUT
from treadle.gears.manifest import ManifestError, parse

_PROGRAMS = ("apptainer", "singularity")
_ISOLATED = ("--containall", "--cleanenv", "--no-home", "--writable-tmpfs")
_MANIFEST = f"{BASE}/manifest.json"
_COPIED = "/treadle-base"
_COPY_S = 1800
_CONVERT_S = 4 * 3600


class ApptainerRuntime:
    """`images` is shared by all nodes; `more` are an administrator's words for `exec`."""

    name = "apptainer"
    isolation = "container"
    images = True

    def __init__(self, images: Path, *, more: Iterable[str] = ()) -> None:
        self._images = images
        self._more = tuple(more)

    @functools.cached_property
    def program(self) -> str:
        """apptainer when it is there, else singularity."""
        for name in _PROGRAMS:
            if found := shutil.which(name):
                return found
        raise EngineError("neither apptainer nor singularity is in the PATH of the node: load its module")

    @functools.cache  # noqa: B019 - one runtime per engine
    def version(self) -> str:
        return self._ask("node_fail", 60, "--version").strip()

    def check(self) -> None:
        try:
            self.version()
        except RunFailed as why:
            raise EngineError(f"{self.program} does not work here: {why}") from None

    def fetch(self, image: str) -> str:
        """Have the image's file, made by whichever node wants it first."""
        if image.startswith(LAYOUT):
            raise RunFailed("capability", "an image in a folder needs an engine of kind oci")
        target = self._file(image)
        if target.exists():
            return image
        with _alone(target.with_suffix(".lock")):
            if not target.exists():
                new = target.with_suffix(".new")
                self._ask("image_pull", _CONVERT_S, "build", "--force", str(new), f"docker://{image}")
                new.rename(target)
        return image

    def manifest(self, image: str) -> dict[str, Any]:
        """The manifest in an image."""
        self.fetch(image)
        try:
            held = self._ask(
                "node_fail", _COPY_S, "exec", *_ISOLATED, str(self._file(image)), "cat", _MANIFEST
            )
            return parse(held).manifest
        except (RunFailed, ManifestError) as error:
            raise EngineError(f"{image}: {_MANIFEST}: {error}") from None

    def start(self, plan: Plan) -> Contained:
        if not plan.image:
            raise RunFailed("capability", "a gear that is no image needs an engine of kind sandbox or oci")
        image = self._file(plan.image)
        self._bring_base(plan, image)
        return Contained(plan, [self.program, *self.arguments(plan, image)])

    def arguments(self, plan: Plan, image: Path) -> Iterator[str]:
        """What the container may, and what it sees."""
        folder = plan.folder
        yield from ("exec", *_ISOLATED, f"--pwd={BASE}")
        yield f"--bind={folder.base}:{BASE}"
        yield f"--bind={folder.input}:{BASE}/input:ro"
        yield f"--bind={folder.temporary}:/tmp"
        if plan.network == "none":
            yield from ("--net", "--network=none")
        if plan.resources.gpu:
            yield "--nv"
        yield from self._more
        # The contract's environment and nothing of the image's, which --cleanenv leaves.
        yield from (str(image), "env", "-i", *(f"{name}={value}" for name, value in plan.environment.items()))
        yield from ("bash", "-c", plan.command)

    def _bring_base(self, plan: Plan, image: Path) -> None:
        """What the image has in the base folder and the run has not yet."""
        copied = plan.folder.path / "from-image"
        copied.mkdir()
        words = (*_ISOLATED, f"--bind={copied}:{_COPIED}", str(image), "cp", "-a", f"{BASE}/.", _COPIED)
        self._ask("image_pull", _COPY_S, "exec", *words)
        for found in copied.iterdir():
            target = plan.folder.base / found.name
            if not os.path.lexists(target):
                found.rename(target)

    def _file(self, image: str) -> Path:
        self._images.mkdir(parents=True, exist_ok=True)
        return self._images / f"{hashlib.sha256(image.encode()).hexdigest()}.sif"

    def _ask(self, code: str, timeout_s: float, *words: str) -> str:
        return answer([self.program, *words], code=code, timeout_s=timeout_s)


class Contained(Plain):
    """One gear in its container: without root its processes are ordinary children of ours."""

    def __init__(self, plan: Plan, arguments: list[str]) -> None:
        self._plan = plan
        self.process = spawn(arguments)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One at a time, on all nodes that share the folder."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
