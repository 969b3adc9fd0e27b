"""The embedded PostgreSQL: a small supervisor over the programs of a wheel.

One data folder, one server, a direct child of the calling process. Clients come over a Unix socket inside the
data folder (or loopback TCP where that path is too long), with a password that is made when the cluster is.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from treadle.server.kit.processes import IS_LINUX, LockFile, LockHeldError
from treadle.server.store import embedded_leftovers as leftovers
from treadle.server.store.disk import sync
from treadle.server.store.embedded_account import account_for
from treadle.server.store.embedded_programs import MAJOR, programs
from treadle.server.store.embedded_run import PostgresError, Runner, last_complaint

__all__ = ["EmbeddedPostgres", "PostgresError", "running_url"]

ROLE = DATABASE = "treadle"
PASSWORD_FILE = "treadle.password"  # noqa: S105 - a file name

# sockaddr_un holds 108 bytes on Linux, 104 on macOS.
MAX_SOCKET_PATH = 103
LARGE_LOG = 10 * 2**20
SMALL_SHM = 256 * 2**20

CONFIGURATION = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
}

# For data nobody will miss: no waiting for the disk.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL cluster in `data`, made at its first start; not `durable`: a power cut may lose it."""

    def __init__(
        self, data: Path, *, log: Path | None = None, account: str | None = None, durable: bool = True
    ) -> None:
        self.data = data
        self._durable = durable
        self.log = log or data.with_name(f"{data.name}.log")
        self._account_name = account
        self._lock = LockFile(data.with_name(f"{data.name}.lock"))
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None

    def start(self, *, timeout: float = 120.0) -> str:
        """Run the server and give its URL once it accepts connections. Call it from the main thread: the
        server ends with the thread that starts it."""
        try:
            self._lock.acquire(f"pid {os.getpid()}")
        except LockHeldError as held:
            raise PostgresError(
                f"the database in {self.data} is in use by another process ({held})"
            ) from None
        except OSError as error:
            raise PostgresError(f"{self._lock.path}: {error.strerror}") from None
        try:
            runner = Runner(account_for(self.data, named=self._account_name))
            binaries = programs(runner.account)
            self._make_cluster(binaries, runner)
            self._check_version()
            leftovers.clear(self.data)
            self._launch(binaries, runner)
            self._wait_until_ready(timeout)
        except BaseException as error:
            self.stop(patience=2.0)
            if isinstance(error, OSError):
                raise PostgresError(" ".join(str(error).split())) from error
            raise
        return self.url

    @property
    def url(self) -> str:
        """The address for SQLAlchemy and psycopg, password included."""
        password = (self.data / PASSWORD_FILE).read_text(encoding="ascii").strip()
        if self._port is None:
            return (
                f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(self.data), safe='')}&port=5432"
            )
        return f"postgresql://{ROLE}:{password}@127.0.0.1:{self._port}/{DATABASE}"

    @property
    def pid(self) -> int | None:
        """The process id of the running server."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def stop(self, *, patience: float = 60.0) -> None:
        """Fast shutdown; after `patience` seconds an immediate one (recovery at the next start)."""
        process, self._process = self._process, None
        if process is not None:
            for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                if process.poll() is None:
                    process.send_signal(number)
                    _wait(process, seconds)
        self._lock.release()

    def _make_cluster(self, binaries: Path, runner: Runner) -> None:
        """Make the cluster under another name and rename it, so that a half-made one is never used."""
        if (self.data / "PG_VERSION").exists():
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise PostgresError(f"{self.data} is neither empty nor a PostgreSQL data folder; move it away")
        for old in self.data.parent.glob(f"{self.data.name}.new-*"):
            shutil.rmtree(old, ignore_errors=True)
        stage = self.data.with_name(f"{self.data.name}.new-{secrets.token_hex(4)}")
        stage.mkdir(mode=0o700)
        try:
            password = stage / "password"
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(24), encoding="ascii")
            if runner.account is not None:
                for path in (stage, password):
                    os.chown(path, runner.account.uid, runner.account.gid)
            _initialise(stage, binaries, runner, durable=self._durable)
            password.rename(stage / "data" / PASSWORD_FILE)
            if self._durable:
                sync(stage / "data" / PASSWORD_FILE)
                sync(stage / "data")
            (stage / "data").rename(self.data)
            if self._durable:
                sync(self.data.parent)
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != str(MAJOR):
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {version}, this is {MAJOR}; upgrade it with pg_upgrade"
            )

    def _launch(self, binaries: Path, runner: Runner) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGE_LOG:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        if self._port is None and len(os.fsencode(self.data / leftovers.SOCKET)) > MAX_SOCKET_PATH:
            self._port = _free_port()
        options = {
            "cluster_name": leftovers.tag(self.data),
            "dynamic_shared_memory_type": _shared_memory(),
            **({} if self._durable else FORGETFUL),
        }
        with self.log.open("ab") as log, runner.reachable(self.data) as (data, descriptors):
            listen = ["-h", "", "-k", data, "-p", "5432"]
            if self._port is not None:
                listen = ["-h", "127.0.0.1", "-k", "", "-p", str(self._port)]
            self._process = runner.start(
                [
                    *(str(binaries / "postgres"), "-D", data, *listen),
                    *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
                ],
                descriptors=descriptors,
                log=log,
            )

    def _wait_until_ready(self, timeout: float) -> None:
        end = time.monotonic() + timeout  # crash recovery may take long; the child is watched meanwhile
        while time.monotonic() < end:
            assert self._process is not None  # noqa: S101
            if self._process.poll() is not None:
                raise PostgresError(f"PostgreSQL did not start: {last_complaint(self.log)}")
            if self._says_ready() and self._answers():
                return
            time.sleep(0.01)
        raise PostgresError(f"PostgreSQL was not ready within {timeout:.0f} s; see {self.log}")

    def _says_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        assert self._process is not None  # noqa: S101
        return len(lines) >= 8 and lines[0].strip() == str(self._process.pid) and lines[7].strip() == "ready"

    def _answers(self) -> bool:
        family, address = (
            (socket.AF_UNIX, str(self.data / leftovers.SOCKET))
            if self._port is None
            else (socket.AF_INET, ("127.0.0.1", self._port))
        )
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            return client.connect_ex(address) == 0


def running_url(data: Path) -> str | None:
    """The address of the server that runs on `data`, None when none does."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        if not leftovers.running(data):
            return None
        return _url(data, None if lines[4].strip() else int(lines[3]))
    except (OSError, IndexError, ValueError):
        return None


