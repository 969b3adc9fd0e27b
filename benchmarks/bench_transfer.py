"""Upload and download of a large file against `cp` to the same disk, with the server's memory.

    python benchmarks/bench_transfer.py [--size-mb 2048] [--rounds 3] [--folder DIR]

Every copy ends with fsync, `cp` as well. An upload also hashes (SHA-384, which clients see): `cp+hash` is what cp
and sha384sum take one after the other, `hash` is SHA-384 alone, of a file in memory: no upload can be faster.
The server is a real one (`treadle up`) in a temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

BLOCK = 1 << 20
BOUNDARY = "treadle-benchmark"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`treadle up` in a folder, and the largest memory its HTTP processes ever had."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        command = [
            str(Path(sys.executable).with_name("treadle")), "up", "--home", str(home), "--no-sample",
            "--http", f"127.0.0.1:{self.port}", "--dicom", f"127.0.0.1:{free_port()}",
        ]  # fmt: skip
        self.log = home.with_suffix(".log").open("wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, start_new_session=True)
        self._wait()
        key = json.loads((home / "admin.json").read_text())["api_key"].rpartition(":")[2]
        self.headers = {"Authorization": f"scitran-user {key}"}
        self.api = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/api", headers=self.headers, timeout=600
        )
        self.peak = 0
        self.processor_s = 0.0
        self._stop = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _wait(self) -> None:
        for _ in range(600):
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/api/version").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise SystemExit("the server did not start")

    def _watch(self) -> None:
        # Looked up once: listing all processes again and again would hold up the client in this very process.
        serving = [
            process
            for process in psutil.Process(self.process.pid).children(recursive=True)
            if "serve" in process.cmdline()
        ]
        while not self._stop.wait(0.05):
            try:
                self.peak = max(self.peak, *(process.memory_info().rss for process in serving))
                self.processor_s = sum(sum(process.cpu_times()[:2]) for process in serving)
            except psutil.Error:
                return

    def close(self) -> None:
        self._stop.set()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def acquisition(self) -> str:
        def make(level: str, **body: object) -> str:
            return str(self.api.post(f"/{level}", json=body).raise_for_status().json()["_id"])

        make("groups", _id="bench")
        project = make("projects", group="bench", label="p")
        session = make("sessions", project=project, subject={"label": "s"}, label="e")
        return make("acquisitions", session=session, label="a")


def copy(source: Path, target: Path) -> None:
    """cp and fsync."""
    subprocess.run(["cp", str(source), str(target)], check=True)
    with target.open("rb") as copied:
        os.fsync(copied.fileno())


def copy_and_hash(source: Path, target: Path) -> None:
    """cp, fsync and sha384sum."""
    copy(source, target)
    subprocess.run(["sha384sum", str(target)], check=True, stdout=subprocess.DEVNULL)


def hash_alone(source: Path) -> None:
    """What no upload can do without, in the server's own way."""
    with source.open("rb") as file:
        hashlib.file_digest(file, "sha384")


def upload(server: Server, path: str, source: Path) -> None:
    """A plain multipart upload, sent as fast as the socket takes it."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{source.name}"\r\n\r\n'
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.putrequest("POST", path)
    for name, value in server.headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + source.stat().st_size + len(tail)))
    connection.endheaders()
    connection.sock.sendall(head)
    with source.open("rb") as file:
        connection.sock.sendfile(file)
    connection.sock.sendall(tail)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"upload failed: {answer.status} {body[:500]!r}")


def download(server: Server, path: str, target: Path) -> None:
    """A download to disk with fsync at the end."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", path, headers=server.headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"download failed: {answer.status}")
    buffer = memoryview(bytearray(BLOCK))
    with target.open("wb", buffering=0) as out:
        while size := answer.readinto(buffer):
            out.write(buffer[:size])
        os.fsync(out.fileno())
    connection.close()


def curl_upload(server: Server, path: str, source: Path) -> None:
    """The same by curl."""
    _curl(server, path, "--form", f"file=@{source}")


