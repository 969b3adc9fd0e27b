"""A gear that takes too much is ended with the right reason, and nothing outside its sandbox feels it."""

import shutil
import threading
import time

import pytest

from treadle.engine.errors import RunFailed
from treadle.engine.logs import Log
from treadle.engine.plan import Folder
from treadle.engine.planning import plan_of
from treadle.engine.process import Stop, run
from treadle.engine.stage import lay_out
from treadle.gears.resources import Resources

PYTHON = "/usr/bin/env python3 -c"


@pytest.mark.parametrize(
    ("script", "limits", "reason"),
    [
        (f"{PYTHON} 'x = bytearray(400 << 20); import time; time.sleep(60)'", {"memory": "100M"}, "out_of_memory: "),
        (f"{PYTHON} 'x = open(\"/dev/shm/x\", \"wb\"); x.write(bytes(90 << 20))'", {"memory": "100M"}, "exit 1: "),
        ("head -c 300M /dev/zero > output/big", {"disk": "50M"}, "disk_full: "),
        ("i=0; while :; do i=$((i+1)); head -c 1M /dev/zero > output/$i; done", {"disk": "50M"}, "disk_full: "),
        ("cd /tmp; i=0; while :; do i=$((i+1)); : > $i; done", {"disk": "4M"}, "disk_full: "),
        ("truncate -s 1T output/sparse", {"disk": "50M"}, "disk_full: "),
        ("sleep 60", {"time": "1s"}, "timeout: "),
    ],
    ids=["memory", "shared memory", "one file", "many files", "empty files", "sparse file", "time"],
)  # fmt: skip
def test_a_gear_over_its_limit_fails_with_the_reason(run_script, script, limits, reason):
    result, _, _ = run_script(script, limits=limits)
    assert any(str(result.failure).startswith(one) for one in reason.split("|"))
    assert result.ended.elapsed_s < 30
    assert not result.outputs.files


def test_shared_pages_are_counted_once(run_script):
    """Ten children of a parent with 60 MB that they only read are far from 600 MB."""
    script = f"""{PYTHON} '
import os, time
data = bytearray(b"x") * (60 << 20)
for _ in range(10):
    if not os.fork():
        time.sleep(2); os._exit(0)
time.sleep(2.5)'"""
    result, _, _ = run_script(script, limits={"memory": "200M"})
    assert result.failure is None


def test_a_fork_bomb_is_contained_and_ends(run_script):
    """The host can start processes all the while, and none is left."""
    started = threading.Event()
    worst = []

    def look() -> None:
        started.wait(120)
        for _ in range(8):
            before = time.monotonic()
            shutil.which("true")
            worst.append(time.monotonic() - before)
            time.sleep(0.1)

    looker = threading.Thread(target=look)
    looker.start()
    started.set()
    result, _, _ = run_script("bomb() { bomb | bomb & }; bomb; sleep 3; exit 0", limits={"time": "20s"})
    looker.join()
    assert result.ended.elapsed_s < 60
    assert max(worst) < 5


def test_a_log_of_hundreds_of_megabytes_is_cut_and_costs_no_memory_or_disk(run_script):
    result, folder, _ = run_script("head -c 300M /dev/zero | tr '\\0' 'x'; echo; exit 4", echo=False)
    assert str(result.failure).startswith("exit 4")
    assert folder.log.stat().st_size < 70 << 20
    assert b"log truncated: more than 64 MiB" in folder.log.read_bytes()[-200:]


@pytest.mark.parametrize(
    ("script", "seconds"), [("sleep 60", (0, 4)), ("trap '' TERM; while :; do sleep 0.1; done", (1.5, 8))]
)
def test_a_stop_asks_first_and_kills_later(sandbox, tmp_path, gear_content, script, seconds):
    manifest, content = gear_content(script)
    folder = Folder(tmp_path / "run")
    document = {"config": {}, "inputs": {}, "destination": {}}
    lay_out(folder, content=content, manifest=manifest, config=document)
    plan = plan_of(
        manifest, document, name="stopped", folder=folder, resources=Resources(), image=None, network="none"
    )
    stop = Stop()
    threading.Timer(0.5, lambda: stop.ask(RunFailed("cancelled_by", "someone"), grace_s=2)).start()
    ended = run(sandbox, plan, Log(folder.log), stop)
    assert str(ended.failure) == "cancelled_by: someone"
    assert seconds[0] < ended.elapsed_s - 0.5 < seconds[1]
