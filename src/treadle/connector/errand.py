"""One series on its way: what every step of its delivery has to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from treadle.connector.api import Api, Confirmed
from treadle.connector.bundle import Bundle
from treadle.connector.config import DeviceConfig
from treadle.connector.scratch import Scratch
from treadle.connector.spool.sent_as import Sent
from treadle.connector.spool.state import Instance, Series

Send = Callable[[Api, Bundle], Confirmed]


@dataclass(frozen=True, kw_only=True)
class Errand:
    """`away` says what was sent in place of instances whose originals are gone; of all others the files are there."""

    series: Series
    device: DeviceConfig
    instances: Sequence[Instance]
    away: Mapping[str, Sent]
    api: Api
    scratch: Scratch
    send: Send
