"""One instance through the engine; what runs in the processes of the pool."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path
from threading import Thread

from treadle.connector.courtesy import step_back
from treadle.connector.privacy.files import mapped, write_output
from treadle.connector.privacy.recipe import Recipe
from treadle.deid import Code, Engine, FileReport
from treadle.deid.codes import Rejected
from treadle.deid.engine import rejected
from treadle.dicom.digest import DataSetDigest, data_set_offset_in
from treadle.dicom.header import NotDicomError, read_facts
from treadle.dicom.identity import InstanceFacts

_ENGINES = 8  # kept ready in one process

_engines: OrderedDict[bytes, Engine] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Task:
    """An instance, and where what comes out of it goes."""

    sop: str
    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: `sha256` is that of the original's data set, `facts` are those of what came out."""

    sop: str
    report: FileReport
    sha256: str
    facts: InstanceFacts | None = None


def start() -> None:
    """Begin as a process of the pool: in no hurry, and never longer than the connector itself."""
    step_back()
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def work(recipe: bytes, tasks: Sequence[Task]) -> list[Done]:
    """De-identify these instances by a pickled recipe."""
    engine = _engines.get(recipe)
    if engine is None:
        engine = _engines[recipe] = engine_of(pickle.loads(recipe))  # noqa: S301 - our own, through our own pipe
        if len(_engines) > _ENGINES:
            _engines.popitem(last=False)
    _engines.move_to_end(recipe)
    return [de_identify(engine, task) for task in tasks]


def engine_of(recipe: Recipe) -> Engine:
    """The engine for a recipe."""
    return Engine(recipe.profile, recipe.secrets, recipe.context)


def de_identify(engine: Engine, task: Task) -> Done:
    """De-identify one instance."""
    with task.source.open("rb") as file, mapped(file) as data:
        with memoryview(data) as view:
            digest = DataSetDigest(data_set_offset_in(view))
            digest.update(view)
        parts = engine.parts(task.source.name, data)
        report = parts.result.report
        if parts.result.status != "ok" or parts.output is None:
            if report.error is None:  # left out by the profile, or taken for something else than DICOM
                rejected(report, Rejected(Code.UNSUPPORTED_TYPE))
            return Done(task.sop, report, digest.hexdigest())
        write_output(task.target, parts.output)
    try:
        facts = read_facts(task.target)
    except NotDicomError:
        rejected(report, Rejected(Code.NOT_DICOM))
        return Done(task.sop, report, digest.hexdigest())
    return Done(task.sop, report, digest.hexdigest(), facts)
