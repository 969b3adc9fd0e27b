"""Real runs of small gears on this machine, without a server."""

import http.server
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from treadle.engine.local import Request, Result, run_here
from treadle.engine.plan import Folder
from treadle.engine.root import Content
from treadle.engine.runtimes.sandbox import SandboxRuntime


@pytest.fixture(scope="session")
def probe() -> dict:
    """The manifest of a gear that runs one script."""
    return {
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
def sandbox(working) -> SandboxRuntime:
    """Needs bubblewrap."""
    return working(SandboxRuntime())


@pytest.fixture
def gear_content(probe, tmp_path) -> Callable[..., tuple[dict, Path]]:
    """Makes a gear's folder of a bash script."""

    def make(script: str, **manifest) -> tuple[dict, Path]:
        content = tmp_path / "gear"
        shutil.rmtree(content, ignore_errors=True)
        content.mkdir()
        (content / "script").write_text(script)
        described = {**probe, **manifest}
        (content / "manifest.json").write_text(json.dumps(described))
        return described, content

    return make


@pytest.fixture
def run_script(sandbox, gear_content, tmp_path) -> Callable[..., tuple[Result, Folder, str]]:
    """Runs a bash script as a gear; gives the result, the folder, and all it printed."""

    def run(
        script: str, *, manifest=None, echo=True, runtime=sandbox, **request
    ) -> tuple[Result, Folder, str]:
        described, content = gear_content(script, **(manifest or {}))
        printed: list[str] = []
        folder = Folder(tmp_path / "run")
        asked = {"inputs": {}, "options": {}, **request}
        result = run_here(
            runtime,
            Request(described, Content(content), None, **asked),
            folder,
            echo=(lambda _, text: printed.append(text)) if echo else None,
        )
        return result, folder, "".join(printed)

    return run


@pytest.fixture
def text_file(tmp_path) -> Path:
    path = tmp_path / "with a blank.txt"
    path.write_text("voxels")
    return path


@pytest.fixture
def web():
    """A server of this host that says hello."""

    class Hello(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_):
            return

    with http.server.ThreadingHTTPServer(("0.0.0.0", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
