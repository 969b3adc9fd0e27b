"""DICOM ingest side by side in one run: Treadle, Orthanc, DCMTK storescp.

For instance sizes and numbers of parallel `storescu`, prints acknowledged instances per second of each receiver,
the ratio to Orthanc, and for Treadle the rate until the last instance is visible through the API. Every cell
starts with an empty receiver that has taken one instance before, so that starting up is not measured.
TCP_NODELAY=1 is set for all DCMTK programs and Orthanc: without it each instance costs them 45 ms.

Beside the rates stands the processor time per instance of every process involved: on a busy machine it says more.

    python benchmarks/bench_ingest.py                    # full size, with `treadle up`
    python benchmarks/bench_ingest.py --large 300 --small 1000 --only connector
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from ingest_floor import floor_ms
from treadle.cli.sample_phantom import Painter, Plane

ROLES = {"treadle.connector.receive": "receivers", " connector ": "connector", " serve ": "api", " worker ": "worker",
         "postgres": "database", "Orthanc": "Orthanc", "storescp": "storescp"}  # fmt: skip
ENVIRON = {**os.environ, "TCP_NODELAY": "1"}
STUDY = "1.2.826.0.1.3680043.10.200"
PER_SERIES = 250
QUIET_S = 1
PAGED = {"X-Accept-Feature": "pagination"}
CONTRAST = {"air": (6, 4), "scalp": (700, 16), "bone": (80, 8), "fluid": (150, 10), "grey": (420, 14),
            "white": (560, 14), "lesion": (760, 16)}  # fmt: skip
CONNECTOR = """
import sys
from pathlib import Path
from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.main import run
run(ConnectorConfig(spool=Path(sys.argv[1]), server_url="http://127.0.0.1:9", api_key="none", host="127.0.0.1",
                    port=int(sys.argv[2]), defaults=DeviceConfig(series_quiet_s=600)))
"""


@dataclass
class Outcome:
    """What one receiver did in one cell."""

    acked_per_s: float
    acked_ms: dict[str, float]
    visible_per_s: float | None = None
    visible_ms: dict[str, float] = field(default_factory=dict)
    receivers_mib: float | None = None
    synced_per_s: float | None = None


@dataclass
class Cell:
    """One size of instance with one number of senders."""

    name: str
    files: list[Path]
    senders: int
    series: int
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)


def generate(folder: Path, count: int, pixels: int, per_series: int = PER_SERIES) -> list[Path]:
    """`count` MR slices in series of so many: a head in noise that packs like a scanner's (to 30 to 40 %)."""
    folder.mkdir(parents=True)
    painter, edge = Painter(CONTRAST, seed=pixels), -110.0
    pictures = [
        painter.paint(Plane((edge, edge, 5.0 * at - 40), (0, 1), (1, 1), pixels, -2 * edge / pixels))
        for at in range(min(count, 16))
    ]
    return [
        _slice(folder, number, pixels, per_series, pictures[number % len(pictures)])
        for number in range(count)
    ]


