"""The Job for Kubernetes fits the API's own schema; no cluster can run here."""

import os
import subprocess

import kubernetes_validate
import pytest

from treadle.engine.schedulers.contract import Request
from treadle.engine.schedulers.kubernetes import Place, job_manifest
from treadle.gears.resources import Resources

PLACE = Place(image="registry.example.org/treadle:1", secret="treadle-engine", namespace="imaging")
VERSIONS = ("1.33", "1.36")
ONE = ["treadle", "engine", "run-one", "5f2b", "--lease", 'it\'s "one"\n']


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("count", [1, 3])
def test_the_job_fits_the_schema(version, count):
    request = Request(
        "Engine One_2.x", [ONE] * count, {"TREADLE_LOG": "1"}, Resources(cpu=1.5, gpu=2), queue="night"
    )
    kubernetes_validate.validate(job_manifest(request, PLACE), version, strict=True)


def test_resources_are_requests_and_limits():
    request = Request("e", [ONE], resources=Resources(cpu=1.5, memory=1 << 30, disk=2 << 30, gpu=1, time=60))
    spec = job_manifest(request, PLACE)["spec"]
    resources = spec["template"]["spec"]["containers"][0]["resources"]
    assert resources["limits"] == resources["requests"]
    assert resources["limits"] == {
        "cpu": "1500m", "memory": str(1 << 30), "ephemeral-storage": str(2 << 30), "nvidia.com/gpu": "1",
    }  # fmt: skip
    assert spec["activeDeadlineSeconds"] == 60


@pytest.mark.parametrize("index", [0, 1, 2])
def test_each_pod_of_an_array_runs_its_own_command(index):
    commands = [["printf", "%s|", f"of {number}", "a \"b\"\n'c' $HOME"] for number in range(3)]
    container = job_manifest(Request("e", commands), PLACE)["spec"]["template"]["spec"]["containers"][0]
    environment = {**os.environ, "JOB_COMPLETION_INDEX": str(index)}
    done = subprocess.run(container["command"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"of {index}|a \"b\"\n'c' $HOME|"
