"""Slurm, 20.02 or later, through `sbatch`, `squeue`, `sacct` and `scancel`.

`squeue` knows a job until `MinJobAge` after its end (5 minutes, when the site did not change it), accounting, where
there is one, for long; what neither knows left its exit code in the shared folder, or is lost. Jobs are submitted
with `--no-requeue`: what is tried again is the server's decision.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from treadle.engine.schedulers.ask import Ask
from treadle.engine.schedulers.contract import MIB, Capabilities, Request, State, Status, ended
from treadle.engine.schedulers.errors import SchedulerUnavailable, SubmissionRefused
from treadle.engine.schedulers.script import safe_name, script
from treadle.engine.schedulers.trace import Traces

QUEUED = {
    "PENDING",
    "CONFIGURING",
    "REQUEUED",
    "REQUEUE_HOLD",
    "REQUEUE_FED",
    "SPECIAL_EXIT",
    "RESV_DEL_HOLD",
}
ENDED_BY_ITSELF = {"COMPLETED", "FAILED"}
FAILURES = {
    "TIMEOUT": "timeout",
    "DEADLINE": "timeout",
    "OUT_OF_MEMORY": "out_of_memory",
    "NODE_FAIL": "node_fail",
    "BOOT_FAIL": "node_fail",
    "PREEMPTED": "preempted",
    "CANCELLED": "cancelled_by cluster",
    "REVOKED": "cancelled_by cluster",
}
OVER = ENDED_BY_ITSELF | FAILURES.keys()
NEVER_STARTS = {
    "DependencyNeverSatisfied", "BadConstraints", "PartitionConfig", "PartitionTimeLimit", "PartitionNodeLimit",
    "AccountNotAllowed", "QOSNotAllowed", "InvalidAccount", "InvalidQOS", "launch failed requeued held",
}  # fmt: skip
DOWN = (
    "Unable to contact slurm",
    "Socket timed out",
    "Connection refused",
    "Unable to connect",
    "Zero Bytes",
)


class Slurm:
    """The cluster that this account's Slurm commands speak to. `folder` must be the same on all nodes."""

    capabilities = Capabilities(1000, frozenset({"timeout", "out_of_memory", "node_fail", "preempted"}))

    def __init__(self, folder: Path, *, environment: Mapping[str, str] | None = None) -> None:
        self._traces = Traces(folder)
        self._ask = Ask(environment)

    def submit(self, request: Request) -> list[str]:
        count = len(request.commands)
        # %j of an array's task is its own number, not the array's.
        job, pattern = ("${SLURM_JOB_ID}", "%j")
        if count > 1:
            job, pattern = ("${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}", "%A_%a")
        folder = self._traces.folder
        text = script(
            request, folder, job=job, task="$SLURM_ARRAY_TASK_ID", first=0, ending='exit "$code"', log=False
        )
        options = [*_options(request), f"--output={str(folder).replace('%', '%%')}/{pattern}.log"]
        if count > 1:
            options.append(f"--array=0-{count - 1}")
        done = self._ask("sbatch", *options, *request.options, given=text)
        if done.returncode:
            _check_answers("sbatch", done.stderr)
            raise SubmissionRefused(done.stderr.strip())
        native = done.stdout.strip().partition(";")[0]
        return [native] if count == 1 else [f"{native}_{task}" for task in range(count)]

    def poll(self, ids: Collection[str]) -> dict[str, Status]:
        found = dict(self._in_queue(ids)) if ids else {}
        unknown = [job for job in ids if job not in found]
        if unknown:
            found |= self._in_accounting(unknown)
        return {job: found[job] if job in found else self._unknown(job) for job in ids}

    def cancel(self, ids: Collection[str]) -> None:
        if not ids:
            return
        done = self._ask("scancel", "--quiet", *ids)
        if done.returncode:
            _check_answers("scancel", done.stderr)

    def queued(self, name: str) -> set[str]:
        rows = self._squeue("JobArrayID:|,State:|,Name:", f"--user={os.getuid()}")
        return {job for job, state, called in rows if called == safe_name(name) and state not in OVER}

    def log(self, job: str) -> str:
        return self._traces.log(job)

    def forget(self, job: str) -> None:
        self._traces.forget(job)

    def _in_queue(self, ids: Collection[str]) -> Iterator[tuple[str, Status]]:
        arrays = ",".join(sorted({job.partition("_")[0] for job in ids}))
        wanted = set(ids)
        for job, state, status, reason in self._squeue(
            "JobArrayID:|,State:|,exit_code:|,Reason:", f"--jobs={arrays}"
        ):
            if job in wanted:
                yield job, self._status(job, state, os.waitstatus_to_exitcode(int(status)), reason)

    def _in_accounting(self, ids: Collection[str]) -> dict[str, Status]:
        jobs = f"--jobs={','.join(ids)}"
        done = self._ask("sacct", "-X", "-n", "-P", jobs, "--format=JobID,State,ExitCode,Reason")
        if done.returncode:
            if "accounting storage is disabled" in done.stderr:
                return {}
            raise SchedulerUnavailable(f"sacct: {done.stderr.strip()}")
        found = {}
        for job, state, code, reason in _rows(done.stdout, 4):
            exited, _, signalled = code.partition(":")
            found[job] = self._status(job, state, -int(signalled or 0) or int(exited), reason)
        return {job: status for job, status in found.items() if job in set(ids)}

    def _status(self, job: str, state: str, exit_code: int, reason: str) -> Status:
        # Accounting names who cancelled: "CANCELLED by 1000".
        word = state.partition(" ")[0]
        text = f"Slurm: {state}" + (f" ({reason})" if reason not in ("", "None") else "")
        if word in QUEUED:
            return Status(State.QUEUED, text=text, stuck=reason in NEVER_STARTS)
        if word in FAILURES:
            return Status(State.ENDED, None, FAILURES[word], text)
        if word not in ENDED_BY_ITSELF:
            return Status(State.RUNNING, text=text)
        if exit_code < 0 and "exceeded memory limit" in self._traces.log(job).lower():
            # Without cgroups Slurm kills what is too large, and says so nowhere else.
            return Status(State.ENDED, None, "out_of_memory", text)
        own = self._traces.exit_code(job)
        return ended(exit_code if own is None else own, text)

    def _unknown(self, job: str) -> Status:
        code = self._traces.exit_code(job)
        if code is not None:
            return ended(code, "Slurm has forgotten the job")
        if self._traces.long_absent(job):
            return Status(State.LOST, text="Slurm does not know the job")
        return Status(State.RUNNING, text="Slurm does not know the job, for the moment")

    def _squeue(self, fields: str, which: str) -> Iterator[list[str]]:
        done = self._ask("squeue", "--noheader", "--array", "--states=all", which, f"--Format={fields}")
        if done.returncode and "Invalid job id" not in done.stderr:
            _check_answers("squeue", done.stderr)
            raise SchedulerUnavailable(f"squeue: {done.stderr.strip()}")
        return _rows(done.stdout, fields.count("|") + 1)


def _options(request: Request) -> list[str]:
    wanted = request.resources
    options = [
        "--parsable", "--no-requeue", "--export=NONE", "--chdir=/", "--nodes=1", "--ntasks=1", "--open-mode=truncate",
        f"--job-name={safe_name(request.name)}", f"--cpus-per-task={math.ceil(wanted.cpu)}",
        f"--mem={math.ceil(wanted.memory / MIB)}M", f"--time={math.ceil(wanted.time / 60)}",
    ]  # fmt: skip
    if wanted.gpu:
        options.append(f"--gres=gpu:{wanted.gpu}")
    if request.queue:
        options.append(f"--partition={request.queue}")
    if request.account:
        options.append(f"--account={request.account}")
    return options


def _rows(text: str, fields: int) -> Iterator[list[str]]:
    """Lines of separated fields; the last one may hold the separator."""
    for line in text.splitlines():
        row = [value.strip() for value in line.split("|", fields - 1)]
        if len(row) == fields:
            yield row


def _check_answers(command: str, complaint: str) -> None:
    if any(sign in complaint for sign in DOWN):
        raise SchedulerUnavailable(f"{command}: {complaint.strip()}")
