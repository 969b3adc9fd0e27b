"""The processes that de-identify, begun when the first series needs them."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from threading import Lock

from treadle.connector.errors import SeriesTroubleError
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.work import Done, Task, start, work

_MOST = 4
_AT_ONCE = 8  # instances handed to a process in one go


class Pool:
    """Processes for all series; safe to use from several threads."""

    def __init__(self, processes: int | None = None) -> None:
        """By default a processor stays free for receiving and packing."""
        self._processes = processes or min(_MOST, max(1, (os.cpu_count() or 2) - 1))
        self._executor: ProcessPoolExecutor | None = None
        self._lock = Lock()

    def run(self, recipe: Recipe, tasks: Sequence[Task]) -> Iterator[Done]:
        """What became of each instance, in order; SeriesTroubleError when a process dies of one."""
        executor = self._started()
        pickled = pickle.dumps(recipe)
        try:
            futures = [
                executor.submit(work, pickled, tasks[at : at + _AT_ONCE])
                for at in range(0, len(tasks), _AT_ONCE)
            ]
            for future in futures:
                yield from future.result()
        except BrokenExecutor as error:
            self._drop(executor)
            raise SeriesTroubleError("a process died while it de-identified an instance") from error

    def stop(self) -> None:
        """End the processes; what they were doing is done again after the next start."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._executor is None:
                # Forking a process with threads is not safe.
                self._executor = ProcessPoolExecutor(
                    self._processes, mp_context=get_context("spawn"), initializer=start
                )
            return self._executor

    def _drop(self, executor: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is executor:
                self._executor = None
        executor.shutdown(wait=False, cancel_futures=True)
