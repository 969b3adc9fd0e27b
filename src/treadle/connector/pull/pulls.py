"""The loops of all devices that are asked for images."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock
from typing import Any

from treadle.connector.arrivals import Arrivals
from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.health import Health
from treadle.connector.pull.desk import Clock, Desk
from treadle.connector.pull.get_landing import GetLanding, keep_off_memory
from treadle.connector.pull.loop import Loop
from treadle.connector.pull.retrieve import Retriever
from treadle.connector.pull.scu import Address, Scu
from treadle.connector.pull.state import PullState
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import State


class Pulls:
    """One loop per device; `apply` follows a changed configuration."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        health: Health,
        arrivals: Arrivals,
        *,
        submit: Callable[[int], None],
        watch: Callable[[int], None],
        clock: Clock | None = None,
        is_once: bool = False,
    ) -> None:
        """`is_once`: one round with each device, after which `is_over`."""
        self._layout = layout
        self._pulled = PullState(state)
        self._health = health
        self._arrivals = arrivals
        self._submit = submit
        self._watch = watch
        self._clock = clock or Clock()
        self._is_once = is_once
        self._lock = Lock()
        self._landings: dict[str, GetLanding] = {}
        self._loops: dict[str, tuple[object, Loop]] = {}

    def apply(self, config: ConnectorConfig) -> None:
        """Pull from the devices of this configuration; loops of unchanged devices go on undisturbed."""
        wanted = {device.id: device for device in config.devices if device.is_pulled}
        with self._lock:
            for name, (made_of, loop) in list(self._loops.items()):
                if made_of != _material(config, wanted.get(name)):
                    loop.stop(timeout_s=1.0)
                    del self._loops[name]
            for name, device in wanted.items():
                if name not in self._loops:
                    loop = self._loop(config, device)
                    self._loops[name] = (_material(config, device), loop)
                    loop.start()

    def stop(self, *, timeout_s: float) -> None:
        """Stop all loops."""
        with self._lock:
            for _, loop in self._loops.values():
                loop.stop(timeout_s=timeout_s)
            self._loops.clear()
            for landing in self._landings.values():
                landing.close()

    def is_over(self) -> bool:
        """Whether nothing more is asked for."""
        with self._lock:
            return all(loop.is_over for _, loop in self._loops.values())

    def has_left(self) -> bool:
        """Whether something went wrong with a device, or complete series are still there."""
        with self._lock:
            return any(loop.has_left() for _, loop in self._loops.values())

    def info(self) -> dict[str, Any]:
        """Figures of each device for the heartbeat."""
        with self._lock:
            return {name: loop.info() for name, (_, loop) in self._loops.items()}

    def _loop(self, config: ConnectorConfig, device: DeviceConfig) -> Loop:
        scu = Scu(Address.of(device, calling=config.ae_title))
        landing = self._landing(config, device) if device.pull.retrieve == "get" else None
        desk = Desk(
            device=device,
            scu=scu,
            retriever=Retriever(scu, device, self._arrivals, landing=landing),
            pulled=self._pulled,
            layout=self._layout,
            health=self._health,
            submit=self._submit,
            watch=self._watch,
            min_free=config.limits.min_free,
            clock=self._clock,
            stop=Event(),
        )
        return Loop(desk, is_once=self._is_once)

    def _landing(self, config: ConnectorConfig, device: DeviceConfig) -> GetLanding:
        keep_off_memory(self._layout.outbox)

        def count(size: int) -> None:
            self._health.count(device.id, "instances")
            self._health.count(device.id, "bytes", size)

        if device.id not in self._landings:
            self._landings[device.id] = GetLanding(
                self._layout.arriving / device.id,
                source=device.ae_title,
                limits=config.limits,
                on_instance=count,
            )
        return self._landings[device.id]


def _material(config: ConnectorConfig, device: DeviceConfig | None) -> object:
    return device and (config.ae_title, config.limits, device)
