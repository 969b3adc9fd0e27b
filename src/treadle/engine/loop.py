"""The engine: asks for jobs while it has room and runs each in a thread; gives back what an earlier one left."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from treadle.engine.api import Api, Hold, Refused, Unreachable
from treadle.engine.cache import GearCache
from treadle.engine.capacity import Capacity
from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.job import Claim, JobRun, give_up
from treadle.engine.runtimes.choice import Runtimes
from treadle.engine.setup import Setup
from treadle.engine.stage import erase

_ASK_S = 25
_TROUBLE_S = 2.0
_LONGEST_TROUBLE_S = 30.0
_STOP_GRACE_S = 2.0
_STOPPED = "the engine was stopped"

log = logging.getLogger("treadle.engine")


class Engine:
    """One engine process; `stop` may be set from any thread or a signal."""

    def __init__(self, api: Api, setup: Setup, runtimes: Runtimes, *, stop: threading.Event) -> None:
        self._api = api
        self._setup = setup
        self._runtimes = runtimes
        self._cache = GearCache(setup.cache)
        self._capacity = Capacity(setup.total)
        self._places = threading.BoundedSemaphore(setup.max_jobs)
        self._runs: dict[str, tuple[JobRun, threading.Thread]] = {}
        self._stop = stop

    def run(self, *, patient: bool = False) -> None:
        """Until it is stopped; a patient one does not mind if gears cannot be run here, and says so."""
        try:
            self._look_around()
        except EngineError as why:
            if not patient:
                raise
            log.warning("no gears are run: %s", why)
            self._stop.wait()
            return
        with alone(self._setup):
            self._give_back()
            register(self._api, self._setup)
            log.info("engine %s (%s) waits for jobs", self._setup.name, self._setup.kind)
            # An unanswered question must not keep us from stopping.
            threading.Thread(target=self._ask_again_and_again, name="ask", daemon=True).start()
            self._stop.wait()
            self._end()

    def run_one(self, job: str, *, lease: str | None = None) -> None:
        """This job, which was handed out to us already or waits."""
        self._look_around()
        self._setup.work.mkdir(parents=True, exist_ok=True)
        claim = Claim.read(self._api.patiently(lambda: self._api.claim(job, lease=lease)))
        self._start(claim)
        while self._runs and not self._stop.wait(0.1):
            pass
        self._end()

    def _look_around(self) -> None:
        self._runtimes = self._runtimes.working()
        self._setup = replace(self._setup, images=self._runtimes.images.images)

    def _ask_again_and_again(self) -> None:
        trouble = 0
        while not self._stop.is_set():
            if not self._places.acquire(timeout=0.5):
                continue
            self._places.release()
            try:
                claims = self._api.ask(self._setup.wish(jobs=1, wait_s=_ASK_S))
                trouble = 0
            except (Unreachable, Refused) as error:
                trouble += 1
                log.warning("no jobs can be asked for: %s", error)
                self._stop.wait(min(_TROUBLE_S * trouble, _LONGEST_TROUBLE_S))
                continue
            for document in claims:
                claim = Claim.read(document)
                if self._stop.is_set():
                    give_up(self._api, claim.hold, _STOPPED)
                else:
                    self._start(claim)

    def _start(self, claim: Claim) -> None:
        self._places.acquire()
        runtime = self._runtimes.images if claim.gear.reference else self._runtimes.folders
        run = JobRun(self._api, self._setup, runtime, self._cache, self._capacity, claim)
        thread = threading.Thread(target=self._run_job, args=(run, claim), name=claim.hold.job, daemon=True)
        self._runs[claim.hold.job] = (run, thread)
        thread.start()

    def _run_job(self, run: JobRun, claim: Claim) -> None:
        log.info("job %s begins", claim.hold.job)
        try:
            run.run()
        except Exception as error:
            log.exception("job %s cannot be run", claim.hold.job)
            give_up(self._api, claim.hold, f"{type(error).__name__} in the engine")
        finally:
            log.info("job %s has ended", claim.hold.job)
            self._runs.pop(claim.hold.job, None)
            self._places.release()

    def _end(self) -> None:
        for run, _ in list(self._runs.values()):
            run.stop.ask(RunFailed("engine_lost", _STOPPED), grace_s=_STOP_GRACE_S)
        for _, thread in list(self._runs.values()):
            thread.join()

    def _give_back(self) -> None:
        """Jobs that an engine which was killed had begun here: they are for another attempt."""
        for note in sorted(self._setup.work.glob("*.claim")):
            try:
                held = json.loads(note.read_text())
                give_up(
                    self._api, Hold(held["job"], held["lease"]), "the engine was killed while the job ran"
                )
            except (ValueError, KeyError):
                log.warning("%s cannot be read", note)
            for left in self._setup.work.glob(f"{note.stem}*"):
                if left != note:
                    erase(left)
            note.unlink()


def register(api: Api, setup: Setup) -> None:
    """Tell the server of this engine, so that jobs can be sent to it by name."""
    try:
        api.register(setup.document())
    except (Unreachable, Refused) as error:
        log.warning("the server does not know this engine by name: %s", error)


@contextmanager
def alone(setup: Setup) -> Iterator[None]:
    """One engine per folder: it takes what it finds there for its own."""
    setup.work.mkdir(parents=True, exist_ok=True, mode=0o711)
    handle = os.open(setup.work / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EngineError(f"another engine works in {setup.work}: give this one its own --work") from None
        yield
    finally:
        os.close(handle)