def _url(data: Path, port: int | None) -> str:
    password = (data / PASSWORD_FILE).read_text(encoding="ascii").strip()
    if port is None:
        return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(data), safe='')}&port=5432"
    return f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}"


def _initialise(stage: Path, binaries: Path, runner: Runner, *, durable: bool) -> None:
    settings = [part for key, value in CONFIGURATION.items() for part in ("-c", f"{key}={value}")]
    with runner.reachable(stage) as (folder, descriptors):
        # fmt: off
        runner.run(
            [
                str(binaries / "initdb"), "-D", f"{folder}/data", "-U", ROLE, "-E", "UTF8",
                # Built-in collation: equal everywhere; no index breaks when the C library is upgraded.
                "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                "--auth=scram-sha-256", f"--pwfile={folder}/password",
                "--data-checksums", "--no-instructions", *settings, *([] if durable else ["--no-sync"]),
            ],
            descriptors=descriptors,
        )
        # fmt: on
        runner.run(
            [
                *(str(binaries / "postgres"), "--single", "-D", f"{folder}/data"),
                *([] if durable else ["-F"]),
                "postgres",
            ],
            descriptors=descriptors,
            text=f"CREATE DATABASE {DATABASE}\n",
        )


def _shared_memory() -> str:
    """Containers often get a tiny /dev/shm, in which parallel queries fail; files serve then."""
    if not IS_LINUX:
        return "posix"
    try:
        space = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return "mmap"
    return "posix" if space.f_bavail * space.f_frsize >= SMALL_SHM else "mmap"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
