"""A gear that is a container image: podman, or docker, by their command line."""

from __future__ import annotations

import functools
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.plan import BASE, Plan
from treadle.engine.runtimes.doorway import Doorway, address_inside, close_metadata_addresses
from treadle.engine.runtimes.processes import answer, spawn
from treadle.gears.manifest import ManifestError, parse

_PROGRAMS = ("podman", "docker")
_LABEL = "treadle.engine"
# Users of containers that root starts: of numbers that no account and no service manager hands out.
_FIRST_UID = 1_600_000_000
_MANIFEST = f"{BASE}/manifest.json"
# The first process of a container takes no signal it does not handle, so the gear's shell is its child. It also sets
# limits (`--ulimit` would replace those an administrator configured), and asks the kernel why the gear was killed,
# which not every runtime does.
_FIRST_PROCESS = """
ulimit -c 0 -f {blocks}
trap 'kill -TERM -1' TERM
bash -c "$0" & gear=$!
while wait $gear; code=$?; kill -0 $gear 2>/dev/null; do :; done
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ $code = 137 ] && [ -r $file ] && while read -r word number; do
    [ "$word" = oom_kill ] && [ "$number" != 0 ] && exit {told}
  done <$file
done
exit $code
"""
_OUT_OF_MEMORY = 251
_SHORT_S = 120
_PULL_S = 4 * 3600


class ContainerRuntime:
    """Runs images; `more` are an administrator's words for `podman create`."""

    name = "oci"
    isolation = "container"

    def __init__(self, *, more: Iterable[str] = (), owner: str = "local") -> None:
        self._more = tuple(more)
        self._owner = owner

    @functools.cached_property
    def program(self) -> str:
        """podman when it is there, else docker."""
        for name in _PROGRAMS:
            if found := shutil.which(name):
                return found
        raise EngineError("neither podman nor docker is installed: install one, or use --kind sandbox")

    @functools.cached_property
    def is_podman(self) -> bool:
        return Path(self.program).name == "podman"

    @functools.cache  # noqa: B019 - one runtime per engine
    def version(self) -> str:
        return self.ask("--version").strip()

    def check(self) -> None:
        try:
            left = self.ask("ps", "-aq", "--filter", f"label={_LABEL}={self._owner}").split()
        except RunFailed as why:
            raise EngineError(f"{self.program} does not work here: {why}") from None
        for container in left:  # of an engine of this name that was killed
            self.remove(container)

    def start(self, plan: Plan) -> Container:
        if not plan.image:
            raise RunFailed("capability", "a gear that is a folder needs an engine of kind sandbox")
        return Container(self, plan, plan.image)

    def fetch(self, image: str) -> None:
        """Have the image here."""
        if subprocess.run(
            [self.program, "image", "inspect", image], capture_output=True, check=False
        ).returncode:
            self.ask("pull", "--quiet", image, code="image_pull", timeout_s=_PULL_S)

    def manifest(self, image: str) -> dict[str, Any]:
        """The manifest in an image."""
        self.fetch(image)
        made = self.ask("create", "--network=none", image, "true").strip()
        try:
            copied = subprocess.run(
                [self.program, "cp", f"{made}:{_MANIFEST}", "-"],
                capture_output=True,
                check=False,
                timeout=_SHORT_S,
            )
            if copied.returncode:
                raise EngineError(f"{image} holds no {_MANIFEST}: it is no gear")
            return parse(_only_member(copied.stdout).decode(errors="replace")).manifest
        except ManifestError as error:
            raise EngineError(f"{image}: {_MANIFEST}: {error}") from None
        finally:
            self.remove(made)

    def ask(self, *words: str, code: str = "node_fail", timeout_s: float = _SHORT_S) -> str:
        """What the program answers; RunFailed when it refuses."""
        return answer([self.program, *words], code=code, timeout_s=timeout_s)

    def remove(self, container: str) -> None:
        """Ended or not."""
        subprocess.run([self.program, "rm", "--force", container], capture_output=True, check=False)

    def arguments(self, plan: Plan) -> Iterator[str]:
        """For `create`: what the container may, and what it sees."""
        limits, folder = plan.resources, plan.folder
        yield from (f"--label={_LABEL}={self._owner}", "--log-driver=none", "--pull=never", "--entrypoint=")
        yield from ("--cap-drop=all", "--security-opt=no-new-privileges", f"--pids-limit={plan.processes}")
        yield from (f"--memory={limits.memory}", f"--memory-swap={limits.memory}", f"--cpus={limits.cpu}")
        yield f"--workdir={BASE}"
        if plan.network != "full":
            yield "--network=none"
        if plan.network == "api" and plan.api and address_inside(plan.api) == "127.0.0.1":
            yield f"--add-host={plan.api.host}:127.0.0.1"
        yield from self._user(plan)
        for path, inside, mode in (
            (folder.input, f"{BASE}/input", "ro"),
            (folder.output, f"{BASE}/output", "rw"),
            (folder.base / "config.json", f"{BASE}/config.json", "rw"),
            (folder.temporary, "/tmp", "rw"),  # noqa: S108 - the gear's own
        ):
            yield f"--volume={path}:{inside}:{mode}"
        yield from (f"--env={name}={value}" for name, value in plan.environment.items())
        yield from self._more

    def _user(self, plan: Plan) -> Iterator[str]:
        uid, gid = plan.uid or 0, plan.gid or plan.uid or 0
        if os.geteuid() and self.is_podman:
            yield f"--userns=keep-id:uid={uid},gid={gid}" if uid else "--user=0:0"
            return
        if self.is_podman:
            yield from (
                f"--uidmap=0:{_FIRST_UID}:65536",
                f"--gidmap=0:{_FIRST_UID}:65536",
                f"--user={uid}:{gid}",
            )
            outer = _FIRST_UID
        else:
            uid, gid = uid or 1000, gid or 1000
            yield f"--user={uid}:{gid}"
            outer = 0
        if not os.geteuid():
            for path in (plan.folder.output, plan.folder.temporary, plan.folder.base / "config.json"):
                os.chown(path, outer + uid, outer + gid)