def curl_download(server: Server, path: str, target: Path) -> None:
    """The same by curl, with fsync at the end."""
    _curl(server, path, "--output", str(target))
    with target.open("rb") as came:
        os.fsync(came.fileno())


def _curl(server: Server, path: str, *options: str) -> None:
    key = next(f"{name}: {value}" for name, value in server.headers.items())
    command = ["curl", "--silent", "--show-error", "--fail", "--header", key, *options]
    subprocess.run([*command, f"http://127.0.0.1:{server.port}{path}"], check=True, stdout=subprocess.DEVNULL)


def timed(action: Callable[[], None]) -> float:
    os.sync()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def timed_with_processor(server: Server, action: Callable[[], None]) -> tuple[float, float]:
    """Seconds passed, and seconds of processor time the server spent."""
    before = server.processor_s
    passed = timed(action)
    time.sleep(0.15)  # the watcher looks every 50 ms
    return passed, server.processor_s - before


def report(name: str, seconds: list[float], size: int, base: float | None) -> float:
    middle = statistics.median(seconds)
    ratio = "" if base is None else f"  {middle / base:5.2f} x cp"
    each = " ".join(f"{value:.2f}" for value in seconds)
    print(f"{name:<10} {middle:7.2f} s  {size / middle / 1e6:7.0f} MB/s{ratio}   ({each})")
    return middle


def make_file(path: Path, size: int) -> None:
    block = os.urandom(64 * BLOCK)
    with path.open("wb") as out:
        for start in range(0, size, len(block)):
            piece = block[: min(len(block), size - start)]
            out.write(start.to_bytes(8, "big") + piece[8:])  # no two blocks alike


def renew(path: Path) -> None:
    """New content: equal content is stored once."""
    with path.open("r+b") as file:
        file.write(os.urandom(8))


def run(folder: Path, size: int, rounds: int) -> None:
    source, target = folder / "source.bin", folder / "copy.bin"
    make_file(source, size)
    home = folder / "home"
    server = Server(home)
    try:
        acquisition = server.acquisition()
        path = f"/api/acquisitions/{acquisition}/files"
        actions: dict[str, Callable[[], None]] = {
            "upload": lambda: upload(server, path, source),
            "download": lambda: download(server, f"{path}/{source.name}", target),
        }
        if shutil.which("curl"):
            actions["curl up"] = lambda: curl_upload(server, path, source)
            actions["curl down"] = lambda: curl_download(server, f"{path}/{source.name}", target)
        times: dict[str, list[float]] = {name: [] for name in ("cp", "cp+hash", "hash", *actions)}
        processor: dict[str, list[float]] = {name: [] for name in actions}
        time.sleep(0.5)
        idle = server.peak
        for _ in range(rounds):
            renew(source)
            target.unlink(missing_ok=True)
            times["cp"].append(timed(lambda: copy(source, target)))
            target.unlink()
            times["cp+hash"].append(timed(lambda: copy_and_hash(source, target)))
            target.unlink()
            times["hash"].append(timed(lambda: hash_alone(source)))
            for name, action in actions.items():
                if name == "curl up":
                    renew(source)
                passed, spent = timed_with_processor(server, action)
                times[name].append(passed)
                processor[name].append(spent)
            if subprocess.run(["cmp", str(source), str(target)], check=False).returncode:
                raise SystemExit("the downloaded file differs")
        base = report("cp", times["cp"], size, None)
        for name in ("cp+hash", "hash", *actions):
            report(name, times[name], size, base)
        for name, spent in processor.items():
            print(f"processor time of the server, {name}: {statistics.median(spent):.2f} s")
        print(f"memory of the server: {idle >> 20} MiB idle, {server.peak >> 20} MiB at most")
    finally:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size-mb", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="treadle-bench-", dir=options.folder))
    folder.chmod(0o755)  # the embedded database runs as another account when we are root
    try:
        run(folder, options.size_mb << 20, options.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
