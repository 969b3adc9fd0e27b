"""Which series of the spool are complete by their retrieval and not by quiet time."""

from __future__ import annotations

from treadle.connector.devices import Devices
from treadle.connector.pull.rule import Phase
from treadle.connector.pull.state import PullState
from treadle.connector.spool.state import Series, State

_DELIVERED_BY_QUIET: tuple[Phase, ...] = ("retrieved", "skipped", "ignored")
_UNDER_WAY: tuple[Phase, ...] = ("retrieving", "rechecking")


class Holds:
    """Holds back what a retrieval has brought only in part."""

    def __init__(self, state: State, devices: Devices) -> None:
        self._pulled = PullState(state)
        self._devices = devices

    def is_held(self, series: Series) -> bool:
        """Whether the series must wait for a retrieval; what devices of mode `both` send waits only during one."""
        device = self._devices.get(series.device)
        if not device.is_pulled:
            return False
        row = self._pulled.find(device=series.device, study=series.study, series=series.series)
        if row is None:
            return False
        if device.mode == "both":
            return row.known.phase in _UNDER_WAY
        return row.known.phase not in _DELIVERED_BY_QUIET
