"""Container images of gears, by whatever runs containers here: podman, docker or nerdctl."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from treadle.cli.client import ClientError
from treadle.gears import Document, ManifestError
from treadle.gears.manifest import parse
from treadle.gears.verdict import tag_of

PROGRAMS = ("podman", "docker", "nerdctl")
_MANIFEST = "/flywheel/v0/manifest.json"


@dataclass(frozen=True)
class Runtime:
    """One of these programs."""

    program: str

    @classmethod
    def find(cls) -> Runtime:
        """The first that is installed; ClientError when none is."""
        for name in PROGRAMS:
            if shutil.which(name):
                return cls(name)
        raise ClientError(f"images need one of {', '.join(PROGRAMS)} on this machine; a folder needs none")

    def build(self, folder: Path, tag: str) -> None:
        """Build the folder's image; what the build says goes to standard error."""
        recipe = next(
            (folder / name for name in ("Containerfile", "Dockerfile") if (folder / name).is_file()), None
        )
        if recipe is None:
            raise ClientError(f"{folder} has no Containerfile and no Dockerfile")
        command = [self.program, "build", "--tag", tag, "--file", str(recipe), str(folder)]
        if subprocess.run(command, stdout=2, check=False).returncode:
            raise ClientError(f"{self.program} could not build {tag}; see what it says above")

    def manifest(self, image: str) -> Document:
        """The manifest inside an image."""
        container = self._ask("create", image, "true")
        try:
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "manifest.json"
                self._ask("cp", f"{container}:{_MANIFEST}", str(copy))
                return parse(copy.read_text(encoding="utf-8-sig"))
        except (ManifestError, UnicodeDecodeError) as error:
            raise ClientError(f"{image}: {_MANIFEST} {error}") from None
        finally:
            self._ask("rm", "--force", container)

    def digest(self, image: str) -> tuple[str, str]:
        """Repository and digest of an image, by which it is found again on this machine or where it came from."""
        words = ("image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}", image)
        try:
            listed = self._ask(*words)
        except ClientError:
            self._bring(image)
            listed = self._ask(*words)
        named = image.partition("@")[0].removesuffix(f":{tag_of(image)}")
        digests = [one.partition("@") for one in listed.split()]
        for repository, _, digest in digests:
            if repository.endswith(named):
                return repository, digest
        raise ClientError(f"{image} has no digest here: push it to a registry, with `treadle gear upload`")

    def _bring(self, image: str) -> None:
        try:
            self.pull(image)
        except ClientError as error:
            raise ClientError(f"{image}: no such folder or file here, and no such image: {error}") from None

    def pull(self, image: str) -> None:
        """Get an image from its registry."""
        self._ask("pull", image)

    def push(self, image: str, target: str) -> str:
        """Push an image to a registry: the digest it has there."""
        self._ask("tag", image, target)
        if self.program == "podman":
            with tempfile.NamedTemporaryFile() as told:
                self._ask("push", "--digestfile", told.name, target)
                return Path(told.name).read_text(encoding="ascii").strip()
        self._ask("push", target)
        named = self._ask("image", "inspect", "--format", "{{index .RepoDigests 0}}", target)
        return named.rpartition("@")[2]

    def _ask(self, *words: str) -> str:
        command = [self.program, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise ClientError(f"{self.program} {words[0]}: {said[-1] if said else 'failed'}")
        return done.stdout.strip()
