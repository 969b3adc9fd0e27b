"""Real runs of small gears on this machine, without a server."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from treadle.engine.errors import EngineError
from treadle.engine.local import Request, Result, run_here
from treadle.engine.plan import Folder
from treadle.engine.runtimes.sandbox import SandboxRuntime

MANIFEST = {
    "name": "probe",
    "label": "Probe",
    "description": "Runs one script.",
    "version": "1",
    "author": "A",
    "license": "Other",
    "source": "",
    "url": "",
    "inputs": {},
    "config": {},
    "command": "bash script",
}


@pytest.fixture(scope="session")
def sandbox() -> SandboxRuntime:
    """Needs bubblewrap."""
    runtime = SandboxRuntime()
    try:
        runtime.check()
    except EngineError as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    return runtime


@pytest.fixture
def run_script(sandbox, tmp_path) -> Callable[..., tuple[Result, Folder, str]]:
    """Runs a bash script as a gear; gives the result, the folder, and all it printed."""
    tmp_path.chmod(0o711)
    for above in tmp_path.parents:
        if above.stat().st_uid == os.geteuid() and above.is_relative_to("/tmp"):
            above.chmod(above.stat().st_mode | 0o011)

    def run(
        script: str, *, manifest=None, options=None, inputs=None, limits=None, key=None, runtime=sandbox
    ) -> tuple[Result, Folder, str]:
        content = tmp_path / "gear"
        shutil.rmtree(content, ignore_errors=True)
        content.mkdir()
        (content / "script").write_text(script)
        described = {**MANIFEST, **(manifest or {})}
        (content / "manifest.json").write_text(json.dumps(described))
        printed: list[str] = []
        folder = Folder(tmp_path / "run")
        result = run_here(
            runtime,
            Request(described, content, None, inputs or {}, options or {}, key=key, limits=limits),
            folder,
            echo=lambda _, text: printed.append(text),
        )
        return result, folder, "".join(printed)

    return run


@pytest.fixture
def text_file(tmp_path) -> Path:
    path = tmp_path / "with a blank.txt"
    path.write_text("voxels")
    return path
