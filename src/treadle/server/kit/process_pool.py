"""Work in processes of its own: what hangs or eats memory there is ended, and the server goes on."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ProcessPool:
    """Processes made when first needed, renewed now and then, each with at most this much memory."""

    def __init__(self, processes: int, *, memory: int | None = None) -> None:
        self._processes, self._memory = processes, memory
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, seconds: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result; TimeoutError or BrokenProcessPool when there is none, and all processes are new then."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                max_tasks_per_child=200,
                initializer=_limit,
                initargs=(self._memory,),
            )
        future = self._pool.submit(work, *args, **kwargs)
        try:
            async with asyncio.timeout(seconds):  # wait_for may forget a cancellation
                return await asyncio.wrap_future(future)
        except (TimeoutError, RuntimeError):  # a broken pool is a RuntimeError
            self.stop()
            raise

    def stop(self) -> None:
        """End the processes, also one that hangs; the next work gets new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)


def _limit(memory: int | None) -> None:
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
