"""However parts of `treadle up` die, it comes back by itself and leaves nothing behind."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest
from up_process import UpProcess, alive

from treadle.server.store import embedded_leftovers
from treadle.testing.waiting import wait_until

Start = Callable[..., UpProcess]


def test_no_orphans_stay_when_up_is_killed(up: Start) -> None:
    run = up()
    run.ready()
    family = run.descendants()
    run.process.kill()
    run.process.wait()
    wait_until(lambda: not alive(family), what="nothing of it runs")


def test_it_comes_back_after_everything_was_killed(up: Start, up_home: Path) -> None:
    seed = random.Random(5)
    for _ in range(3):
        run = up()
        run.ready()
        victims = [*run.descendants(), psutil.Process(run.process.pid)]
        seed.shuffle(victims)
        for victim in victims:
            try:
                victim.kill()
            except psutil.NoSuchProcess:
                continue
        run.process.wait()
    run = up()
    run.ready()
    assert run.get("/users/self").status_code == 200
    assert embedded_leftovers.running(up_home / "postgres")


def test_it_starts_at_once_after_only_up_was_killed(up: Start) -> None:
    first = up()
    first.ready()
    first.process.kill()
    first.process.wait()
    second = up()  # while the children of the first still end
    second.ready()
    assert second.get("/users/self").status_code == 200


def test_a_kill_during_the_first_start_is_no_reason_to_refuse(up: Start) -> None:
    for pause in (0.2, 0.6, 1.2, 2.0, 3.0):
        run = up()
        time.sleep(pause)
        for victim in [*run.descendants(), psutil.Process(run.process.pid)]:
            try:
                victim.kill()
            except psutil.NoSuchProcess:
                continue
        run.process.wait()
    run = up()
    run.ready()
    assert run.get("/users/self").status_code == 200


@pytest.mark.parametrize("role", ["serve", "worker", "connector"])
def test_a_killed_role_is_started_again(up: Start, role: str) -> None:
    run = up()
    run.ready()
    (victim,) = [child for child in psutil.Process(run.process.pid).children() if role in child.cmdline()]
    victim.kill()
    run.wait_for(f"{role} was killed by signal 9; starting it again", 10)
    wait_until(
        lambda: any(
            role in child.cmdline() and child.pid != victim.pid
            for child in psutil.Process(run.process.pid).children()
        ),
        what=f"another {role}",
    )
    wait_until(lambda: _answers(run), what="the API answers")


def test_a_killed_database_is_started_again(up: Start) -> None:
    run = up()
    run.ready()
    for process in embedded_leftovers.running(run.home / "postgres"):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    run.wait_for("database   ended; starting it again", 10)
    wait_until(lambda: _answers(run), what="the API answers")


def _answers(run: UpProcess) -> bool:
    try:
        return run.get("/users/self").status_code == 200
    except httpx.HTTPError:
        return False
