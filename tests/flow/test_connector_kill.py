"""kill -9 of receivers and of the central process at random moments: nothing acknowledged is lost or doubled."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import soak
from connector_kit import Connector, Door, acknowledged, make_instances, send

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.slow, pytest.mark.usefixtures("storescu")]

ROUNDS = 50 * soak.TIMES
EACH = 20


@pytest.mark.timeout(300 * soak.TIMES)
def test_fifty_kills_while_a_thousand_instances_arrive(
    door: Door, make_connector: Callable[..., Connector], tmp_path: Path
) -> None:
    rng = random.Random(soak.seed(20))
    connector = make_connector()
    acked: set[str] = set()
    sent: set[str] = set()
    for number in range(ROUNDS):
        series = f"1.2.826.0.1.3680043.10.97.{number // 10}"
        files = make_instances(tmp_path / "in", EACH, first=(number % 10) * EACH, pixels=96, root=series)
        sent |= {path.stem for path in files}
        sender = threading.Thread(
            target=lambda files=files: acked.update(acknowledged(send(files, connector.port)))
        )
        sender.start()
        time.sleep(rng.uniform(0, 0.12))
        _kill(connector, rng)
        sender.join()
    wait_until(lambda: acked <= set(door.sops()), what="everything acknowledged is in the archive")
    assert len(acked) > EACH  # the senders did get something through
    sops = door.sops()
    assert len(sops) == len(set(sops))
    assert set(sops) <= sent
    connector.stop()
    assert not list(connector.spool.glob("arriving/**/*.part"))
    print(f"{ROUNDS} kills: {len(acked)} instances acknowledged, 0 lost, 0 doubled")


def _kill(connector: Connector, rng: random.Random) -> None:
    receivers = connector.receivers()
    if receivers and rng.random() < 0.6:
        os.kill(rng.choice(receivers), signal.SIGKILL)
        return
    connector.kill()
    connector.start()


def test_receivers_die_with_the_central_process(make_connector: Callable[..., Connector]) -> None:
    connector = make_connector()
    wait_until(lambda: len(connector.receivers()) == 2, what="two receivers")
    receivers = connector.receivers()
    connector.kill()
    wait_until(lambda: not any(map(_is_alive, receivers)), for_s=5, what="receivers end")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
