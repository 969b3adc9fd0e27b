"""One run over a folder: files out, reports beside them, resumable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from treadle.cli.deid_files import PART, Done, Job, files_in, process
from treadle.cli.deid_people import Subjects, Vault
from treadle.cli.deid_report import Totals, write_reports
from treadle.cli.deid_state import State
from treadle.deid import Code, Context, Profile, Secrets

LINES = "files.jsonl"


@dataclass(slots=True)
class Outcome:
    """How a run ended."""

    totals: Totals = field(default_factory=Totals)
    resumed: int = 0

    @property
    def exit_status(self) -> int:
        """0 all done, 3 some files rejected, 1 nothing done."""
        if not self.totals.ok and not self.totals.skipped:
            return 1
        return 3 if self.totals.rejected else 0


class NotEmptyError(ValueError):
    """The folder for the output holds files of another run."""


def run(
    folder: Path,
    profile: Profile,
    *,
    out: Path | None,
    report: Path | None,
    secrets: Secrets | None,
    context: Context,
    jobs: int | None,
    progress: Callable[[int, int], None],
    vault: Vault | None = None,
    review: Path | None = None,
) -> Outcome:
    """De-identify what is in a folder. Without `out` nothing but the report is written."""
    if profile.subject_map:
        subjects = Subjects(Path(profile.subject_map), write=out is not None)
        context, jobs = replace(context, code=subjects.code), 1  # codes follow from the order
    if review is not None:
        review.mkdir(mode=0o700, parents=True, exist_ok=True)
    outcome = Outcome()
    paths = files_in(folder, [path for path in (out, report, review) if path is not None])
    state = _prepare(out, report, profile, secrets)
    marks = [state.mark_of(path, folder) for path in paths] if state else []
    tasks = []
    for index, path in enumerate(paths):
        before = state.done.get(marks[index]) if state else None
        if before is None:
            tasks.append((index, path))
    used = state.secrets if state else secrets or Secrets.random()
    job = Job(profile, used, context, out, links=vault is not None, review=review)
    seen = {line["sop"].encode("latin-1") for line in state.done.values()} - {b""} if state else set()
    progress(0, len(tasks))
    lines = report / LINES if report else Path(os.devnull)
    if report and state and state.resumed:
        outcome.resumed = outcome.totals.read(lines)
    with lines.open("a", encoding="utf-8") as written:
        for done in process(job, tasks, jobs):
            if vault is not None:
                vault.add(done.link)
            _place(done, out, seen)
            outcome.totals.add(done.report)
            written.write(json.dumps(done.report.document(), ensure_ascii=False) + "\n")
            if state:
                written.flush()
                state.note(marks[done.report.index], done.report.status, done.sop_instance)
            progress(1, 0)
    if report:
        write_reports(report, outcome.totals, profile)
    if state:
        state.finish()
    return outcome


def _prepare(
    out: Path | None, report: Path | None, profile: Profile, secrets: Secrets | None
) -> State | None:
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
    if out is None or report is None:
        if report is not None:
            (report / LINES).unlink(missing_ok=True)
        return None
    out.mkdir(parents=True, exist_ok=True)
    state = State(report, profile.sha256, secrets)
    for part in out.glob(f".*{PART}"):
        part.unlink()
    if not state.resumed:
        if secrets is None and any(out.iterdir()):
            state.finish()
            raise NotEmptyError(
                f"{out} is not empty: its files were made with a secret that is gone; give another"
            )
        (report / LINES).unlink(missing_ok=True)
    return state


def _place(done: Done, out: Path | None, seen: set[bytes]) -> None:
    """Give what was written its name; a second file of one instance is rejected."""
    report = done.report
    if done.sop_instance:
        if done.sop_instance in seen:
            for part, _ in done.written:
                part.unlink()
            report.status, report.error, report.out = "rejected", Code.DUPLICATE_SOP.value, []
            report.elements, report.changes = {}, {}
            return
        seen.add(done.sop_instance)
    if out is None:
        return
    report.out = [_named(part, out, name, done.sop_instance) for part, name in done.written]


def _named(part: Path, out: Path, name: str, sop_instance: bytes) -> str:
    """The name in the output folder. One that holds the instance UID is the file's own, left by a stopped run."""
    wanted = Path(name)
    if wanted.is_absolute() or ".." in wanted.parts:
        wanted = Path(wanted.name)
    target, number = out / wanted, 1
    target.parent.mkdir(parents=True, exist_ok=True)
    own = bool(sop_instance) and sop_instance.decode("latin-1") in name
    while target.exists() and not own:
        number += 1
        target = out / wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    part.replace(target)
    return str(target.relative_to(out))
