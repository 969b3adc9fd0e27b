"""`treadle engine run --kind slurm|sge`: gears on the nodes of a real cluster."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from login_engine import EngineProcess

from treadle.engine.schedulers.contract import MIB, Request
from treadle.gears.resources import Resources
from treadle.testing.waiting import wait_until

KILLED = signal.SIGKILL


@pytest.fixture
def engine(site, cluster, tmp_path) -> Iterator[EngineProcess]:
    made = EngineProcess(site, cluster, tmp_path)
    made.start()
    yield made
    made.stop()
    for job in cluster.driver().queued(f"treadle-{made.name}"):
        cluster.driver().cancel([job])


@pytest.fixture
def ask(site, engine) -> Callable[..., tuple[str, str]]:
    """A job for this engine, with a destination of its own."""

    def request(**config: object) -> tuple[str, str]:
        subject = site.subject(f"{engine.name}-{time.monotonic_ns()}")
        tags = ("cpu=1", "ram=64M")
        return site.request_job(subject, *tags, config=config, compute_provider_id=engine.provider), subject

    return request


def test_jobs_run_on_nodes_and_their_log_tells_where(site, cluster, ask):
    jobs = [ask(text=f"text {number}") for number in range(3)]
    for number, (job, subject) in enumerate(jobs):
        document = site.wait_for(job, "complete", "failed")
        assert document["state"] == "complete", site.log(job)
        assert site.files(subject) == [("text.txt", 1)]
        content = site.api.get(f"/subjects/{subject}/files/text.txt").text
        assert content == f'"text": "text {number}"\n'
        assert f"{cluster.kind} job " in site.log(job)
        assert "begins in /flywheel/v0" in site.log(job)


def test_a_cancelled_job_leaves_the_cluster(site, cluster, engine, ask):
    job, subject = ask(seconds=300)
    wait_until(lambda: "begins in" in site.log(job), "the gear runs")
    site.api.put(f"/jobs/{job}", json={"state": "cancelled"}).raise_for_status()
    queued = cluster.driver().queued
    wait_until(lambda: not queued(f"treadle-{engine.name}"), "the queue is empty")
    assert site.files(subject) == []


def test_a_killed_engine_takes_its_jobs_up_again_and_no_others(site, cluster, engine, ask):
    job, subject = ask(seconds=8)
    wait_until(lambda: "begins in" in site.log(job), "the gear runs")
    engine.stop(KILLED)
    name = f"treadle-{engine.name}"
    # As if it had died between the submission and the note of it.
    request = Request(name, [["sleep", "600"]], resources=Resources(memory=32 * MIB))
    orphan = cluster.driver().submit(request)[0]
    engine.start()
    assert site.wait_for(job, "complete", "failed")["state"] == "complete", site.log(job)
    assert site.files(subject) == [("text.txt", 1)]
    wait_until(lambda: orphan not in cluster.driver().queued(name), "the orphan is gone")


def test_a_node_that_dies_fails_the_job_with_the_reason(site, ask):
    job, subject = ask(seconds=300)
    wait_until(lambda: "begins in" in site.log(job), "the gear runs")
    os.kill(_node_process(job), KILLED)
    document = site.wait_for(job, "failed")
    assert document["failure_reason"].startswith(
        "engine_lost: the node's engine ended by itself, signal SIGKILL"
    )
    assert site.files(subject) == []


def test_what_the_cluster_refuses_fails_with_its_words(site, cluster, engine):
    subject = site.subject(f"{engine.name}-refused")
    too_much = ("cpu=500", "ram=64M") if cluster.kind == "sge" else ("cpu=1", "ram=900G")
    job = site.request_job(subject, *too_much, compute_provider_id=engine.provider)
    assert site.wait_for(job, "failed")["failure_reason"].startswith("capability: ")


def _node_process(job: str) -> int:
    """The node's engine of this job."""
    found = subprocess.run(
        ["pgrep", "-f", f"^{sys.executable}.* run-one .*{job}"], capture_output=True, text=True, check=False
    )
    return int(found.stdout.split()[0])
