"""Apptainer cannot be installed here: a program that writes down its words, and copies and runs as they say."""

import os
from pathlib import Path

import pytest

from treadle.engine.plan import Folder, Plan
from treadle.engine.runtimes.apptainer import ApptainerRuntime
from treadle.engine.stage import lay_out
from treadle.gears.resources import Resources

RECORDING = """#!/bin/bash
printf '%s\\n' "$*" >>"$0.words"
case "$1" in
--version) echo apptainer version 1.3.4 ;;
build) sleep 0.2; echo image >"$3" ;;
exec)
  for word; do case "$word" in --bind=*:/treadle-base) to=${word#--bind=}; to=${to%:*} ;; esac; done
  if [ -n "$to" ]; then mkdir "$to/output" && echo code >"$to/run.py"; exit; fi
  while [ "$1" != env ]; do shift; done
  exec "$@" ;;
esac
"""


@pytest.fixture
def words(tmp_path, monkeypatch):
    """What apptainer was called with so far."""
    program = tmp_path / "bin" / "apptainer"
    program.parent.mkdir()
    program.write_text(RECORDING)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return lambda: Path(f"{program}.words").read_text().splitlines()


@pytest.fixture
def plan(tmp_path):
    folder = Folder(tmp_path / "run")
    lay_out(folder, content=None, manifest={}, config={})
    return Plan(
        "job",
        folder,
        'echo "$A" "$B"',
        {"A": "one  two", "B": "3"},
        Resources(gpu=1),
        image="docker.io/x/y:1",
    )


def test_an_image_is_converted_once_for_all_nodes(words, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    runtimes = [ApptainerRuntime(tmp_path / "images") for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda runtime: runtime.fetch("docker.io/x/y:1"), runtimes))
    built = [line for line in words() if line.startswith("build")]
    assert len(built) == 1
    assert built[0].endswith(" docker://docker.io/x/y:1")


def test_a_gear_gets_the_contract_and_nothing_else(words, plan, tmp_path):
    runtime = ApptainerRuntime(tmp_path / "images", more=["--bind=/scratch"])
    runtime.check()
    runtime.fetch(plan.image)
    running = runtime.start(plan)
    assert running.process.communicate(timeout=120)[0] == b"one  two 3\n"
    assert (plan.folder.base / "run.py").read_text() == "code\n", (
        "the image's own files are there to be changed"
    )
    image = next((tmp_path / "images").glob("*.sif"))
    base = plan.folder.base
    assert words()[-1] == (
        "exec --containall --cleanenv --no-home --writable-tmpfs --pwd=/flywheel/v0 "
        f"--bind={base}:/flywheel/v0 --bind={base}/input:/flywheel/v0/input:ro --bind={plan.folder.temporary}:/tmp "
        f"--net --network=none --nv --bind=/scratch {image} env -i A=one  two B=3 bash -c {plan.command}"
    )
    running.close()
