"""A gear in a bubblewrap sandbox: in its own root file system, or over this host's /usr and Treadle's Python packages.

Started by root, the gear runs as a user that exists nowhere else, one per run; started by anyone else, in a user
namespace of its own. Either way it sees itself as the user its manifest names, or 1000, and has no capabilities.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import subprocess
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import gettempdir

from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.plan import BASE, SHARED_MEMORY_PART, Plan
from treadle.engine.runtimes import Folders
from treadle.engine.runtimes.doorway import Doorway, hosts_file
from treadle.engine.runtimes.host import FIRST_IN_PATH, USER, people, read_only, write_python
from treadle.engine.runtimes.host_tools import host_tools
from treadle.engine.runtimes.processes import send, spawn
from treadle.engine.stage import hand_over
from treadle.engine.watch import family

# As root each run gets a user of its own, of numbers that no account and no service manager hands out.
_FIRST_UID = 1_600_000_000
_USERS = 200_000_000
_SHELL = "/bin/bash"
_POWERLESS = ("--bounding-set=-all", "--inh-caps=-all")
# Made first, for bubblewrap would make them for their owner alone.
_FOLDERS = frozenset({"/etc", "/flywheel", "/run", "/var"})


Tool = Callable[[str], tuple[str, ...]]
"""The words that start one of util-linux's programs."""


class SandboxRuntime(Folders):
    """Runs folders and root file systems; images need a container engine."""

    name = "sandbox"
    isolation = "bubblewrap"

    @functools.cache  # noqa: B019 - one runtime per engine
    def version(self) -> str:
        return subprocess.run(
            ["bwrap", "--version"], capture_output=True, text=True, check=False
        ).stdout.strip()

    def check(self) -> None:
        if not shutil.which("bwrap"):
            raise EngineError("bubblewrap is missing: install the package `bubblewrap`, or use --kind oci")
        trial = subprocess.run(
            ["bwrap", *_namespaces(USER, USER), *_root(Path(gettempdir())), "true"],
            capture_output=True,
            text=True,
            check=False,
        )
        if trial.returncode:
            raise EngineError(
                f"no sandbox can be made here ({trial.stderr.strip()}): allow user namespaces"
                " (see docs/howto/engines.md), run the engine as root, use --kind oci,"
                " or, for gears you trust like yourself, --unsafe-no-sandbox"
            )

    def start(self, plan: Plan) -> Sandbox:
        return Sandbox(plan)


