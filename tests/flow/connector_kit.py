"""A connector as a process of its own, the small server it sends to, and senders, for the flow tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from treadle.deid import Profile
from treadle.testing.ports import free_port, is_open
from treadle.testing.waiting import wait_until

HERE = Path(__file__).parent
RUNNER = """
import json, sys
from pathlib import Path
from treadle.connector.config import ConnectorConfig, DeviceConfig, free_limits
from treadle.connector.deid_config import DeidConfig, load_profile
from treadle.connector.main import run
from treadle.connector.pull_config import PullConfig
from treadle.dicom.config import MappingConfig
from treadle.dicom.optin import OptConfig
def device(options):
    opt, pull = OptConfig(**options.get("opt", {})), PullConfig(**options.get("pull", {}))
    deid = options.get("deid", {})
    profile = load_profile(deid["profile"], Path()) if "profile" in deid else None
    deid = DeidConfig(**{**deid, "profile": profile})
    mapping = MappingConfig.from_flat(options.get("mapping", {}))
    return DeviceConfig(**{**options, "opt": opt, "pull": pull, "deid": deid, "mapping": mapping})
options = json.loads(sys.argv[1])
limits = free_limits(**options.pop("limits"))
devices = tuple(map(device, options.pop("devices")))
defaults = device(options.pop("defaults"))
spool = Path(options.pop("spool"))
sys.exit(run(ConnectorConfig(spool=spool, limits=limits, devices=devices, defaults=defaults, **options)))
"""


@dataclass
class Door:
    """The small server; its state survives `kill` and `start`."""

    folder: Path
    port: int = field(default_factory=free_port)
    part_size: int = 16 << 20
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "connector_door.py"), str(self.port), str(self.folder)],
            env={**os.environ, "PART_SIZE": str(self.part_size)},
        )
        wait_until(lambda: is_open(self.port), what="door opens")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def faults(self, *faults: tuple[str, str, int]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        document = [{"on": on, "do": do, "times": times} for on, do, times in faults]
        part = self.folder / "faults.new"
        part.write_text(json.dumps(document))
        part.replace(self.folder / "faults.json")

    def deid(self, text: str | None, *, version: int = 1, **more: object) -> None:
        """From now on this profile applies to everything; None: there is none."""
        document: dict = {"profile": None, **more}
        if text is not None:
            sha256 = Profile.load(text).sha256
            document["profile"] = {"profile_id": "site", "version": version, "sha256": sha256, "text": text}
        (self.folder / "deid.json").write_text(json.dumps(document))

    def files(self) -> list[dict]:
        """Every file the server has, with its versions."""
        found = []
        for path in sorted(self.folder.glob("????????????????????????.json")):
            found.append(json.loads(path.read_text()))
        return found

    def sops(self) -> list[str]:
        """SOP Instance UIDs of the newest version of every file."""
        return sorted(
            item["sop_uid"]
            for file in self.files()
            for item in file["versions"][-1]["done"]["file"]["instances"]
        )

    def zip_of(self, version: dict) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.folder / f"{version['ticket']}.zip")


class Runs:
    """What ends a process and reads its log; `log_path` and `process` are the heir's."""

    log_path: Path
    process: subprocess.Popen[bytes] | None
    patience_s = 10

    def log(self) -> str:
        return self.log_path.read_text()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(self.patience_s)
        finally:
            self.kill()

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Connector(Runs):
    """A connector process; `options` are those of ConnectorConfig."""

    spool: Path
    server_url: str
    options: dict = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {
            "spool": str(self.spool), "server_url": self.server_url, "api_key": "key", "port": self.port,
            "host": "127.0.0.1", "limits": {"min_free": 0}, "devices": [], "defaults": {"series_quiet_s": 1},
            "retry_first_s": 0.2, "heartbeat_s": 1, "processes": 2, **self.options,
        }  # fmt: skip
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUNNER, json.dumps(options)], stderr=log, stdin=subprocess.DEVNULL
            )
        wait_until(lambda: self.process.poll() is not None or is_open(self.port), what="connector listens")
        assert self.process.poll() is None, self.log()

    @property
    def log_path(self) -> Path:
        return self.spool.with_suffix(".log")

    def receivers(self) -> list[int]:
        """Process ids of the receivers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = [int(pid) for task in children.parent.parent.iterdir()
                 for pid in (task / "children").read_text().split()]  # fmt: skip
        return [pid for pid in found if b"treadle.connector.receive" in _command_line(pid)]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def make_instances(
    folder: Path,
    count: int,
    *,
    series: int = 1,
    first: int = 0,
    pixels: int = 16,
    text: str = "",
    root: str = "1.2.826.0.1.3680043.10.99",
) -> list[Path]:
    """Generated MR slices, `count` for each of `series` series."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _write(folder, f"{root}.{one}", number, pixels=pixels, text=text, study=root)
        for one in range(1, series + 1)
        for number in range(first, first + count)
    ]


def _write(folder: Path, series_uid: str, number: int, *, pixels: int, text: str, study: str) -> Path:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{series_uid}.{number + 1}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, series_uid
    ds.PatientID, ds.PatientName, ds.Modality = "fw://psych/study01", "Marked^Patient", "MR"
    ds.StudyDate, ds.StudyTime, ds.SeriesDescription = "20260102", "101112", f"series {series_uid[-1]}"
    ds.InstanceNumber, ds.ImageComments = number + 1, text
    ds.Rows = ds.Columns = pixels
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.PixelData = number.to_bytes(2, "little") * (pixels * pixels)
    path = folder / f"{series_uid}.{number + 1}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def send(
    files: Iterable[Path], port: int, *options: str, aec: str = "TREADLE"
) -> subprocess.CompletedProcess:
    """DCMTK's storescu."""
    return subprocess.run(
        ["storescu", "-v", "-aec", aec, *options, "127.0.0.1", str(port), *map(str, files)],
        env={**os.environ, "TCP_NODELAY": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def acknowledged(result: subprocess.CompletedProcess) -> list[str]:
    """Files storescu got a success for."""
    done, current = [], ""
    for line in (result.stdout + result.stderr).splitlines():
        if "Sending file: " in line:
            current = line.split("Sending file: ")[1].strip()
        elif "Received Store Response (Success)" in line:
            done.append(Path(current).stem)
    return done
