"""A gear in a container, by podman or docker; one that is a folder gets the programs of this host."""

from __future__ import annotations

import functools
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.plan import BASE, SHARED_MEMORY_PART, Plan
from treadle.engine.runtimes.container_program import ContainerProgram
from treadle.engine.runtimes.doorway import Doorway, address_inside, close_metadata_addresses
from treadle.engine.runtimes.host import USER
from treadle.engine.runtimes.host_image import HostImage
from treadle.engine.runtimes.processes import spawn
from treadle.engine.runtimes.root_image import RootImages
from treadle.engine.stage import hand_over
from treadle.gears.address import LAYOUT
from treadle.gears.manifest import ManifestError, parse

# Users of containers that root starts: of numbers that no account and no service manager hands out.
_FIRST_UID = 1_600_000_000
_MANIFEST = f"{BASE}/manifest.json"
# The first process of a container takes no signal it does not handle, so the gear's shell is its child. It also sets
# limits (`--ulimit` would replace those an administrator configured), and asks the kernel why the gear was killed,
# which not every runtime does. What the image has in its environment is not the gear's: `$1` are the names that are.
# An image may lack the manifest, which lies one folder above, too.
_FIRST_PROCESS = """
for name in $(compgen -e); do case " $1 " in *" $name "*) ;; *) unset "$name" ;; esac; done
ulimit -c 0 -f {blocks}
[ -e manifest.json ] || printf %s "$(<../manifest.json)" 2>/dev/null >manifest.json
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
    """Runs images, root file systems and folders; `more` are an administrator's words for `podman create`."""

    name = "oci"
    isolation = "container"
    images = True

    def __init__(self, *, more: Iterable[str] = ()) -> None:
        self._more = tuple(more)
        self.program = ContainerProgram()
        self._host = HostImage(self.program)
        self._roots = RootImages(self.program)

    @functools.cache  # noqa: B019 - one runtime per engine
    def version(self) -> str:
        return self.program.ask("--version").strip()

    def check(self) -> None:
        try:
            self.program.remove_left()
            trial = (*self._more, *self._host.volumes(), self._host.name(), "bash", "-c", "exit 0")
        except RunFailed as why:
            raise EngineError(f"{self.program.path} does not work here: {why}") from None
        self.program.check(*trial)

    def start(self, plan: Plan) -> Container:
        if plan.root:
            plan = replace(plan, image=self._roots.name(plan.root))
        return Container(self, plan, plan.image or self._host.name())

    def fetch(self, image: str) -> str:
        """Have the image here: its name, or its id when it lay in a folder, where another may lie tomorrow."""
        if image.startswith(LAYOUT):
            if not self.program.is_podman:
                raise RunFailed("capability", "docker reads no images in folders: install podman")
            return self._pull(f"oci:{image.removeprefix(LAYOUT)}")
        if not self.program.has(image):
            self._pull(image)
        return image

    def _pull(self, source: str) -> str:
        return self.program.ask("pull", "--quiet", source, code="image_pull", timeout_s=_PULL_S).strip()

    def manifest(self, image: str) -> dict[str, Any]:
        """The manifest in an image."""
        made = self.program.ask("create", "--network=none", self.fetch(image), "true").strip()
        try:
            copied = subprocess.run(
                self.program.command("cp", f"{made}:{_MANIFEST}", "-"),
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
            self.program.remove(made)

    def arguments(self, plan: Plan) -> Iterator[str]:
        """For `create`: what the container may, and what it sees."""
        limits, folder = plan.resources, plan.folder
        yield from (self.program.label, "--log-driver=none", "--pull=never", "--entrypoint=")
        yield from ("--cap-drop=all", "--security-opt=no-new-privileges", f"--pids-limit={plan.processes}")
        yield from (f"--memory={limits.memory}", f"--memory-swap={limits.memory}", f"--cpus={limits.cpu}")
        yield f"--workdir={BASE}"
        if plan.network != "full":
            yield "--network=none"
        if plan.network == "api" and plan.api and address_inside(plan.api) == "127.0.0.1":
            yield f"--add-host={plan.api.host}:127.0.0.1"
        yield from self._user(plan)
        if not plan.image:
            yield from self._host.volumes()
            user = plan.uid or USER
            yield from self._host.own(folder.path, user=user, group=plan.gid or user)
        else:
            yield f"--volume={folder.base / 'manifest.json'}:/flywheel/manifest.json:ro"
        for path, inside in _writable(plan):
            yield f"--volume={path}:{inside}:rw"
        yield f"--volume={folder.input}:{BASE}/input:ro"
        yield from (f"--env={name}={value}" for name, value in plan.environment.items())
        yield f"--shm-size={limits.memory // SHARED_MEMORY_PART}"
        yield from (*self.program.limits, *self._more)

    def _user(self, plan: Plan) -> Iterator[str]:
        uid = plan.uid or (0 if plan.image else USER)
        gid = plan.gid or uid
        if os.geteuid() and self.program.is_podman:
            yield f"--userns=keep-id:uid={uid},gid={gid}" if uid else "--user=0:0"
            return
        if self.program.is_podman:
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
            hand_over(plan.folder, uid=outer + uid, gid=outer + gid)


class Container:
    """One container, removed at the end."""

    def __init__(self, runtime: ContainerRuntime, plan: Plan, image: str) -> None:
        self._program = runtime.program
        self._plan = plan
        self._doorway: Doorway | None = None
        self._id = self._program.ask("create", *runtime.arguments(plan), image, *_command(plan)).strip()
        try:
            if self._program.is_podman:
                self._prepare()
            self.process = spawn(self._program.command("start", "--attach", self._id))
            if not self._program.is_podman:
                self._open_doorway()
            self._layer = self._upper_layer()
        except BaseException:
            self.close()
            raise

    def pids(self) -> list[int]:
        return []  # the kernel keeps the limit

    def folders(self) -> Iterable[Path]:
        return [*(path for path, _ in _writable(self._plan) if path.is_dir()), *self._layer]

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
        self._program.remove(self._id)
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.kill()
            process.wait()

    def _prepare(self) -> None:
        try:
            # The monitor that starts here leaves a file in its folder when memory runs out.
            self._program.ask("init", self._id, folder=self._plan.folder.path)
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
            self._program.ask("kill", f"--signal={name}", self._id)

    def _state(self) -> dict[str, Any]:
        with suppress(RunFailed, ValueError):
            found: dict[str, Any] = json.loads(
                self._program.ask("inspect", "--format={{json .State}}", self._id)
            )
            return found
        return {}

    def _upper_layer(self) -> list[Path]:
        with suppress(RunFailed, ValueError):
            said = json.loads(self._program.ask("inspect", "--format={{json .GraphDriver}}", self._id))
            if upper := (said.get("Data") or {}).get("UpperDir"):
                return [Path(upper)]
        return []


def _writable(plan: Plan) -> Iterator[tuple[Path, str]]:
    """What of the run's folder the gear may change, and where it finds that: all of it when it has no image."""
    folder = plan.folder
    yield folder.temporary, "/tmp"  # noqa: S108 - the gear's own
    if not plan.image:
        yield folder.base, BASE
        return
    yield folder.output, f"{BASE}/output"
    yield folder.base / "config.json", f"{BASE}/config.json"


def _command(plan: Plan) -> tuple[str, ...]:
    return (
        "bash",
        "-c",
        _FIRST_PROCESS.format(blocks=plan.resources.disk >> 10, told=_OUT_OF_MEMORY),
        plan.command,
        " ".join(plan.environment),
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
