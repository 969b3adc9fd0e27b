"""Where a gear may lie: an image by its digest or its tag, a folder of the engine's machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "gears"))
from container_kit import import_image

from treadle.engine.runtimes.oci import ContainerRuntime

pytestmark = pytest.mark.xdist_group("gear addresses")
RUN = "#!/bin/bash\necho made >output/made.txt\n"


@pytest.fixture
def manifest(gear_manifest, unique):
    """Of a gear whose image is here alone."""

    def make(**more):
        name = unique()
        image = f"localhost/{name}:1.0.0"
        custom = {"gear-builder": {"category": "utility", "image": image}}
        return gear_manifest(
            name, "1.0.0", inputs={}, config={}, custom=custom, command="bash run", **more
        ), image

    return make


@pytest.fixture
def image(working, manifest, tmp_path) -> Iterator[tuple[dict, str]]:
    """Manifest and reference of an image that no registry has."""
    working(ContainerRuntime())
    written, name = manifest()
    import_image(name, {"manifest.json": json.dumps(written), "run": RUN}, tmp_path)
    yield written, name
    subprocess.run(["podman", "rmi", "--force", name], capture_output=True, check=False)


def test_one_engine_runs_an_image_by_its_digest_one_by_its_tag_and_a_folder(
    treadle, bubblewrap, image, gear, engine_of, start, wait_for, said, tmp_path, api
):
    """The digest stays what was installed; a manifest alone means whatever its tag means when the gear runs."""
    written, name = image
    by_digest = treadle("gear", "install", name, "--json").documents[0]
    address = by_digest["exchange"]["rootfs-url"]
    assert address.startswith(f"docker://{name.removesuffix(':1.0.0')}@sha256:")
    again = {**written, "version": "1.0.1"}
    (tmp_path / "manifest.json").write_text(json.dumps(again))
    by_tag = treadle("gear", "install", tmp_path / "manifest.json", "--json").documents[0]
    engine = engine_of("local")
    jobs = [start(made, engine) for made in (by_digest, by_tag, gear("true"))]
    engine.start()
    for job in jobs:
        assert wait_for(job)["state"] == "complete", said(job)
    assert address.removeprefix("docker://") in said(jobs[0])
    assert f"gear {name};" in said(jobs[1])
    assert ["(sandbox)" in said(job) for job in jobs] == [False, False, True]
    acquisition = api.get(f"/jobs/{jobs[0]}").json()["destination"]["id"]
    files = api.get(f"/acquisitions/{acquisition}").json()["files"]
    assert [(file["name"], file["version"]) for file in files] == [("made.txt", 2)]


def test_what_is_neither_file_nor_image_is_told(treadle, working):
    working(ContainerRuntime())
    said = treadle("gear", "install", "localhost/no-such-gear:1", ok=False).err
    assert "localhost/no-such-gear:1: no such folder or file here, and no such image" in said


def test_a_folder_of_the_engines_machine_is_run_from_there(
    api, manifest, engine, start, wait_for, said, tmp_path
):
    """And stays as it is: a run has a copy."""
    (tmp_path / "run").write_text(f"{RUN}echo changed >run")
    written, _ = manifest()
    body = {"gear": written, "exchange": {"rootfs-url": f"dir:{tmp_path}"}}
    made = api.post(f"/gears/{written['name']}", json=body)
    assert made.status_code == 200, made.text
    job = start(made.json(), engine)
    assert wait_for(job)["state"] == "complete", said(job)
    assert (tmp_path / "run").read_text() != "changed\n"


def test_an_image_in_a_folder_of_the_engines_machine_is_run_as_it_is_now(
    api, manifest, image, engine_of, start, wait_for, said, tmp_path
):
    """Its log names the image itself; the manifest without a server, too."""
    _, name = image
    layout = tmp_path / "layout"
    subprocess.run(["podman", "save", "--quiet", "--format=oci-dir", "-o", layout, name], check=True)
    subprocess.run(["podman", "rmi", "--force", name], check=True, capture_output=True)
    written, _ = manifest()
    body = {"gear": written, "exchange": {"rootfs-url": f"oci-layout:{layout}"}}
    made = api.post(f"/gears/{written['name']}", json=body)
    assert made.status_code == 200, made.text
    engine = engine_of("oci")
    engine.start()
    job = start(made.json(), engine)
    assert wait_for(job)["state"] == "complete", said(job)
    [own_id] = re.findall(r"gear ([0-9a-f]{64});", said(job))
    subprocess.run(["podman", "rmi", "--force", own_id], check=True, capture_output=True)
    (layout / "index.json").unlink()
    job = start(made.json(), engine)
    assert wait_for(job)["failure_reason"].startswith("image_pull"), said(job)
