"""How a device is asked for images, as one frozen value with the documented defaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from treadle.connector.hours import WorkingHours


@dataclass(frozen=True, kw_only=True)
class PullTlsConfig:
    """How a source shows who it is, and what we show it."""

    ca: Path
    cert: Path | None = None
    key: Path | None = None
    server_name: str | None = None

    def __post_init__(self) -> None:
        if (self.cert is None) != (self.key is None):
            raise ValueError("cert and key: both are needed, or none")


@dataclass(frozen=True, kw_only=True)
class PullConfig:
    """Polling and retrieving of one device; times in seconds."""

    poll_interval_s: float = 60.0
    query_mode: Literal["hierarchical", "relational"] = "hierarchical"
    lookback_days: int = 3
    stable_polls: int = 1
    retrieve: Literal["move", "get"] = "move"
    grace_s: float = 24 * 3600.0
    max_failures: int = 10
    initial: Literal["upload", "ignore"] = "upload"
    trust_query: bool = False
    recheck: bool = False
    recheck_interval_s: float = 15 * 60.0
    recheck_for_s: float = 24 * 3600.0
    working_hours: WorkingHours | None = None
    tls: PullTlsConfig | None = None
    retry_first_s: float = 60.0  # not in the file: the wait after a first failure
    idle_s: float = 300.0  # not in the file: a retrieval in which nothing happens for so long is broken off

    def __post_init__(self) -> None:
        if self.poll_interval_s < 1 or self.recheck_interval_s < 1:
            raise ValueError("poll_interval and recheck_interval: at least 1s")
        if self.stable_polls < 1 or self.max_failures < 1:
            raise ValueError("stable_polls and max_failures: at least 1")
        if self.lookback_days < 0:
            raise ValueError("lookback_days: at least 0")