class Sandbox:
    """One sandbox. The first process within ends with us, and all others end with that one."""

    def __init__(self, plan: Plan) -> None:
        if plan.network == "full":
            raise RunFailed(
                "capability",
                "a sandbox gives no way to other networks than the API: use an engine of kind oci",
            )
        if plan.root and not os.path.lexists(plan.root / _SHELL[1:]):
            raise RunFailed("no_bash", f"the gear has no {_SHELL}, which starts its command")
        self._plan = plan
        self._uid = plan.uid or USER
        self._gid = plan.gid or self._uid
        self._outside = _FIRST_UID + zlib.crc32(plan.name.encode()) % _USERS
        if _as_root():
            hand_over(plan.folder, uid=self._outside, gid=self._outside)
            if not _can_be_renumbered():
                self._uid = self._gid = self._outside
        self._doorway: Doorway | None = None
        told, tell = os.pipe()
        wait, go = os.pipe()
        said = _in_memory(self._arguments(tell, wait))
        try:
            self.process = spawn(
                [*_on(plan.cores), "bwrap", "--args", str(said), "--", *self._command()],
                environment={},
                pass_fds=(said, tell, wait),
            )
        finally:
            for handle in (said, tell, wait):
                os.close(handle)
        try:
            self._first = _first_process(told)
            if plan.network == "api" and plan.api:
                self._doorway = Doorway(self._first, plan.api)
            os.write(go, b"!")
        except Exception:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            os.close(go)

    def pids(self) -> list[int]:
        return family(self._first)

    def folders(self) -> Iterable[Path]:
        return [self._plan.folder.base, self._plan.folder.temporary]

    def terminate(self) -> None:
        send(self.pids()[1:], signal.SIGTERM)

    def kill(self) -> None:
        send([self._first], signal.SIGKILL)

    def out_of_memory(self) -> bool:
        return False

    def close(self) -> None:
        if self._doorway:
            self._doorway.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _arguments(self, tell: int, wait: int) -> Iterator[str]:
        plan, folder = self._plan, self._plan.folder
        yield from (
            *_namespaces(self._uid, self._gid),
            *(_own_root(plan.root, folder.temporary) if plan.root else _root(folder.temporary)),
            "--info-fd",
            str(tell),
            "--block-fd",
            str(wait),
        )
        yield from ("--die-with-parent", "--new-session", "--clearenv", "--chdir", BASE)
        for name, value in plan.environment.items():
            yield from ("--setenv", name, value)
        etc, programs = folder.path / "etc", folder.path / "programs"
        etc.mkdir()
        for name, text in self._own_etc():
            (etc / name).write_text(text)
            yield from ("--ro-bind", str(etc / name), f"/etc/{name}")
        if not plan.root:
            write_python(programs)
            yield from ("--ro-bind", str(programs), FIRST_IN_PATH)
        yield from ("--bind", str(folder.base), BASE, "--ro-bind", str(folder.input), f"{BASE}/input")
        yield from (
            "--perms",
            "1777",
            "--size",
            str(plan.resources.memory // SHARED_MEMORY_PART),
            "--tmpfs",
            "/dev/shm",  # noqa: S108 - the gear's own
        )
        yield from ("--remount-ro", "/dev", "--remount-ro", "/")

    def _command(self) -> Iterator[str]:
        plan = self._plan
        tool = host_tools().call if plan.root else _here
        limits = (f"--nproc={plan.processes}", f"--fsize={plan.resources.disk}", "--core=0")
        yield from (*tool("prlimit"), *limits)
        if _as_root():
            yield from _become(self._outside, tool)
        # Should this host run out of memory, the gear goes first.
        yield from (*tool("choom"), "-n", "1000", "--")
        if self._uid != self._outside and _as_root():
            yield from _seen_as(self._uid, self._gid, tool)
        yield from (_SHELL, "-c", plan.command)

    def _own_etc(self) -> Iterator[tuple[str, str]]:
        yield from people(self._uid, self._gid).items()
        yield "hosts", hosts_file(self._plan.api if self._plan.network == "api" else None)
        yield "resolv.conf", ""


def _as_root() -> bool:
    return os.geteuid() == 0


def _here(name: str) -> tuple[str, ...]:
    return (f"/usr/bin/{name}",)


def _become(user: int, tool: Tool) -> Iterator[str]:
    yield from (*tool("setpriv"), f"--reuid={user}", f"--regid={user}", "--clear-groups", *_POWERLESS)


def _seen_as(user: int, group: int, tool: Tool) -> Iterator[str]:
    yield from (*tool("unshare"), "--user", f"--map-user={user}", f"--map-group={group}", "--keep-caps")
    yield from (*tool("setpriv"), *_POWERLESS, "--ambient-caps=-all")


@functools.cache
def _can_be_renumbered() -> bool:
    """Whether the kernel gives user namespaces to those who are not root."""
    trial = [*_become(_FIRST_UID, _here), *_seen_as(USER, USER, _here), "/usr/bin/true"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def _namespaces(user: int, group: int) -> Iterator[str]:
    if _as_root():
        yield from (
            "--unshare-ipc",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-uts",
            "--unshare-cgroup-try",
        )
        yield from (
            "--cap-drop",
            "ALL",
            "--cap-add",
            "CAP_SETUID",
            "--cap-add",
            "CAP_SETGID",
            "--cap-add",
            "CAP_SETPCAP",
        )
    else:
        yield from ("--unshare-all", "--unshare-user", "--uid", str(user), "--gid", str(group))


def _root(temporary: Path) -> Iterator[str]:
    # Before what follows: our Python may be below it on the host.
    yield from ("--bind", str(temporary), "/tmp")  # noqa: S108 - the gear's own
    above = {str(folder) for path in read_only() for folder in path.parents}
    for folder in sorted(_FOLDERS | above - {"/"}):
        yield from ("--perms", "0755", "--dir", folder)
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        if Path("/", name).is_symlink():
            yield from ("--symlink", f"usr/{name}", f"/{name}")
        elif Path("/", name).is_dir():
            yield from ("--ro-bind", f"/{name}", f"/{name}")
    yield from ("--proc", "/proc", "--dev", "/dev")
    for path in read_only():
        yield from ("--ro-bind", str(path), str(path))
    yield from ("--symlink", "../tmp", "/var/tmp")  # noqa: S108 - the gear's own


def _own_root(root: Path, temporary: Path) -> Iterator[str]:
    yield from ("--ro-bind", str(root), "/")
    if (root / "var/tmp").resolve() == root.resolve() / "var/tmp" and (root / "var/tmp").is_dir():
        yield from ("--bind", str(temporary), "/var/tmp")  # noqa: S108 - the gear's own
    yield from ("--bind", str(temporary), "/tmp")  # noqa: S108 - the gear's own
    yield from ("--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--tmpfs", "/run")
    yield from (*host_tools().binds(), "--remount-ro", "/run")


def _on(cores: tuple[int, ...]) -> list[str]:
    return ["taskset", "-c", ",".join(map(str, cores))] if cores else []


def _in_memory(arguments: Iterator[str]) -> int:
    """A handle to read them from: values of a gear's options are nobody else's business."""
    handle = os.memfd_create("arguments")
    os.write(handle, b"".join(os.fsencode(one) + b"\0" for one in arguments))
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _first_process(told: int) -> int:
    with os.fdopen(told, "rb") as source:
        said = source.read()
    if said:
        return int(json.loads(said)["child-pid"])
    raise RunFailed("node_fail", "the sandbox could not be made")
