"""A configuration read again reaches the devices that are asked for images."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from treadle.connector.arrivals import Arrivals
from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.health import Health
from treadle.connector.pull.pulls import Pulls
from treadle.connector.pull_config import PullConfig
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import State
from treadle.testing.waiting import wait_until


def test_loops_follow_the_configuration_and_unchanged_ones_go_on(tmp_path: Path) -> None:
    layout, health = Layout(tmp_path), Health()
    layout.make()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody answers there
        port = taken.getsockname()[1]
        first, second = (
            DeviceConfig(id=name, mode="pull", ae_title=name, host="127.0.0.1", port=port)
            for name in ("a", "b")
        )
        config = ConnectorConfig(spool=tmp_path, server_url="http://s", api_key="k", devices=(first, second))
        pulls = Pulls(layout, State(layout.database), health, Arrivals(), submit=print, watch=print)
        pulls.apply(config)
        wait_until(lambda: len(health.troubles()) == 2)
        kept = pulls._loops["b"]
        faster = replace(first, pull=PullConfig(poll_interval_s=1))
        pulls.apply(replace(config, devices=(faster, second)))
        assert pulls._loops["b"] is kept
        wait_until(lambda: health.counters()["a"]["polls_failed"] >= 3)
        assert health.counters()["b"]["polls_failed"] == 1
        pulls.apply(replace(config, devices=(replace(first, mode="push"),)))
        assert pulls.info() == {}
        assert health.troubles() == []
        pulls.stop(timeout_s=1)
