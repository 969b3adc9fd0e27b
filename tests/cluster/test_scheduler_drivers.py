"""Every driver behaves alike in front of its real scheduler."""

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from treadle.engine.schedulers import trace
from treadle.engine.schedulers.contract import MIB, Request, Scheduler, State, Status
from treadle.engine.schedulers.errors import SchedulerUnavailable, SubmissionRefused
from treadle.gears.resources import Resources
from treadle.testing.waiting import wait_until

SMALL = Resources(cpu=1, memory=64 * MIB)
ODD = 'it\'s "odd" $HOME `id` \\ *\r\n#$ -l no=1\n#SBATCH --no\n\tend \u00e9\u85e4 %j | ;'


@dataclass
class Case:
    command: list[str]
    exit_code: int | None
    code: str
    resources: Resources = field(default=SMALL)


CASES = {
    "success": Case(["true"], 0, ""),
    "its own failure": Case(["sh", "-c", "exit 4"], 4, "exit 4"),
    "an exit code with a meaning to Grid Engine: again": Case(["sh", "-c", "exit 99"], 99, "exit 99"),
    "an exit code with a meaning to Grid Engine: hold": Case(["sh", "-c", "exit 100"], 100, "exit 100"),
    "no such program": Case(["/nowhere/program"], 127, "exit 127"),
    "a signal": Case(["sh", "-c", "kill -9 $$"], -9, "signal SIGKILL"),
    "the time limit": Case(["sleep", "300"], None, "timeout", Resources(memory=64 * MIB, time=4)),
    "the memory limit": Case(
        [sys.executable, "-c", "import time; x = b'1' * 400_000_000; time.sleep(60)"], None, "out_of_memory",
        Resources(memory=128 * MIB),
    ),
}  # fmt: skip


def until_ended(driver: Scheduler, ids: Collection[str]) -> dict[str, Status]:
    def over() -> dict[str, Status]:
        found = driver.poll(ids)
        return found if all(one.state in (State.ENDED, State.LOST) for one in found.values()) else {}

    return wait_until(over, "all jobs are over", for_s=240)


@pytest.fixture(scope="module")
def driver(cluster) -> Scheduler:
    return cluster.driver()


@pytest.fixture(scope="module")
def endings(driver) -> dict[str, Status]:
    """How each of the cases ended; they run at the same time. Slurm's shortest time limit is a minute."""
    ids = {
        name: driver.submit(Request(name, [case.command], resources=case.resources))[0]
        for name, case in CASES.items()
    }
    found = until_ended(driver, ids.values())
    return {name: found[job] for name, job in ids.items()}


def submit(driver: Scheduler, *command: str, **more: object) -> str:
    return driver.submit(Request("case", [command], **{"resources": SMALL, **more}))[0]


def test_array_tasks_end_each_for_itself(driver):
    ids = driver.submit(
        Request("array", [["sh", "-c", f"exit {code}"] for code in (0, 3, 0, 7)], resources=SMALL)
    )
    found = until_ended(driver, ids)
    assert [found[job].exit_code for job in ids] == [0, 3, 0, 7]


def test_odd_signs_reach_the_command_as_they_are(driver, tmp_path):
    out = tmp_path / "out"
    code = "import os, sys; open(sys.argv[1], 'wb').write(os.fsencode(sys.argv[2] + '|' + os.environ['ODD']))"
    job = submit(driver, sys.executable, "-c", code, str(out), ODD, environment={"ODD": ODD})
    assert until_ended(driver, [job])[job].exit_code == 0, driver.log(job)
    assert out.read_bytes() == f"{ODD}|{ODD}".encode()


def test_jobs_get_nothing_of_the_engines_environment(driver, monkeypatch, tmp_path):
    monkeypatch.setenv("ENGINE_SECRET", "s")
    job = submit(driver, "sh", "-c", f'test -z "$ENGINE_SECRET" && env >{tmp_path}/env')
    assert until_ended(driver, [job])[job].exit_code == 0


def test_the_log_is_kept_until_forgotten(driver):
    job = submit(driver, "sh", "-c", "echo to out; echo to err >&2; exit 1")
    until_ended(driver, [job])
    assert sorted(driver.log(job).splitlines()) == ["to err", "to out"]
    driver.forget(job)
    assert driver.log(job) == ""


def test_what_waits_is_cancelled(cluster, driver):
    job = submit(driver, "true", options=cluster.hold)
    assert driver.poll([job])[job].state == State.QUEUED
    driver.cancel([job])
    found = until_ended(driver, [job])[job]
    assert (found.state, found.code) == (State.ENDED, "cancelled_by cluster")


