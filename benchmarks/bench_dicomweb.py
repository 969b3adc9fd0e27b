"""DICOMweb: frames, metadata and the first picture of a series of 500 slices, with a server of its own.

    python benchmarks/bench_dicomweb.py [--slices 500] [--frames 300]

The series (512 x 512 x 16 bit) is stored once by STOW-RS. `first` is what a viewer needs before it shows anything:
search for the series, its metadata, one frame; cold, then with what the server keeps. Frames are read at random over
one connection. The same is asked of Orthanc with its DICOMweb plugin, where both are installed
(`scripts/install-test-peers`). Processor time is that of the answering processes, from storing to the last frame.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import psutil
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from bench_transfer import Server, free_port

PLUGINS = Path("/usr/share/orthanc/plugins")
SIDE = 512
BATCH = 50  # instances of one STOW request
STORE = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=b'}
JSON = {"Accept": "application/dicom+json"}
FRAME = {"Accept": 'multipart/related; type="application/octet-stream"; transfer-syntax=*'}


def instances(count: int) -> Iterator[Dataset]:
    study, series, noise = generate_uid(), generate_uid(), np.random.default_rng(1)
    for number in range(count):
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = CTImageStorage, generate_uid(), "CT"
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.PatientID, ds.PatientName = (
            study,
            series,
            "bench",
            "Bench",
        )
        ds.StudyDate, ds.InstanceNumber, ds.Rows, ds.Columns = "20200101", number + 1, SIDE, SIDE
        ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
        ds.PixelSpacing, ds.SamplesPerPixel, ds.PhotometricInterpretation = [0.7, 0.7], 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.PixelData = noise.integers(0, 400, SIDE * SIDE, dtype=np.uint16).tobytes()
        ds["PixelData"].VR = "OW"
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        yield ds


def store(web: httpx.Client, count: int) -> list[tuple[str, str, str]]:
    """Study, series and instance UIDs of what was stored."""
    uids, body = [], b""
    for number, ds in enumerate(instances(count), 1):
        out = io.BytesIO()
        dcmwrite(out, ds, enforce_file_format=True)
        body += b"--b\r\nContent-Type: application/dicom\r\n\r\n" + out.getvalue() + b"\r\n"
        uids.append((ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID))
        if number % BATCH == 0 or number == count:
            web.post("studies", content=body + b"--b--\r\n", headers={**STORE, **JSON}).raise_for_status()
            body = b""
    return uids


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measure(name: str, web: httpx.Client, uids: list[tuple[str, str, str]], frames: int) -> None:
    study, series, _ = uids[0]

    def get(path: str, headers: dict[str, str]) -> None:
        web.get(path, headers=headers).raise_for_status()

    def frame(number: int) -> None:
        get(f"studies/{study}/series/{series}/instances/{uids[number][2]}/frames/1", FRAME)

    def first() -> None:
        get(f"studies/{study}/series", JSON)
        get(f"studies/{study}/series/{series}/metadata", JSON)
        frame(len(uids) // 2)

    cold, warm = timed(first), timed(first)
    alone = timed(lambda: frame(0))
    order = random.Random(1).choices(range(len(uids)), k=frames)
    took = sorted(timed(lambda number=number: frame(number)) for number in order)
    print(
        f"{name:8} first picture {cold:7.0f} ms cold, {warm:7.0f} ms warm, one frame {alone:5.1f} ms; "
        f"{frames} frames p50 {statistics.median(took):5.1f}, p95 {took[int(frames * 0.95)]:5.1f} ms"
    )


@contextmanager
def orthanc(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A fresh Orthanc with DICOMweb: its address and process."""
    port = free_port()
    home.mkdir()
    config = {
        "StorageDirectory": str(home / "db"), "IndexDirectory": str(home / "db"), "HttpPort": port,
        "DicomServerEnabled": False, "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
        "Plugins": [str(PLUGINS / "libOrthancDicomWeb.so")], "DicomWeb": {"Enable": True},
    }  # fmt: skip
    (home / "orthanc.json").write_text(json.dumps(config))
    command = [shutil.which("Orthanc") or "/usr/sbin/Orthanc", str(home / "orthanc.json")]
    environ = {**os.environ, "TCP_NODELAY": "1"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environ)
    address = f"http://127.0.0.1:{port}/dicom-web/"
    try:
        for _ in range(200):
            try:
                if httpx.get(f"{address}studies", headers=JSON).is_success:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"Orthanc did not start: {(home / 'log').read_text()[-2000:]}")
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--slices", type=int, default=500)
    parser.add_argument("--frames", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        try:
            server.api.post("/groups", json={"_id": "bench"}).raise_for_status()
            project = server.api.post("/projects", json={"group": "bench", "label": "B"}).json()["_id"]
            base = f"http://127.0.0.1:{server.port}/api/dicomweb/projects/{project}/"
            with httpx.Client(base_url=base, headers=server.headers, timeout=600) as web:
                measure("treadle", web, store(web, asked.slices), asked.frames)
            print(f"{'':8} {server.processor_s:.1f} s of processor time, {server.peak >> 20} MiB at most")
        finally:
            server.close()
        if not (PLUGINS / "libOrthancDicomWeb.so").exists():
            raise SystemExit("Orthanc or its DICOMweb plugin is not installed: nothing to compare with")
        with orthanc(Path(folder) / "orthanc") as (address, process):
            with httpx.Client(base_url=address, timeout=600) as web:
                measure("orthanc", web, store(web, asked.slices), asked.frames)
            spent = process.cpu_times()
            memory = process.memory_info().rss
            print(f"{'':8} {spent.user + spent.system:.1f} s of processor time, {memory >> 20} MiB at last")


if __name__ == "__main__":
    main()
