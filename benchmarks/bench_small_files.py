"""Many small files: one `upload_file` of the SDK after the other, against all of them in one request.

    python benchmarks/bench_small_files.py [--files 1000] [--bytes 4096] [--rounds 3]

The SDK is the official one of `.venv-clients/sdk23` (`scripts/setup-clients`); the server is a real one
(`treadle up`) in a temporary folder. Every answer comes after the files are durable and can be found.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench_transfer import Server

SDK = Path(__file__).parents[1] / ".venv-clients" / "sdk23" / "bin" / "python"
ONE_BY_ONE = """
import os, sys, time, flywheel
key, acquisition, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = flywheel.Client(key)
target = client.get_acquisition(acquisition)
contents = [os.urandom(size) for _ in range(count)]
start = time.perf_counter()
for number, content in enumerate(contents):
    target.upload_file(flywheel.FileSpec(f"one-{number:04}.bin", content))
print(time.perf_counter() - start)
"""


def one_by_one(server: Server, count: int, size: int) -> float:
    """Seconds the SDK takes for this many calls of `upload_file`."""
    key = f"127.0.0.1:{server.port}:__force_insecure:{server.headers['Authorization'].split()[1]}"
    done = subprocess.run(
        [SDK, "-c", ONE_BY_ONE, key, new_acquisition(server), str(count), str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def one_request(server: Server, count: int, size: int) -> float:
    """Seconds one multipart request with all files takes."""
    acquisition = new_acquisition(server)
    parts = [("file", (f"all-{number:04}.bin", os.urandom(size))) for number in range(count)]
    start = time.perf_counter()
    answer = server.api.post(f"/acquisitions/{acquisition}/files", files=parts)
    spent = time.perf_counter() - start
    answer.raise_for_status()
    if len(answer.json()) != count:
        raise SystemExit("files are missing")
    return spent


def new_acquisition(server: Server) -> str:
    """An empty acquisition."""

    def make(level: str, **body: object) -> str:
        return str(server.api.post(f"/{level}", json=body).raise_for_status().json()["_id"])

    with contextlib.suppress(httpx.HTTPStatusError):  # the group of an earlier round
        make("groups", _id="bench")
    project = make("projects", group="bench", label=os.urandom(4).hex())
    return make("acquisitions", session=make("sessions", project=project, label="e"), label="a")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--bytes", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    if not SDK.exists():
        print("run scripts/setup-clients first", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        try:
            one_request(server, 50, wanted.bytes)  # warm
            pairs = [
                (
                    one_by_one(server, wanted.files, wanted.bytes),
                    one_request(server, wanted.files, wanted.bytes),
                )
                for _ in range(wanted.rounds)
            ]
        finally:
            server.close()
    slow, fast = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{wanted.files} files of {wanted.bytes} bytes, median of {wanted.rounds} rounds:")
    print(f"  upload_file one by one  {slow:8.2f} s  {wanted.files / slow:8.0f} files/s")
    print(f"  one request             {fast:8.2f} s  {wanted.files / fast:8.0f} files/s")
    print(f"  ratio                   {statistics.median(a / b for a, b in pairs):8.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
