"""Starts everything in the right order, watches over it, stops it: the whole of `treadle up`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from treadle import __version__
from treadle.server.app.supervise import admin_file, leftovers, probes
from treadle.server.app.supervise.admin_file import AdminFile
from treadle.server.app.supervise.checks import (
    CannotStartError,
    check_port,
    home_problem,
    prepare_home,
)
from treadle.server.app.supervise.child import Child
from treadle.server.app.supervise.prepared import Prepared, recall, was_prepared
from treadle.server.kit.processes import LockFile, LockHeldError
from treadle.server.kit.settings import Settings
from treadle.server.store.embedded import EmbeddedPostgres, PostgresError

TREADLE = (sys.executable, "-P", "-m", "treadle")
ROLES = {"serve": ("serve",), "connector": ("connector", "run"), "worker": ("worker",)}
ENGINE = ("engine", "run", "--kind")

# What a new home gets: the command that makes it, and what is said then.
SAMPLES = {
    "study": (("sample", "send"), "study sent over DICOM to demo/Sample; gears run on it"),
    "demo": (("sample", "demo"), "demonstration hierarchy in the groups demo and psych"),
}

# Everything is stopped within 10 s: first the children, then the database (it recovers from a hasty end).
CHILDREN_STOP_S = 6.0
DATABASE_STOP_S = 2.0
START_S = 180.0
LOOK_S = 0.2


class _Stop(BaseException):
    """A signal asks us to stop."""


class Up:
    """One run of `treadle up`."""

    def __init__(
        self,
        settings: Settings,
        *,
        sample: str | None,
        say: Callable[[str], None],
        durable: bool = True,
        when_ready: Callable[[AdminFile], None] | None = None,
    ) -> None:
        self._settings = settings
        self._sample_kind = sample
        self._say = say
        self._durable = durable
        self._when_ready = when_ready
        self._home = settings.home
        self._lock = LockFile(self._home / "run" / "up.lock")
        self._postgres: EmbeddedPostgres | None = None
        self._stopping = False
        self._owns_home = False
        logs = self._home / "logs"
        flags = ["--home", str(self._home), "--http", str(settings.http), "--dicom", str(settings.dicom)]

        def child(role: str, *words: str) -> Child:
            return Child(role, [*TREADLE, *words, *flags], logs=logs)

        self._sample = child("sample", *SAMPLES[sample or "study"][0])
        self._sampling = False
        self._children = [child(role, *words) for role, words in ROLES.items()]
        kind = "local" if settings.jobs.images else "sandbox"
        self._engine = child("engine", *ENGINE, kind) if settings.jobs.engine else None

    def run(self) -> None:
        """Start, watch until a signal comes, stop."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start()
            self._watch()
        except _Stop:
            self._say("stopping")
        except OSError as error:
            raise CannotStartError(home_problem(self._home, error)) from error
        finally:
            self._stop()
        self._say("stopped")

    def _start(self) -> None:
        settings = self._settings
        self._say(f"Treadle {__version__}, home {self._home}")
        prepare_home(self._home)
        self._take_home()
        patience = 5.0 if leftovers.stop(self._home / "run" / "children.json") else 0.0
        check_port(settings.http, what="HTTP", option="--http", patience_s=patience)
        check_port(settings.dicom, what="DICOM", option="--dicom", patience_s=patience)
        serve, connector, worker = self._children
        early = [serve, connector] if was_prepared(self._home) else [worker, serve, connector]
        for child in early:  # they load while the database starts
            child.spawn()
        self._remember()
        url = self._start_database()
        prepared = self._prepare_database(url)
        self._write_admin(prepared)
        orders = {"database_url": url, "device_key": prepared.device_key, "server": self._local_url}
        engine_orders = {"server": self._local_url, "engine_key": prepared.engine_key}
        # The API answers last: whoever sees it answer may send over DICOM at once.
        connector.release(orders)
        self._wait_until(f"connector  {settings.dicom} listens", lambda: probes.listens(settings.dicom))
        serve.release(orders)
        self._wait_until(f"api        {self._local_url} answers", lambda: probes.api_answers(settings.http))
        if worker.pid is None:
            worker.spawn()  # loads in the background; nobody waits for it
        worker.release(orders)  # one that has prepared the home works already: for its next start
        self._begin_engine(engine_orders)
        self._remember()
        self._announce(prepared)
        self._begin_sample()

    def _begin_engine(self, orders: Mapping[str, str]) -> None:
        """Like the worker, it loads in the background."""
        if self._engine is None:
            return
        if shutil.which("bwrap") is None:
            self._say("engine     not started: bubblewrap (bwrap) is not installed")
            return
        self._children.append(self._engine)
        self._engine.spawn()
        self._engine.release(orders)

    def _take_home(self) -> None:
        try:
            self._lock.acquire(json.dumps({"pid": os.getpid(), "url": self._settings.url}))
        except LockHeldError as held:
            raise CannotStartError(_running_already(self._home, held.note)) from None
        self._owns_home = True

    @property
    def _local_url(self) -> str:
        return f"http://{self._settings.http.reachable}"

    def _start_database(self) -> str:
        if self._settings.database_url is not None:
            return self._settings.database_url
        began = time.monotonic()
        self._postgres = EmbeddedPostgres(
            self._home / "postgres",
            log=self._home / "logs" / "postgres.log",
            account=self._settings.postgres_account,
            durable=self._durable,
        )
        url = self._postgres.start()
        self._say(f"database   ready ({time.monotonic() - began:.1f} s)")
        return url

    def _prepare_database(self, url: str) -> Prepared:
        began = time.monotonic()
        prepared = recall(self._home, url)
        if prepared is None:
            prepared = self._prepare_anew(url)
        self._say(f"schema     up to date ({time.monotonic() - began:.1f} s)")
        return prepared

    def _prepare_anew(self, url: str) -> Prepared:
        """A worker does it before it begins: it has loaded what this needs."""
        worker = self._children[-1]
        if worker.pid is None:
            worker.spawn()
        result = self._home / "run" / "prepared.json"
        result.unlink(missing_ok=True)
        worker.release({"database_url": url, "prepare": str(result)})
        while not result.exists() and worker.exit_status is None:
            time.sleep(0.01)
        try:
            answer: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            raise CannotStartError(f"the database could not be prepared: {worker.log.last_words()}") from None
        finally:
            result.unlink(missing_ok=True)
        if "error" in answer:
            raise CannotStartError(str(answer["error"]))
        return Prepared.of(answer)

    def _write_admin(self, prepared: Prepared) -> None:
        earlier = admin_file.read(self._home)
        password = prepared.password or (earlier.password if earlier else None)
        reachable = self._settings.http.reachable
        admin_file.write(
            self._home,
            AdminFile(
                url=self._settings.url,
                api_key=f"{reachable}:__force_insecure:{prepared.api_key.rpartition(':')[2]}",
                email=prepared.email,
                password=password,
            ),
        )

    def _wait_until(self, told: str, claim: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not claim():
            for child in self._children:
                if child.exit_status is not None:
                    raise CannotStartError(f"{child.role} did not start: {child.log.last_words()}")
            if time.monotonic() - began > START_S:
                raise CannotStartError(f"not ready after {START_S:.0f} s; see {self._home / 'logs'}")
            time.sleep(0.03)
        self._say(f"{told} ({time.monotonic() - began:.1f} s)")

    def _announce(self, prepared: Prepared) -> None:
        admin = admin_file.read(self._home)
        password = admin.password if admin else None
        secret = f"password {password}" if password else "the password you have set"
        self._say(f"open       {self._settings.url}")
        title, dicom = self._settings.connector.ae_title, self._settings.dicom
        self._say(f"dicom      AE title {title}, port {dicom.port} on {dicom.reachable.host}")
        if admin is not None and sys.stdout.isatty():  # what goes to a file or journal would stay there
            self._say(f"key        {admin.api_key}")
        self._say(f"log in     {prepared.email}, {secret} (kept in {self._home / admin_file.NAME})")

    def _begin_sample(self) -> None:
        """Send the sample study once in the life of a home."""
        decided = self._home / "run" / "sample"
        if self._sample_kind is None and not decided.exists():
            decided.write_text("not wanted\n", encoding="utf-8")
        if decided.exists():
            self._tell_ready()
            return
        self._sampling = True
        self._sample.spawn()
        self._sample.release({})

    def _tell_ready(self) -> None:
        """For programs: the address and the key, once everything asked for is there."""
        admin = admin_file.read(self._home)
        if self._when_ready is not None and admin is not None:
            self._when_ready(admin)

    def _watch(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(LOOK_S)
            changed = False
            for child in self._children:
                told = child.tend()
                if told is not None:
                    changed = True
                    self._say(told)
            if changed:
                with suppress(OSError):  # a full disk; the children end with us all the same
                    self._remember()
            self._tend_database()
            self._tend_sample()

    def _tend_database(self) -> None:
        if self._postgres is not None and self._postgres.pid is None:
            self._say("database   ended; starting it again")
            self._postgres.stop()
            try:
                self._postgres.start()
            except PostgresError as error:
                self._say(f"database   {error}")
                time.sleep(1.0)

    def _tend_sample(self) -> None:
        status = self._sample.exit_status
        if status is None or not self._sampling:
            return
        self._sampling = False
        self._sample.make_stop(0.0)
        if status == 0:
            (self._home / "run" / "sample").write_text("sent\n", encoding="utf-8")
            self._say(f"sample     {SAMPLES[self._sample_kind or 'study'][1]}")
        else:
            self._say(f"sample     not sent: {self._sample.log.last_words()}")
        self._tell_ready()

    def _remember(self) -> None:
        pids = [child.pid for child in self._children]
        leftovers.remember(self._home / "run" / "children.json", [pid for pid in pids if pid is not None])

    def _stop(self) -> None:
        self._stopping = True
        if not self._owns_home:
            return
        everyone = (self._sample, *self._children)
        for child in everyone:
            child.ask_to_stop()
        deadline = time.monotonic() + CHILDREN_STOP_S
        for child in everyone:
            child.make_stop(deadline)
        if self._postgres is not None:
            self._postgres.stop(patience=DATABASE_STOP_S)
        (self._home / "run" / "children.json").unlink(missing_ok=True)
        self._lock.release()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise _Stop


def _running_already(home: Path, note: str) -> str:
    try:
        running = json.loads(note)
        return f"Treadle already runs on {home}: {running['url']} (pid {running['pid']})"
    except (ValueError, KeyError, TypeError):
        return f"Treadle already starts or stops on {home}"