def _slice(folder: Path, number: int, pixels: int, per_series: int, data: bytes) -> Path:
    series = f"{STUDY}.{pixels}.{number // per_series + 1}"
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{series}.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{STUDY}.{pixels}", series
    ds.PatientID, ds.PatientName, ds.Modality = "benchmark", "Bench^Mark", "MR"
    ds.StudyDate, ds.StudyTime, ds.SeriesDescription = "20260102", "101112", f"series {number // per_series}"
    ds.InstanceNumber, ds.SliceThickness = number % per_series + 1, 1
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
    ds.Rows = ds.Columns = pixels
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelData = 1, "MONOCHROME2", data
    path = folder / f"{number:06d}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def send(files: list[Path], *, port: int, title: str, senders: int) -> float:
    """Seconds until the last of `senders` parallel storescu has its last acknowledgement."""
    share = -(-len(files) // senders)
    echo = ["echoscu", "-aec", title, "127.0.0.1", str(port)]
    wait_until(lambda: subprocess.run(echo, env=ENVIRON, check=False).returncode == 0, for_s=30)
    time.sleep(1)  # starting up is not what is measured
    begin = time.perf_counter()
    running = [
        subprocess.Popen(
            ["storescu", "-aec", title, "127.0.0.1", str(port), *map(str, files[at : at + share])],
            env=ENVIRON,
        )
        for at in range(0, len(files), share)
    ]
    codes = [sender.wait() for sender in running]
    if any(codes):
        raise SystemExit(f"storescu to {title} failed: {codes}")
    return time.perf_counter() - begin


@contextmanager
def running(command: list[str], *, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A receiver program, ready on `port`, ended afterwards."""
    process = subprocess.Popen(
        command, env={**ENVIRON, "TREADLE_CONNECTOR__SERIES_QUIET": str(QUIET_S)}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: is_open(port), for_s=120)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], object], *, for_s: float, every_s: float = 0.05) -> None:
    """Ask again after `every_s` or a fiftieth of the time waited so far: asking costs, too."""
    begin = time.monotonic()
    while not is_true():
        waited = time.monotonic() - begin
        if waited > for_s:
            raise SystemExit("waited in vain")
        time.sleep(max(every_s, waited / 50))


class Meter:
    """Processor time since its making, by role, of a process with all below it and of the senders."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._start = self._now()

    def ms_each(self, count: int) -> dict[str, float]:
        """Milliseconds for each of `count` instances."""
        return {
            role: (spent - self._start.get(role, 0.0)) / count * 1000 for role, spent in self._now().items()
        }

    def _now(self) -> dict[str, float]:
        senders = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = {"senders": senders.ru_utime + senders.ru_stime}
        for process in (psutil.Process(self._root), *psutil.Process(self._root).children(recursive=True)):
            try:
                command, times = " ".join(process.cmdline()), process.cpu_times()
            except psutil.Error:
                continue
            role = next((role for word, role in ROLES.items() if word in command), "others")
            spent[role] = spent.get(role, 0.0) + sum(times[:4])  # with children that have ended
        return spent


def run_orthanc(cell: Cell, home: Path) -> Outcome:
    port, http = free_port(), free_port()
    config = {
        "Name": "T", "StorageDirectory": str(home / "db"), "IndexDirectory": str(home / "db"), "HttpPort": http,
        "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "DicomAet": "ORTHANC", "DicomPort": port,
        "DicomCheckCalledAet": False, "DicomAlwaysAllowStore": True, "DicomAlwaysAllowEcho": True,
        "MaximumPduLength": 131072, "UnknownSopClassAccepted": True,
    }  # fmt: skip
    (home / "orthanc.json").write_text(json.dumps(config))
    with running([_orthanc(), str(home / "orthanc.json")], port=port) as process:
        send(generate(home / "warm-up", 1, 64), port=port, title="ORTHANC", senders=1)
        meter = Meter(process.pid)
        seconds = send(cell.files, port=port, title="ORTHANC", senders=cell.senders)
        spent = meter.ms_each(len(cell.files))
        count = httpx.get(f"http://127.0.0.1:{http}/statistics").json()["CountInstances"]
    if count != len(cell.files) + 1:
        raise SystemExit(f"Orthanc has {count} of {len(cell.files)}")
    return Outcome(len(cell.files) / seconds, spent)


def _orthanc() -> str:
    return shutil.which("Orthanc") or "/usr/sbin/Orthanc"


def run_storescp(cell: Cell, home: Path) -> Outcome:
    """A process for each association, files written as they come and synced after the last acknowledgement."""
    port = free_port()
    program = shutil.which("storescp", path="/usr/bin:/usr/local/bin") or "storescp"
    options = ["--bit-preserving", "--fork", "--max-pdu", "131072", "-od", str(home), "-aet", "STORESCP"]
    with running([program, *options, str(port)], port=port) as process:
        meter = Meter(process.pid)
        seconds = send(cell.files, port=port, title="STORESCP", senders=cell.senders)
        spent = meter.ms_each(len(cell.files))
    synced_s = seconds + sync_each(home, at_once=cell.senders)
    return Outcome(len(cell.files) / seconds, spent, synced_per_s=len(cell.files) / synced_s)


def sync_each(folder: Path, *, at_once: int) -> float:
    """Seconds until the disk has every file of the folder and its name."""

    def sync(path: Path) -> None:
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)

    begin = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(sync, folder.iterdir()))
    sync(folder)
    return time.perf_counter() - begin


def run_connector(cell: Cell, home: Path) -> Outcome:
    """The connector alone: receives and indexes, has no server to send to."""
    port = free_port()
    with running([sys.executable, "-c", CONNECTOR, str(home / "spool"), str(port)], port=port) as process:
        meter = Meter(process.pid)
        seconds = send(cell.files, port=port, title="TREADLE", senders=cell.senders)
        spent, memory = meter.ms_each(len(cell.files)), receivers_mib(process.pid)
    return Outcome(len(cell.files) / seconds, spent, receivers_mib=memory)


