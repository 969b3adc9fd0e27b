"""A server that is killed while identified bytes arrive leaves nothing that can be read."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from treadle.testing.ports import answers, free_port
from treadle.testing.waiting import wait_until

PLANTED = b"Plantagenet^Ann" * 4096


def serve(treadle_server, home: Path):
    """An API process of its own on the site's database, with a home of its own."""
    site = Path(treadle_server.home)
    port = free_port()
    password = (site / "postgres" / "treadle.password").read_text().strip()
    environ = {
        **os.environ,
        "TREADLE_DATABASE_URL": f"postgresql://treadle:{password}@/treadle?host={site / 'postgres'}",
        "TREADLE_SITE_KEY_FILE": str(site / "site.key"),
    }
    program = [str(Path(sys.executable).with_name("treadle")), "serve"]
    process = subprocess.Popen(
        [*program, "--home", str(home), "--http", f"127.0.0.1:{port}"],
        env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    version = f"http://127.0.0.1:{port}/api/version"
    wait_until(lambda: answers(version) or process.poll() is not None, what="the second server answers")
    assert process.poll() is None
    return process, port


def half_an_upload(port: int, path: str, key: str) -> socket.socket:
    """A form that was begun and is not going on."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.dcm"\r\n\r\n'
    sender = socket.create_connection(("127.0.0.1", port), timeout=60)
    sender.sendall(
        f"POST /api{path} HTTP/1.1\r\nHost: x\r\nAuthorization: scitran-user {key}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {10**9}\r\n\r\n".encode()
    )
    for block in (head, *[PLANTED] * 40):
        sender.sendall(block)
    return sender


def waiting(home: Path) -> list[Path]:
    return [path for path in (home / "quarantine").rglob("*") if path.is_file() and path.stat().st_size]


def test_a_killed_server_leaves_nothing_readable_and_the_next_one_removes_it(
    treadle_server, tree, key, tmp_path
):
    assert tree.api.put(
        f"/projects/{tree.project}/deid", json={"text": "treadle: {preset: research}"}
    ).is_success
    tree.api.get(f"/projects/{tree.project}/deid", headers={"X-Treadle-Deid": "1"})  # the site's key exists
    process, port = serve(treadle_server, tmp_path)
    try:
        sender = half_an_upload(port, f"/acquisitions/{tree.acquisition}/files", key)
        wait_until(lambda: waiting(tmp_path), what="something is in quarantine")
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        sender.close()
    finally:
        process.kill()
    assert all(b"Plantagenet" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert tree.get(f"/acquisitions/{tree.acquisition}")["files"] == []
    process, _ = serve(treadle_server, tmp_path)
    process.terminate()
    process.wait(20)
    assert not list((tmp_path / "quarantine").iterdir())