def test_what_runs_is_cancelled_and_may_clean_up(driver, tmp_path):
    begun, cleaned = tmp_path / "begun", tmp_path / "cleaned"
    job = submit(driver, "bash", "-c", f"trap 'touch {cleaned}; exit 1' TERM; touch {begun}; sleep 60 & wait")
    wait_until(begun.exists, "the job runs")
    assert driver.poll([job])[job].state == State.RUNNING
    driver.cancel([job])
    found = until_ended(driver, [job])[job]
    assert (found.code, cleaned.exists()) == ("cancelled_by cluster", True)
    driver.cancel([job])  # what has ended is left alone


def test_fifty_jobs_are_polled_by_one_command(driver, monkeypatch):
    ids = [submit(driver, "sleep", "1") for _ in range(25)]
    ids += driver.submit(Request("array", [["true"]] * 25, resources=SMALL))
    asked: list[tuple[str, ...]] = []
    ask = driver._ask

    def counting(*command: str, **given: str):
        asked.append(command)
        return ask(*command, **given)

    monkeypatch.setattr(driver, "_ask", counting)
    assert set(driver.poll(ids)) == set(ids)
    assert len(asked) == 1
    driver.cancel(ids)


def test_jobs_of_the_engine_are_found_by_their_name(cluster, driver):
    held = driver.submit(Request("engine one", [["true"]] * 2, resources=SMALL, options=cluster.hold))
    other = submit(driver, "true", options=cluster.hold)
    assert driver.queued("engine one") == set(held)
    driver.cancel([*held, other])


def test_an_unknown_job_is_lost_only_after_a_while(driver, monkeypatch):
    ids = ["999998", "999999"]
    assert {status.state for status in driver.poll(ids).values()} == {State.RUNNING}
    monkeypatch.setattr(trace, "ABSENCE_S", 0)
    assert {status.state for status in driver.poll(ids).values()} == {State.LOST}


def test_what_can_never_run_is_refused_with_the_schedulers_words(cluster, driver):
    with pytest.raises(SubmissionRefused, match=r"queue|partition"):
        submit(driver, "true", queue="nowhere")
    with pytest.raises(SubmissionRefused, match=r"queue|Memory"):
        submit(driver, "true", resources=cluster.too_large)


def test_a_job_that_will_never_start_is_told(cluster, driver):
    job = submit(driver, "true", options=cluster.broken)
    other = submit(driver, "true")
    wait_until(lambda: driver.poll([job])[job].stuck, "the scheduler gives it up")
    assert until_ended(driver, [other])[other].exit_code == 0
    driver.cancel([job])


def test_the_engine_takes_up_its_jobs_again(cluster, driver, tmp_path):
    go = tmp_path / "go"
    job = submit(driver, "sh", "-c", f"until test -e {go}; do sleep 0.1; done; exit 6")
    wait_until(lambda: driver.poll([job])[job].state == State.RUNNING, "the job runs")
    go.touch()
    assert until_ended(cluster.driver(), [job])[job].exit_code == 6


def test_while_the_scheduler_is_down_nothing_is_lost(cluster, driver, tmp_path):
    go = tmp_path / "go"
    job = submit(driver, "sh", "-c", f"until test -e {go}; do sleep 0.1; done; exit 6")
    wait_until(lambda: driver.poll([job])[job].state == State.RUNNING, "the job runs")
    cluster.peer.stop_controller()
    try:
        calls: list[Callable[[], object]] = [
            lambda: driver.poll([job]), lambda: submit(driver, "true"), lambda: driver.cancel(["999999"]),
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(SchedulerUnavailable):
                call()
    finally:
        cluster.peer.start_controller()
    assert driver.poll([job])[job].state == State.RUNNING
    go.touch()
    assert until_ended(driver, [job])[job].exit_code == 6


def test_a_scheduler_that_is_not_installed_is_unavailable(cluster, monkeypatch):
    monkeypatch.setenv("PATH", str(Path("/nowhere")))
    with pytest.raises(SchedulerUnavailable, match="cannot be run"):
        cluster.driver().poll(["1"])


@pytest.mark.parametrize("name", CASES)
def test_how_a_job_ended(name, driver, endings):
    case, found = CASES[name], endings[name]
    if case.exit_code is None and case.code not in driver.capabilities.tells:
        assert found.exit_code not in (None, 0)  # the limit showed as the command's own failure
    else:
        assert (found.state, found.exit_code, found.code) == (State.ENDED, case.exit_code, case.code), found
