"""Children: orders, restarts with back-off, the end of a supervisor, logs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from treadle.server.app.supervise import leftovers
from treadle.server.app.supervise.child import Child
from treadle.server.app.supervise.logs import LARGE_BYTES, LogPump
from treadle.testing.waiting import wait_until

WORKER = """
import sys, time
from treadle.server.app.supervise.control import Control
orders = Control(int(sys.argv[-1])).orders()
print("got", orders["word"], flush=True)
if orders["word"] == "die":
    sys.exit(3)
time.sleep(60)
"""

SUPERVISOR = f"""
import sys, time
from pathlib import Path
from treadle.server.app.supervise.child import Child
child = Child("x", [sys.executable, "-c", {WORKER!r}], logs=Path(sys.argv[1]))
child.spawn()
child.release({{"word": "go"}})
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    made = Child("x", [sys.executable, "-c", WORKER], logs=tmp_path)
    yield made
    made.ask_to_stop()
    made.make_stop(time.monotonic() + 2)


def test_it_waits_for_its_orders(child: Child, tmp_path: Path) -> None:
    child.spawn()
    time.sleep(0.3)
    assert (tmp_path / "x.log").read_text() == ""
    child.release({"word": "go"})
    wait_until(lambda: (tmp_path / "x.log").read_text() == "got go\n")


def test_a_dead_one_is_started_again_with_its_orders(child: Child, tmp_path: Path) -> None:
    child.spawn()
    child.release({"word": "go"})
    wait_until(lambda: (tmp_path / "x.log").read_text() == "got go\n")
    first = child.pid
    os.kill(first or 0, signal.SIGKILL)
    wait_until(lambda: child.exit_status is not None)
    assert "x was killed by signal 9; starting it again in 0.5 s" in (child.tend() or "")
    wait_until(lambda: child.tend() is None and child.pid is not None)
    wait_until(lambda: (tmp_path / "x.log").read_text() == "got go\ngot go\n")
    assert child.pid != first


def test_the_pause_grows_with_each_death(child: Child) -> None:
    child.spawn()
    child.release({"word": "die"})
    told: list[str] = []

    def died_twice() -> bool:
        word = child.tend()
        if word:
            told.append(word)
        return len(told) == 2

    wait_until(died_twice)
    assert "ended with status 3; starting it again in 0.5 s" in told[0]
    assert "ended with status 3; starting it again in 1 s" in told[1]
    assert child.log.last_words() == "got die"


def test_one_that_ignores_sigterm_is_killed_with_its_group(tmp_path: Path) -> None:
    script = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    child = Child("x", [sys.executable, "-c", script], logs=tmp_path)
    child.spawn()
    wait_until(lambda: (tmp_path / "x.log").read_text().endswith("\n"))
    grandchild = int((tmp_path / "x.log").read_text())
    child.ask_to_stop()
    child.make_stop(time.monotonic() + 0.2)
    assert child.pid is None
    wait_until(lambda: not _runs(grandchild))


def test_it_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    wait_until(lambda: (tmp_path / "x.log").exists() and "got go" in (tmp_path / "x.log").read_text())
    supervisor.kill()
    supervisor.communicate()
    wait_until(lambda: not _runs(pid))


def test_children_of_a_killed_supervisor_are_stopped_at_the_next_start(tmp_path: Path) -> None:
    stubborn = subprocess.Popen(["sleep", "60"], start_new_session=True)
    note = tmp_path / "children.json"
    leftovers.remember(note, [stubborn.pid])
    assert leftovers.stop(note)
    assert stubborn.wait(1) == -signal.SIGTERM
    assert not note.exists()
    assert not leftovers.stop(note)


def test_a_process_that_only_has_the_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    note = tmp_path / "children.json"
    note.write_text(f'[{{"pid": {stranger.pid}, "started": 12345.0}}]')
    assert not leftovers.stop(note)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_logs_are_rotated(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_bytes(b"-" * (LARGE_BYTES + 1))
    (tmp_path / "x.log.1").write_text("older\n")
    pump = LogPump(log)
    echo = subprocess.Popen(["echo", "new"], stdout=subprocess.PIPE)
    assert echo.stdout is not None
    pump.follow(echo.stdout)
    assert pump.last_words() == "new"
    echo.wait()
    assert log.read_text() == "new\n"
    assert (tmp_path / "x.log.1").stat().st_size == LARGE_BYTES + 1
    assert (tmp_path / "x.log.2").read_text() == "older\n"


def test_last_words_of_json_logs_are_readable(tmp_path: Path) -> None:
    pump = LogPump(tmp_path / "x.log")
    line = '{"event": "start_failed", "exception": "Traceback\\n  File\\nOSError: no space"}'
    echo = subprocess.Popen(["echo", line], stdout=subprocess.PIPE)
    assert echo.stdout is not None
    pump.follow(echo.stdout)
    assert pump.last_words() == "start_failed: OSError: no space"
    echo.wait()


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
