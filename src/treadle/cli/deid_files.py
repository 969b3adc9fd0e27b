"""A folder through the engine: what is in it, in which order, written where. Names of the input stay in here."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from treadle.connector.privacy.files import mapped, write_output
from treadle.deid import Code, Context, Engine, FileReport, Profile, Secrets
from treadle.deid.result import Link

FEW = 400  # files for which starting processes takes longer than it saves
CHUNK = 8
PART = ".part"


@dataclass(frozen=True, slots=True)
class Job:
    """What every file of a run has in common. `out` is None when nothing is to be written.

    `review` receives files that are de-identified but for a picture that somebody has to look at.
    """

    profile: Profile
    secrets: Secrets
    context: Context
    out: Path | None
    links: bool = False
    review: Path | None = None

    def engine(self) -> Engine:
        """An engine for it."""
        return Engine(self.profile, self.secrets, self.context, links=self.links)


@dataclass(frozen=True, slots=True)
class Done:
    """One file: its report, and what was written under a temporary name: (temporary, wanted name)."""

    report: FileReport
    written: tuple[tuple[Path, str], ...] = ()
    sop_instance: bytes = b""
    link: Link | None = field(default=None, repr=False)


def files_in(folder: Path, without: Sequence[Path]) -> list[Path]:
    """Regular files below a folder in a fixed order, those in the folders of the output left out."""
    apart = {path.resolve() for path in without}
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        here = Path(where)
        folders[:] = sorted(name for name in folders if (here / name).resolve() not in apart)
        found += (here / name for name in sorted(names) if (here / name).is_file())
    return found


def work(job: Job, engine: Engine, index: int, path: Path) -> Done:
    """De-identify one file; what goes out lies under a temporary name afterwards."""
    try:
        file = path.open("rb")
    except OSError as error:
        return Done(
            FileReport(index=index, status="rejected", error=Code.TRUNCATED.value, where=type(error).__name__)
        )
    with file, mapped(file) as data:
        parts = engine.parts(path.name, data, index)
        if parts.held is not None and job.review is not None:
            write_output(job.review / parts.held.name, parts.held)
        if job.out is None:
            return Done(parts.result.report, (), parts.output.sop_instance if parts.output else b"")
        if parts.output is not None:
            part = write_output(_part(job.out, index, 0), parts.output)
            return Done(
                parts.result.report,
                ((part, parts.output.name),),
                parts.output.sop_instance,
                parts.output.link,
            )
        written: list[tuple[Path, str]] = []
        for number, (name, content) in enumerate(parts.result.outputs):
            part = _part(job.out, index, number)
            part.write_bytes(content)
            written.append((part, name))
        return Done(parts.result.report, tuple(written))


def _part(out: Path, index: int, number: int) -> Path:
    return out / f".{index}-{number}{PART}"


_state: list[tuple[Job, Engine]] = []


def _start(job: Job) -> None:
    _state[:] = [(job, job.engine())]


def _one(task: tuple[int, Path]) -> Done:
    return work(*_state[0], *task)


def process(job: Job, tasks: Sequence[tuple[int, Path]], jobs: int | None) -> Iterator[Done]:
    """All files, results in the order of the tasks; without `jobs` in as many processes as are worth it."""
    if jobs is None:
        jobs = (os.cpu_count() or 1) if len(tasks) >= FEW else 1
    if jobs < 2 or len(tasks) < 2:
        engine = job.engine()
        for index, path in tasks:
            yield work(job, engine, index, path)
        return
    # Forking is at once, but safe only while there is one thread; a progress bar is another.
    method = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    with ProcessPoolExecutor(
        jobs, mp_context=get_context(method), initializer=_start, initargs=(job,)
    ) as pool:
        yield from pool.map(_one, tasks, chunksize=CHUNK)
