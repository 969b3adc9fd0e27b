"""Uploads step back against the receivers' sessions while images arrive, and take their share again afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

# Changes within a tenth of a second are refused to ordinary users: the collector, too, calls again and again.
_STEPS = """
from pathlib import Path
from time import sleep
from treadle.connector.courtesy import SessionPriority
group, priority = Path("/proc/self/autogroup"), SessionPriority()
for low in (True, False):
    for _ in range(20):
        priority.lower(low=low)
        sleep(0.01)
    print(group.read_text().split()[-1])
"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no sharing among sessions here")
@pytest.mark.parametrize(("ours", "seen"), [(True, ["10", "0"]), (False, ["0", "0"])])
def test_only_a_session_of_our_own_steps_back(ours: bool, seen: list[str]) -> None:
    command = [sys.executable, "-c", _STEPS]
    if not ours:  # a child in the session of its parent
        command = [sys.executable, "-c", f"import subprocess, sys; subprocess.run({command!r}, check=True)"]
    done = subprocess.run(command, start_new_session=True, capture_output=True, text=True, check=True)
    assert done.stdout.split() == seen