class Container:
    """One container, removed at the end."""

    def __init__(self, runtime: ContainerRuntime, plan: Plan, image: str) -> None:
        self._runtime = runtime
        self._plan = plan
        self._doorway: Doorway | None = None
        self._id = runtime.ask("create", *runtime.arguments(plan), image, *_command(plan)).strip()
        try:
            if runtime.is_podman:
                self._prepare()
            self.process = spawn([runtime.program, "start", "--attach", self._id])
            if not runtime.is_podman:
                self._open_doorway()
            self._layer = self._upper_layer()
        except BaseException:
            self.close()
            raise

    def pids(self) -> list[int]:
        return []  # the kernel keeps the limit

    def folders(self) -> Iterable[Path]:
        return [self._plan.folder.output, self._plan.folder.temporary, *self._layer]

    def terminate(self) -> None:
        self._signal("TERM")

    def kill(self) -> None:
        if self.process.poll() is None:
            self._signal("KILL")

    def out_of_memory(self) -> bool:
        return self.process.returncode == _OUT_OF_MEMORY or self._state().get("OOMKilled") is True

    def close(self) -> None:
        if self._doorway:
            self._doorway.close()
        self._runtime.remove(self._id)
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.kill()
            process.wait()

    def _prepare(self) -> None:
        try:
            self._runtime.ask("init", self._id)
        except RunFailed as why:
            raise _explained(why) from None
        self._open_doorway()

    def _open_doorway(self) -> None:
        if self._plan.network == "none":
            return
        pid = self._state().get("Pid")
        if not isinstance(pid, int) or not pid:
            return
        if self._plan.network == "full":
            close_metadata_addresses(pid)
        elif self._plan.api:
            self._doorway = Doorway(pid, self._plan.api)

    def _signal(self, name: str) -> None:
        with suppress(RunFailed):
            self._runtime.ask("kill", f"--signal={name}", self._id)

    def _state(self) -> dict[str, Any]:
        with suppress(RunFailed, ValueError):
            found: dict[str, Any] = json.loads(
                self._runtime.ask("inspect", "--format={{json .State}}", self._id)
            )
            return found
        return {}

    def _upper_layer(self) -> list[Path]:
        with suppress(RunFailed, ValueError):
            said = json.loads(self._runtime.ask("inspect", "--format={{json .GraphDriver}}", self._id))
            if upper := (said.get("Data") or {}).get("UpperDir"):
                return [Path(upper)]
        return []


def _command(plan: Plan) -> tuple[str, ...]:
    return (
        "bash",
        "-c",
        _FIRST_PROCESS.format(blocks=plan.resources.disk >> 10, told=_OUT_OF_MEMORY),
        plan.command,
    )


def _explained(why: RunFailed) -> RunFailed:
    text = str(why)
    if "bash" in text and ("not found" in text or "no such file" in text.lower()):
        return RunFailed("no_bash", "the image has no bash, which starts a gear's command")
    return why


def _only_member(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if held := tar.extractfile(member):
                return held.read()
    return b""
