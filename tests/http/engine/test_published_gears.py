"""Gears as exchanges publish them: a whole root file system at an https address, with its hash."""

from __future__ import annotations

import hashlib
import http.server
import json
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "gears"))
sys.path.insert(0, str(Path(__file__).parents[2] / "peers"))
from container_kit import pack_root
from tls_front import TlsFront

from treadle.engine.runtimes.oci import ContainerRuntime

RUN = """#!/bin/bash
echo "system: $(cat /etc/system)"
[ -e /usr/bin/perl ] && echo "host's programs are seen"
echo "I am $(id -u)"
(echo x >/usr/new) 2>/dev/null && echo "root can be written"
echo kept >own/work && cat own/work
echo $TMPDIR >/tmp/a && cat /tmp/a
(cat <config.json >output/config.txt) && ls / >output/root.txt
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Says nothing of what it hands out."""

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Iterator[tuple[Path, TlsFront]]:
    """A folder, and the https server that hands out what is in it."""
    folder = tmp_path_factory.mktemp("shelf")
    serve = partial(Quiet, directory=str(folder / "files"))
    (folder / "files").mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        front = TlsFront(folder, ("127.0.0.1", server.server_address[1]))
        yield folder / "files", front
        front.close()
        server.shutdown()


@pytest.fixture
def put_out(shelf, gear_manifest, unique, tmp_path) -> Callable[..., dict]:
    """Puts a gear on the shelf: what its publisher would write of it."""

    def make(*, sha384: str | None = None, name: str = "gear.tgz", bash: bool = True) -> dict:
        folder, front = shelf
        archive = folder / name
        if not archive.exists():
            pack_root(archive, {"run": RUN}, tmp_path, bash=bash)
        found = f"sha384:{hashlib.sha384(archive.read_bytes()).hexdigest()}"
        exchange = {"git-commit": "0" * 40, "rootfs-url": f"https://localhost:{front.port}/{name}"}
        if sha384 != "":
            exchange["rootfs-hash"] = sha384 or found
        manifest = gear_manifest(unique(), "1.0.0", inputs={}, config={}, command="bash run")
        return {"gear": manifest, "exchange": exchange}

    return make


@pytest.fixture
def publish(api, put_out) -> Callable[..., dict]:
    """Adds such a gear: its document."""

    def add(**how) -> dict:
        written = put_out(**how)
        made = api.post(f"/gears/{written['gear']['name']}", json=written)
        assert made.status_code == 200, made.text
        return made.json()

    return add


@pytest.fixture
def fetching(engine_of, shelf) -> Callable[[str], object]:
    """Starts an engine of this kind that trusts the shelf."""

    def begin(kind: str):
        one = engine_of(kind)
        one.environment["SSL_CERT_FILE"] = str(shelf[1].authority)
        one.start()
        return one

    return begin


@pytest.mark.parametrize("kind", ["sandbox", "oci"])
def test_it_runs_in_its_own_root_file_system(
    api, bubblewrap, working, publish, fetching, start, wait_for, said, kind
):
    """Fetched once, checked, and not changed by its runs."""
    if kind == "oci":
        working(ContainerRuntime())
    gear, engine = publish(), fetching(kind)
    for _ in range(2):
        job = start(gear, engine)
        assert wait_for(job)["state"] == "complete", said(job)
        log = said(job)
        assert "system: its own" in log
        assert "host's programs" not in log
        assert "kept\n" in log
        assert ("root can be written" in log) == (kind == "oci")
    assert "fetching https" not in log
    acquisition = api.get(f"/jobs/{job}").json()["destination"]["id"]
    files = {file["name"] for file in api.get(f"/acquisitions/{acquisition}").json()["files"]}
    assert files == {"config.txt", "root.txt"}


@pytest.mark.parametrize(
    ("published", "why"),
    [
        ({"sha384": f"sha384:{'0' * 96}"}, "has not the content it was published with"),
        ({"sha384": ""}, "has no rootfs-hash"),
        ({"name": "no-bash.tgz", "bash": False}, "has no /bin/bash"),
    ],
)
def test_what_cannot_be_run_is_told(bubblewrap, publish, fetching, start, wait_for, said, published, why):
    gear, engine = publish(**published), fetching("sandbox")
    job = start(gear, engine)
    assert wait_for(job)["state"] == "failed"
    assert why in said(job)


def test_it_runs_without_a_server(bubblewrap, put_out, shelf, treadle, tmp_path, monkeypatch):
    """By its manifest alone, as on the platform."""
    monkeypatch.setenv("SSL_CERT_FILE", str(shelf[1].authority))
    (tmp_path / "manifest.json").write_text(json.dumps(put_out()))
    words = ("gear", "run", tmp_path / "manifest.json", "--cache", tmp_path / "cache", "--output")
    assert "system: its own" in treadle(*words, tmp_path / "first").out
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == ["config.txt", "root.txt"]
    (shelf[0] / "gear.tgz").rename(tmp_path / "gone")
    assert "system: its own" in treadle(*words, tmp_path / "second").out
    (tmp_path / "manifest.json").write_text(json.dumps(put_out(sha384=f"sha384:{'0' * 96}")))
    assert "has not the content" in treadle(*words, tmp_path / "third", ok=False).err
