"""The engine of a cluster: it hands each job to the scheduler, a node runs it, and meanwhile it keeps the lease.

It runs on a login node, where it brings no files and runs no gear. A restarted engine takes its jobs up again by its
notes (`held`); what it finds in the queue under its name without a note was submitted in the moment of its death, and
is cancelled.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from threading import Event

from treadle.engine.api import Api, NotOurs, Refused, Unreachable
from treadle.engine.held import Held, Notes
from treadle.engine.job import Claim, give_up
from treadle.engine.loop import alone, register
from treadle.engine.schedulers.contract import Request, Scheduler, State, Status
from treadle.engine.schedulers.errors import SchedulerUnavailable, SubmissionRefused
from treadle.engine.setup import Setup
from treadle.gears.resources import Resources

ROUND_S = 5
REPORT_S = 15.0  # the lease is 100 s: some reports may fail
MOST_AT_ONCE = 50

log = logging.getLogger("treadle.engine")


@dataclass(frozen=True, slots=True)
class Submission:
    """How jobs are submitted."""

    command: Sequence[str]
    """Runs one job on a node, when the job's id and `--lease` are added."""
    environment: Mapping[str, str]
    queue: str | None = None
    account: str | None = None
    options: Sequence[str] = ()
    margin_s: int = 600
    """More time than the gear may take: for its files, and so that the node's engine ends it, not the scheduler."""
    margin_bytes: int = 512 << 20
    """More memory than the gear may take, for the node's engine."""

    def resources(self, claim: Claim) -> Resources:
        """What the scheduler is asked for."""
        asked = claim.resources
        return replace(asked, time=asked.time + self.margin_s, memory=asked.memory + self.margin_bytes)


class ClusterEngine:
    """One engine process. Submitted jobs go on when it stops, for as long as their lease allows."""

    def __init__(
        self, api: Api, setup: Setup, scheduler: Scheduler, submission: Submission, *, stop: Event
    ) -> None:
        self._api = api
        self._setup = setup
        self._scheduler = scheduler
        self._submission = submission
        self._stop = stop
        self._name = f"treadle-{setup.name}"
        self._notes = Notes(setup.work)
        self._held: dict[str, Held] = {}
        self._waiting: list[Claim] = []
        self._reported = time.monotonic()
        self._doubt = True
        """The queue may hold jobs of ours whose id we never heard."""

    def run(self) -> None:
        """Until it is stopped."""
        with alone(self._setup):
            self._held = {held.hold.job: held for held in self._notes.read()}
            register(self._api, self._setup)
            log.info("engine %s (%s): %d jobs taken up", self._setup.name, self._setup.kind, len(self._held))
            while not self._stop.is_set():
                try:
                    self._round()
                except (Unreachable, Refused, SchedulerUnavailable) as trouble:
                    log.warning("%s", trouble)
                    self._stop.wait(ROUND_S)

    def _round(self) -> None:
        if time.monotonic() - self._reported >= REPORT_S:
            self._report()
        if self._doubt:
            self._settle()
        self._look()
        self._submit()
        room = min(
            self._setup.max_jobs - len(self._held), MOST_AT_ONCE, self._scheduler.capabilities.largest_array
        )
        if room <= 0:
            self._stop.wait(ROUND_S)
            return
        for document in self._api.ask(self._setup.wish(jobs=room, wait_s=ROUND_S)):
            claim = Claim.read(document)
            self._held[claim.hold.job] = held = Held(claim.hold)
            self._notes.write(held)
            self._waiting.append(claim)

    def _settle(self) -> None:
        """Jobs in the queue that no note knows are cancelled; notes without a job are given back."""
        known = {held.native for held in self._held.values()}
        self._scheduler.cancel(self._scheduler.queued(self._name) - known)
        waiting = {claim.hold.job for claim in self._waiting}
        for held in list(self._held.values()):
            if held.native is None and held.hold.job not in waiting:
                self._end(held, "the engine was restarted while it submitted the job")
        self._doubt = False

    def _submit(self) -> None:
        """Jobs that ask for the same become one array."""

        def same(claim: Claim) -> str:
            return repr(claim.resources)

        for _, group in groupby(sorted(self._waiting, key=same), key=same):
            claims = list(group)
            try:
                natives = self._scheduler.submit(self._request(claims))
            except SubmissionRefused as refusal:
                for claim in claims:
                    self._end(self._held[claim.hold.job], str(refusal), code="capability")
            except SchedulerUnavailable:
                self._doubt = True
                raise
            else:
                for claim, native in zip(claims, natives, strict=True):
                    held = self._held[claim.hold.job]
                    held.native = native
                    self._notes.write(held)
            self._waiting = [claim for claim in self._waiting if claim not in claims]
            # Said now: a short job may be over before the first look at the queue.
            for held in [self._held[claim.hold.job] for claim in claims if claim.hold.job in self._held]:
                self._say(held, f"submitted as {self._setup.kind} job {held.native}")

    def _request(self, claims: Sequence[Claim]) -> Request:
        how = self._submission
        return Request(
            self._name,
            [[*how.command, claim.hold.job, "--lease", claim.hold.lease] for claim in claims],
            how.environment,
            how.resources(claims[0]),
            how.queue,
            how.account,
            how.options,
        )

    def _look(self) -> None:
        """What the scheduler says of our jobs goes into their logs; what has ended is told to the server."""
        submitted = {held.native: held for held in self._held.values() if held.native}
        for native, status in self._scheduler.poll(submitted.keys()).items():
            held = submitted[native]
            if status.state in (State.ENDED, State.LOST):
                code, why = self._why(native, status)
                self._end(held, why, code=code)
            elif status.stuck:
                self._scheduler.cancel([native])
                self._end(held, f"it would never start; {status.text}", code="capability")
            elif status.state != held.state:
                self._say(held, f"{self._setup.kind} job {native} is {status.state} ({status.text})")
                held.state = status.state

    def _why(self, native: str, status: Status) -> tuple[str, str]:
        """Code and text of a failure, in case the server has not been told by the node."""
        if status.state == State.LOST:
            return "engine_lost", status.text
        if status.exit_code is None:
            return status.code, status.text
        lines = self._scheduler.log(native).strip().splitlines()
        return (
            "engine_lost",
            f"the node's engine ended by itself, {status.code or 'exit 0'}: {' '.join(lines[-1:])}",
        )

    def _report(self) -> None:
        """Keeps the leases. What nobody wants any more is cancelled: at once while it waits, else at the second time,
        because the node hears of it too and may just be finishing."""
        self._reported = time.monotonic()
        for held in list(self._held.values()):
            try:
                wanted = self._api.report(held.hold) == "running"
            except NotOurs:
                wanted = False
            if not wanted and held.native is None:
                self._waiting = [claim for claim in self._waiting if claim.hold != held.hold]
                self._end(held, "nobody wants it")
            elif not wanted and held.native and (held.unwanted or held.state == State.QUEUED):
                self._scheduler.cancel([held.native])
            held.unwanted = not wanted

    def _say(self, held: Held, message: str) -> None:
        try:
            self._api.log(held.hold, [{"fd": -1, "msg": f"{message}\n"}])
        except Refused:
            held.unwanted = True

    def _end(self, held: Held, why: str, *, code: str = "engine_lost") -> None:
        """We are done with it; the server does not listen when it has the job's end already."""
        give_up(self._api, held.hold, why, code=code)
        if held.native:
            self._scheduler.forget(held.native)
        self._notes.remove(held)
        del self._held[held.hold.job]