@contextmanager
def treadle_up(home: Path) -> Iterator[tuple[int, int, httpx.Client]]:
    """`treadle up`, warm: its process, its DICOM port and its API."""
    http, dicom = free_port(), free_port()
    command = [str(Path(sys.executable).with_name("treadle")), "up", "--home", str(home), "--no-sample",
               "--http", f"127.0.0.1:{http}", "--dicom", f"127.0.0.1:{dicom}"]  # fmt: skip
    with running(command, port=dicom) as process:
        wait_until((home / "admin.json").exists, for_s=60)
        key = json.loads((home / "admin.json").read_text())["api_key"].rpartition(":")[2]
        with httpx.Client(
            base_url=f"http://127.0.0.1:{http}/api/",
            headers={"Authorization": f"scitran-user {key}"},
            timeout=60,
        ) as api:
            wait_until(lambda: answers(api), for_s=60)
            send(generate(home / "warm-up", 1, 64), port=dicom, title="TREADLE", senders=1)
            wait_until(lambda: visible(api) == 1, for_s=60)
            yield process.pid, dicom, api


def run_treadle(cell: Cell, home: Path) -> Outcome:
    """`treadle up`: acknowledged, and visible through the API."""
    count = len(cell.files)
    with treadle_up(home) as (pid, port, api):
        meter = Meter(pid)
        seconds = send(cell.files, port=port, title="TREADLE", senders=cell.senders)
        acked_at = time.perf_counter()
        acked_ms, memory = meter.ms_each(count), receivers_mib(pid)
        wait_until(lambda: series_visible(api) > cell.series and visible(api) > count, for_s=300, every_s=0.2)
        visible_s = seconds + time.perf_counter() - acked_at
        visible_ms = meter.ms_each(count)
    return Outcome(count / seconds, acked_ms, count / visible_s, visible_ms, memory)


def latency(files: list[Path], per_series: int, work: Path) -> str:
    """Seconds from the last acknowledgement of a series until it is visible, without the quiet time."""
    waits = []
    with treadle_up(Path(tempfile.mkdtemp(prefix="latency-", dir=work))) as (_, port, api):
        for at in range(0, len(files), per_series):
            send(files[at : at + per_series], port=port, title="TREADLE", senders=1)
            acked_at = time.perf_counter()
            wanted = at + per_series + 1
            wait_until(lambda wanted=wanted: visible(api) >= wanted, for_s=60, every_s=0.02)
            waits.append(time.perf_counter() - acked_at - QUIET_S)
    median, worst = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    return f"\nfrom complete to visible, {len(waits)} series of {per_series}: p50 {median:.2f} s, p95 {worst:.2f} s"


def answers(api: httpx.Client) -> bool:
    """Whether the API is up."""
    try:
        return api.get("version").status_code == 200
    except httpx.TransportError:
        return False


def visible(api: httpx.Client) -> int:
    """Instances in files that the API lists."""
    acquisitions = api.get("acquisitions", params={"limit": 1000, "exhaustive": "true"}).json()
    return sum(file.get("zip_member_count") or 0 for one in acquisitions for file in one["files"])


def series_visible(api: httpx.Client) -> int:
    """Acquisitions that the API lists: as many as series, and cheaper to ask for again and again."""
    page = api.get("acquisitions", params={"limit": 1, "exhaustive": "true"}, headers=PAGED).json()
    return int(page["total"])


