"""What is left of the machine: the sum of what runs were granted never exceeds what the engine was given."""

from __future__ import annotations

import math
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from treadle.engine.errors import RunFailed
from treadle.engine.process import Stop
from treadle.gears.resources import Resources


class Capacity:
    """Room for runs; a run that fits the engine but not the moment waits."""

    def __init__(self, total: Resources) -> None:
        self._total = total
        self._cpu = 0.0
        self._memory = 0
        self._cores = Counter(dict.fromkeys(sorted(os.sched_getaffinity(0)), 0))
        self._changed = threading.Condition()

    @contextmanager
    def room(self, wanted: Resources, stop: Stop) -> Iterator[tuple[int, ...]]:
        """The processors to stay on. RunFailed when it could never fit, or nobody wants it any more."""
        if wanted.cpu > self._total.cpu or wanted.memory > self._total.memory or wanted.gpu > self._total.gpu:
            raise RunFailed(
                "capability",
                f"asks for {wanted.cpu:g} cores, {wanted.memory >> 20} MiB, {wanted.gpu} GPUs; this engine has "
                f"{self._total.cpu:g}, {self._total.memory >> 20}, {self._total.gpu}",
            )
        with self._changed:
            while not self._fits(wanted):
                if stop.asked.is_set():
                    raise stop.reason
                self._changed.wait(1.0)
            self._cpu += wanted.cpu
            self._memory += wanted.memory
            cores = self._least_used(math.ceil(wanted.cpu))
            self._cores.update(cores)
        try:
            yield cores
        finally:
            with self._changed:
                self._cpu -= wanted.cpu
                self._memory -= wanted.memory
                self._cores.subtract(cores)
                self._changed.notify_all()

    def _fits(self, wanted: Resources) -> bool:
        return (
            self._cpu + wanted.cpu <= self._total.cpu and self._memory + wanted.memory <= self._total.memory
        )

    def _least_used(self, number: int) -> tuple[int, ...]:
        return tuple(core for core, _ in self._cores.most_common()[: -number - 1 : -1])
