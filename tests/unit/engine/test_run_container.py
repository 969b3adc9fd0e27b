"""A gear that is an image: the same contract by podman, and what its container keeps it from."""

import json
import os
import sys
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "gears"))
from container_kit import import_image

from treadle.engine.local import Request, run_here
from treadle.engine.plan import Folder
from treadle.engine.root import Content
from treadle.engine.runtimes.oci import ContainerRuntime

CONTRACT = """
id -u; pwd; echo $FW_CONFIG_N; [ -z "$LEAKED$OF_IMAGE$container" ] || echo leaked
cat input/scan/scan.txt; echo; stat -c %a config.json
touch input/x 2>/dev/null || echo no input
touch own/x work /tmp/x && echo writable
while read -r line; do case "$line" in CapEff*|NoNewPrivs*) echo $line;; esac; done </proc/self/status
ls /root /home /work /var/lib 2>/dev/null
echo hi > output/a.txt; ln -s /etc/passwd output/bad
echo '{"acquisition": {"label": "B"}}' > output/.metadata.json
"""


@pytest.fixture(scope="module")
def runtime(working):
    """Needs podman."""
    return working(ContainerRuntime())


@pytest.fixture(scope="module")
def image(runtime, probe, tmp_path_factory):
    name = f"localhost/treadle-test-{uuid.uuid4().hex[:8]}"
    inputs = {"scan": {"base": "file", "optional": True}, "api-key": {"base": "api-key"}}
    manifest = {**probe, "inputs": inputs, "config": {"n": {"type": "integer", "default": 4}}}
    files = {"manifest.json": json.dumps(manifest)}
    import_image(name, files, tmp_path_factory.mktemp("image"), "--change=ENV OF_IMAGE=1 PATH=/image")
    yield name
    os.system(f"podman rmi --force {name} >/dev/null 2>&1")


@pytest.fixture
def run_image(image, runtime, tmp_path):
    def run(command: str, *, key="localhost:1:secret-key-of-the-job", **more):
        printed = []
        folder = Folder(tmp_path / "run")
        manifest = {**runtime.manifest(image), "command": command, **more.pop("manifest", {})}
        request = Request(manifest, Content(), image, more.pop("inputs", {}), {}, key=key, **more)
        result = run_here(runtime, request, folder, echo=lambda _, text: printed.append(text))
        label = runtime.program.label.removeprefix("--")
        assert not runtime.program.ask("ps", "-aq", "--filter", label)
        return result, folder, "".join(printed)

    return run


def test_the_contract_in_a_container(run_image, tmp_path):
    (tmp_path / "scan.txt").write_text("voxels")
    result, _, printed = run_image(CONTRACT, inputs={"scan": tmp_path / "scan.txt"})
    assert result.failure is None, printed
    lines = printed.splitlines()
    assert lines[:7] == ["0", "/flywheel/v0", "4", "voxels", "600", "no input", "writable"]
    assert "CapEff: 0000000000000000" in lines and "NoNewPrivs: 1" in lines
    assert [one.name for one in result.outputs.files] == ["a.txt"]
    assert result.outputs.metadata == {"acquisition": {"label": "B"}}
    if os.geteuid() == 0:  # root inside is nobody outside
        assert Path(result.outputs.files[0].path).stat().st_uid not in (0, 1000)


@pytest.mark.parametrize(
    ("command", "limits", "reason"),
    [
        ("exit 5", {}, "exit 5: "),
        ("kill -KILL $$", {}, "signal SIGKILL: "),
        ("x=1234567890123456; while :; do x=$x$x; done", {"memory": "50M"}, "out_of_memory: "),
        ("sleep 60", {"time": "1s"}, "timeout: "),
        ("i=0; while :; do i=$((i+1)); head -c 1M /dev/zero > own/$i; done", {"disk": "30M"}, "disk_full: "),
    ],
)
def test_why_a_container_failed(run_image, command, limits, reason):
    result, _, printed = run_image(command, limits=limits)
    assert str(result.failure).startswith(reason), printed


def test_the_api_and_nothing_else_is_reached(run_image, web):
    other = "http://169.254.169.254/"
    command = f"curl -sS http://127.0.0.1:{web}/; curl -sS --max-time 2 {other} 2>&1 || echo refused"
    result, _, printed = run_image(command, key=f"127.0.0.1:{web}:__force_insecure:secretsecret")
    assert result.failure is None
    assert printed.startswith("hello") and printed.strip().endswith("refused")


def test_an_image_without_a_manifest_gets_it(image, probe, runtime, tmp_path):
    import_image(f"{image}-alone", {}, tmp_path)
    folder, manifest = Folder(tmp_path / "run"), {**probe, "command": "cat manifest.json >output/seen"}
    assert run_here(runtime, Request(manifest, Content(), f"{image}-alone", {}, {}), folder).failure is None
    assert json.loads((folder.output / "seen").read_text()) == manifest
    os.system(f"podman rmi --force {image}-alone >/dev/null 2>&1")


def test_an_image_without_bash_is_called_that(image, probe, runtime, tmp_path):
    import_image(f"{image}-bare", {"manifest.json": "{}"}, tmp_path, bash=False)
    request = Request(probe, Content(), f"{image}-bare", {}, {})
    with pytest.raises(Exception, match="no_bash"):
        run_here(runtime, request, Folder(tmp_path / "run"))
    os.system(f"podman rmi --force {image}-bare >/dev/null 2>&1")


def test_a_container_goes_when_its_engine_was_killed_and_stays_while_that_lives(runtime, image):
    """Other engines of this machine, and runs by hand, are left alone."""
    words = ("create", "--network=none", image, "true")
    gone = runtime.program.ask(words[0], "--label=treadle.process=1.0", *words[1:]).strip()
    lives = runtime.program.ask(words[0], runtime.program.label, *words[1:]).strip()
    try:
        ContainerRuntime().check()
        left = runtime.program.ask("ps", "-aq", "--no-trunc").split()
        assert lives in left and gone not in left
    finally:
        runtime.program.remove(lives)