def receivers_mib(root: int) -> float:
    """Resident memory of the receiver processes below `root`."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"treadle.connector.receive" in path.read_bytes() and _is_below(int(path.parent.name), root):
                total += int((path.parent / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        except OSError:
            continue
    return total / (1 << 20)


def _is_below(pid: int, root: int) -> bool:
    while pid > 1 and pid != root:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pid == root


RECEIVERS: dict[str, Callable[[Cell, Path], Outcome]] = {
    "orthanc": run_orthanc,
    "connector": run_connector,
    "treadle": run_treadle,
    "storescp": run_storescp,
}


def measure(cell: Cell, names: list[str], *, rounds: int, work: Path) -> None:
    """Fill the cell; receivers take turns so that a slow minute of the machine hits all."""
    for _ in range(rounds):
        for name in names:
            # Nothing is deleted before the end: the disk would still be busy with it during the next run.
            home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=work))
            os.sync()
            time.sleep(1)
            cell.outcomes.setdefault(name, []).append(RECEIVERS[name](cell, home))
    print(render(cell), flush=True)
    if "treadle" in cell.outcomes:
        print(render_bounds(cell), flush=True)


def render_bounds(cell: Cell) -> str:
    """How many would be visible each second if no processor ever waited, and if nothing but the least was to do."""
    found = min(cell.outcomes["treadle"], key=lambda one: sum(one.visible_ms.values()))
    all_ms = sum(found.visible_ms.values())
    least_ms = floor_ms(cell.files) + sum(found.acked_ms[role] for role in ("senders", "receivers"))
    processors = os.cpu_count() or 1
    return (
        f"  {processors} processors that never wait: {processors * 1000 / all_ms:.0f}/s visible;"
        f" if only sending, receiving, deflate and hashes took time ({least_ms:.2f} ms each),"
        f" {processors * 1000 / least_ms:.0f}/s"
    )


def render(cell: Cell) -> str:
    """One line per receiver, medians over the rounds."""
    lines = [f"\n{cell.name}, {len(cell.files)} instances, {cell.senders} sender(s)"]
    medians = {
        name: statistics.median(one.acked_per_s for one in found) for name, found in cell.outcomes.items()
    }
    base = medians.get("orthanc")
    for name, found in cell.outcomes.items():
        line = f"  {name:10} acknowledged {medians[name]:7.0f}/s"
        line += f"  = {medians[name] / base:4.2f} x Orthanc" if base else ""
        seen = [one.visible_per_s for one in found if one.visible_per_s]
        if seen:
            rate = statistics.median(seen)
            line += f"   visible {rate:7.0f}/s" + (f" = {rate / base:4.2f} x" if base else "")
        synced = [one.synced_per_s for one in found if one.synced_per_s]
        line += f"   then synced {statistics.median(synced):7.0f}/s" if synced else ""
        memory = [one.receivers_mib for one in found if one.receivers_mib]
        line += f"   receivers {max(memory):.0f} MiB" if memory else ""
        lines += [line, *_processor("acknowledged", [one.acked_ms for one in found])]
        lines += _processor("visible", [one.visible_ms for one in found if one.visible_ms])
    return "\n".join(lines)


def _processor(until: str, found: list[dict[str, float]]) -> Iterator[str]:
    """A line of processor time, of the round that took least: other programs only ever add to it."""
    if found:
        least = min(found, key=lambda spent: sum(spent.values()))
        parts = ", ".join(f"{role} {ms:.2f}" for role, ms in sorted(least.items()) if ms >= 0.01)
        yield f"             processor until {until}: {sum(least.values()):.2f} ms each ({parts})"


def main() -> None:
    """Parse the flags, generate, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", type=int, default=2000, help="instances of 0.5 MB")
    parser.add_argument("--small", type=int, default=5000, help="instances of 10 kB")
    parser.add_argument("--per-series", type=int, default=PER_SERIES, help="instances in a series")
    parser.add_argument(
        "--latency", type=int, default=0, help="series of 100 x 0.5 MB to follow until visible"
    )
    parser.add_argument("--senders", default="1,4", help="numbers of parallel storescu")
    parser.add_argument("--only", default="orthanc,treadle,connector,storescp", help="receivers to run")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--work", type=Path, default=None, help="folder on the disk to measure")
    flags = parser.parse_args()
    names = [name for name in flags.only.split(",") if name in RECEIVERS]
    with tempfile.TemporaryDirectory(dir=flags.work, prefix="ingest-") as folder:
        work = Path(folder)
        sets = {"0.5 MB": generate(work / "large", flags.large, 512, flags.per_series)} if flags.large else {}
        sets |= {"10 kB": generate(work / "small", flags.small, 70, flags.per_series)} if flags.small else {}
        for name, files in sets.items():
            for senders in map(int, flags.senders.split(",")):
                measure(
                    Cell(name, files, senders, series=-(-len(files) // flags.per_series)),
                    names,
                    rounds=flags.rounds,
                    work=work,
                )
        if flags.latency:
            print(latency(generate(work / "latency", 100 * flags.latency, 512, 100), 100, work), flush=True)


if __name__ == "__main__":
    main()
