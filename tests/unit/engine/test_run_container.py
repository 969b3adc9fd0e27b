"""A gear that is an image: the same contract by podman, and what its container keeps it from."""

import json
import os
import shutil
import sys
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from container_kit import cautiously, import_image, works

from conftest import MANIFEST
from treadle.engine.local import Request, run_here
from treadle.engine.plan import Folder
from treadle.engine.runtimes.oci import ContainerRuntime

CONTRACT = """
id -u; pwd; echo $FW_CONFIG_N; [ -z "$LEAKED" ] || echo leaked
cat input/scan/scan.txt; echo; stat -c %a config.json
touch input/x 2>/dev/null || echo no input
touch own/x work /tmp/x && echo writable
while read -r line; do case "$line" in CapEff*|NoNewPrivs*) echo $line;; esac; done </proc/self/status
ls /root /home /work /var/lib 2>/dev/null
echo hi > output/a.txt; ln -s /etc/passwd output/bad
echo '{"acquisition": {"label": "B"}}' > output/.metadata.json
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Needs podman."""
    if not shutil.which("podman"):
        if os.environ.get("CI"):
            pytest.fail("missing in CI: podman")
        pytest.skip("podman is not installed")
    name = f"localhost/treadle-test-{uuid.uuid4().hex[:8]}"
    folder = tmp_path_factory.mktemp("image")
    inputs = {"scan": {"base": "file", "optional": True}, "api-key": {"base": "api-key"}}
    manifest = {**MANIFEST, "inputs": inputs, "config": {"n": {"type": "integer", "default": 4}}}
    import_image(name, {"manifest.json": json.dumps(manifest)}, folder)
    before = os.environ.get("CONTAINERS_CONF")
    if not works(name):
        cautiously(folder)
    assert works(name)
    yield name
    os.system(f"podman rmi --force {name} >/dev/null 2>&1")
    if before is None:
        os.environ.pop("CONTAINERS_CONF", None)
    else:
        os.environ["CONTAINERS_CONF"] = before


@pytest.fixture
def run_image(image, tmp_path):
    runtime = ContainerRuntime(owner=uuid.uuid4().hex)
    runtime.check()

    def run(command: str, *, key="localhost:1:secret-key-of-the-job", **more):
        printed = []
        folder = Folder(tmp_path / "run")
        manifest = {**runtime.manifest(image), "command": command, **more.pop("manifest", {})}
        request = Request(manifest, None, image, more.pop("inputs", {}), {}, key=key, **more)
        result = run_here(runtime, request, folder, echo=lambda _, text: printed.append(text))
        assert not runtime.ask("ps", "-aq", "--filter", f"label=treadle.engine={runtime._owner}")
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


def test_an_image_without_bash_is_called_that(image, run_image, tmp_path):
    import_image(f"{image}-bare", {"manifest.json": "{}"}, tmp_path, bash=False)
    runtime = ContainerRuntime()
    request = Request(MANIFEST, None, f"{image}-bare", {}, {})
    with pytest.raises(Exception, match="no_bash"):
        run_here(runtime, request, Folder(tmp_path / "run"))
    os.system(f"podman rmi --force {image}-bare >/dev/null 2>&1")
