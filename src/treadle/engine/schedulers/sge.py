"""Grid Engine (8.1 and its kin) through `qsub`, `qstat`, `qacct` and `qdel`.

`qstat` knows waiting and running jobs only. What a job left in the shared folder says how it ended; `qacct` is asked,
job by job, about those that left nothing or were killed. Grid Engine ends jobs by SIGKILL; with `-notify` it warns
before by a signal that our script hands on.
"""

from __future__ import annotations

import math
import os
import pwd
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from treadle.engine.schedulers.ask import Ask
from treadle.engine.schedulers.contract import MIB, Capabilities, Request, State, Status, ended, from_shell
from treadle.engine.schedulers.errors import SchedulerUnavailable, SubmissionRefused
from treadle.engine.schedulers.script import safe_name, script
from treadle.engine.schedulers.trace import Traces

DOWN = (
    "unable to send message to qmaster",
    "commlib error",
    "unable to contact qmaster",
    "can't get response",
)
# Exit codes 99 and 100 tell Grid Engine to start the job again, or to hold it as broken.
ENDING = 'case "$code" in 99|100) exit 1 ;; *) exit "$code" ;; esac'
KILLED, LIMIT_BY_MASTER = 100, 37


@dataclass(frozen=True)
class Names:
    """What a site calls things that Grid Engine leaves to its administrators."""

    memory: str = "h_vmem"
    """Counted per slot, as Grid Engine does for all resources."""
    gpu: str = "gpu"
    parallel: str = "smp"
    """The parallel environment that keeps all slots on one host."""


class GridEngine:
    """The cell that this account's Grid Engine commands speak to. `folder` must be the same on all nodes."""

    capabilities = Capabilities(1000, frozenset({"timeout"}))

    def __init__(
        self, folder: Path, *, names: Names | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._traces = Traces(folder)
        self._names = names or Names()
        self._ask = Ask(environment)

    def submit(self, request: Request) -> list[str]:
        count = len(request.commands)
        job = "${JOB_ID}" if count == 1 else "${JOB_ID}.${SGE_TASK_ID}"
        text = script(
            request, self._traces.folder, job=job, task="$SGE_TASK_ID", first=1, ending=ENDING, log=True
        )
        array = ["-t", f"1-{count}"] if count > 1 else []
        done = self._ask("qsub", *self._options(request), *array, *request.options, given=text)
        if done.returncode:
            complaint = f"{done.stderr.strip()} {done.stdout.strip()}".strip()
            _check_answers("qsub", complaint)
            raise SubmissionRefused(complaint.removesuffix("Exiting.").strip())
        native = done.stdout.strip().partition(".")[0]
        return [native] if count == 1 else [f"{native}.{task}" for task in range(1, count + 1)]

    def poll(self, ids: Collection[str]) -> dict[str, Status]:
        queue = {job: state for job, _, state in self._qstat()} if ids else {}
        return {job: _waiting(queue[job]) if job in queue else self._gone(job) for job in ids}

    def cancel(self, ids: Collection[str]) -> None:
        if not ids:
            return
        for job in ids:
            self._traces.mark_cancelled(job)
        done = self._ask("qdel", *ids)
        if done.returncode:
            _check_answers("qdel", done.stderr + done.stdout)

    def queued(self, name: str) -> set[str]:
        return {job for job, job_name, _ in self._qstat() if job_name == safe_name(name)}

    def log(self, job: str) -> str:
        return self._traces.log(job)

    def forget(self, job: str) -> None:
        self._traces.forget(job)

    def _options(self, request: Request) -> list[str]:
        wanted, names = request.resources, self._names
        slots = math.ceil(wanted.cpu)
        limits = [f"{names.memory}={math.ceil(wanted.memory / MIB / slots)}M", f"h_rt={wanted.time}"]
        if wanted.gpu:
            limits.append(f"{names.gpu}={wanted.gpu}")
        options = [
            "-terse", "-notify", "-r", "n", "-w", "e", "-S", "/bin/bash", "-C", "", "-wd", "/", "-o", "/dev/null",
            "-j", "y", "-N", safe_name(request.name), "-l", ",".join(limits),
        ]  # fmt: skip
        if slots > 1:
            options += ["-pe", names.parallel, str(slots)]
        if request.queue:
            options += ["-q", request.queue]
        if request.account:
            options += ["-P", request.account]
        return options

    def _qstat(self) -> list[tuple[str, str, str]]:
        """Id, name and state of this account's jobs, each task of an array for itself."""
        done = self._ask("qstat", "-xml", "-g", "d", "-u", pwd.getpwuid(os.getuid()).pw_name)
        if done.returncode:
            raise SchedulerUnavailable(f"qstat: {done.stderr.strip()}")
        try:
            rows = ET.fromstring(done.stdout).iter("job_list")  # noqa: S314 - the cluster's own program
        except ET.ParseError as error:
            raise SchedulerUnavailable(f"qstat printed what is no XML: {error}") from error
        jobs = []
        for row in rows:
            task = row.findtext("tasks")
            number = row.findtext("JB_job_number", "")
            jobs.append(
                (
                    f"{number}.{task}" if task else number,
                    row.findtext("JB_name", ""),
                    row.findtext("state", ""),
                )
            )
        return jobs

    def _gone(self, job: str) -> Status:
        code = self._traces.exit_code(job)
        if code != 0 and self._traces.is_cancelled(job):
            return Status(State.ENDED, None, "cancelled_by cluster", "Grid Engine: deleted")
        if code is not None and code >= 0:
            return ended(code)
        record = self._account(job)
        if record is not None:
            return _from_account(record, code)
        if not self._traces.long_absent(job):
            return Status(State.RUNNING, text="Grid Engine: ended, not yet accounted for")
        return Status(State.LOST, text="Grid Engine does not know the job") if code is None else ended(code)

    def _account(self, job: str) -> dict[str, str] | None:
        number, _, task = job.partition(".")
        done = self._ask("qacct", "-j", number, *(["-t", task] if task else []))
        if done.returncode:
            return None
        # Names are padded to twelve places; job numbers start anew one day, and the last record is ours.
        return {line[:12].strip(): line[12:].strip() for line in done.stdout.splitlines() if line[:1] != "="}


def _waiting(state: str) -> Status:
    text = f"Grid Engine: {state}"
    if "E" in state:
        return Status(State.QUEUED, text=text, stuck=True)
    return Status(State.QUEUED if "q" in state else State.RUNNING, text=text)


def _from_account(record: Mapping[str, str], own: int | None) -> Status:
    why = record.get("failed", "0")
    failed = int(why.partition(":")[0])
    text = f"Grid Engine: {why}"
    limit = re.search(r"\bh_rt=(\d+)", record.get("category", ""))
    ran = float(record.get("ru_wallclock", "0").removesuffix("s"))
    if failed in (KILLED, LIMIT_BY_MASTER) and limit and ran >= int(limit[1]):
        return Status(State.ENDED, None, "timeout", text)
    if failed == LIMIT_BY_MASTER:
        return Status(State.ENDED, None, "out_of_memory", text)
    if failed not in (0, KILLED):
        return Status(State.ENDED, None, "node_fail", text)
    if own is not None:
        return ended(own)
    code = int(record.get("exit_status", "1").partition(" ")[0])
    return ended(from_shell(code), text)


def _check_answers(command: str, complaint: str) -> None:
    if any(sign in complaint for sign in DOWN):
        raise SchedulerUnavailable(f"{command}: {complaint}")
