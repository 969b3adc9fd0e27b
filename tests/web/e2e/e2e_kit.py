"""What the browser tests arrange with: the API, a scanner, generated series."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, Request
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from treadle.testing.waiting import wait_until

AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"
MOST_CALLS = 6  # of a page, until it is there
# Colours between two themes are of neither.
TRANSITIONS = """() => Promise.allSettled(
  document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity).map(a => a.finished)
)"""
MakeSeries = Callable[..., Path]
# Addresses of the pages: p a project, g its group, u a user.
PAGES = [
    "/",
    "/projects",
    "/projects/{p}",
    "/projects/{p}/subjects",
    "/projects/{p}/overview",
    "/projects/{p}/analyses",
    "/projects/{p}/jobs",
    "/projects/{p}/templates",
    "/projects/{p}/rules",
    "/projects/{p}/settings",
    "/projects/{p}/deid",
    "/projects/{p}/views",
    "/projects/{p}/views/new",
    "/projects/{p}/permissions",
    "/projects/{p}/trash",
    "/groups",
    "/groups/{g}",
    "/groups/{g}/deid",
    "/search",
    "/collections",
    "/who/{p}",
    "/jobs",
    "/batch",
    "/batch/new",
    "/gears",
    "/run",
    "/misrouted",
    "/routing",
    "/about",
    "/me",
    "/admin/users",
    "/admin/users/{u}",
    "/admin/roles",
    "/admin/roles/new",
    "/admin/roles/000000000000000000000001",
    "/admin/devices",
    "/admin/modalities",
    "/admin/modalities/MR",
    "/admin/modalities/new",
    "/admin/usage",
    "/admin/site",
    "/admin/deid",
    "/admin/log",
    "/admin/trash",
]


@contextmanager
def calls(page: Page) -> Iterator[list[str]]:
    """Collects the calls that the page makes to the API; the stream of events is none."""
    made: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path.startswith("/api/") and parts.path != "/api/x/events":
            made.append(f"{request.method} {parts.path}?{parts.query}")

    page.on("request", note)
    yield made
    page.remove_listener("request", note)


@dataclass
class Server:
    """The server through its API, for arranging and checking."""

    http: httpx.Client
    dicom: tuple[str, int]

    def get(self, path: str, **query: Any) -> Any:
        """JSON of a GET."""
        return self.http.get(path, params=query).raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        """JSON of a POST."""
        return self.http.post(path, json=body).raise_for_status().json()

    def send(self, folder: Path) -> None:
        """A scanner sends all files of a folder."""
        host, port = self.dicom
        command = ["storescu", "-aec", "TREADLE", host, str(port), "-xr", "+sd", str(folder)]
        environ = {**os.environ, "TCP_NODELAY": "1"}
        subprocess.run(command, check=True, capture_output=True, timeout=120, env=environ)

    def wait_for_file(self, project: str, *, members: int) -> dict[str, Any]:
        """The project's series with this number of instances, once it is there."""

        def arrived() -> list[dict[str, Any]]:
            files = self.get("/files", filter=f"parents.project={project}", limit=50)["results"]
            return [file for file in files if file["zip_member_count"] == members]

        return wait_until(arrived, what=f"a file with {members} instances in project {project}")[0]


class Engine:
    """An engine that does by hand what a test says."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.job: dict[str, Any] = {}

    def claim(self, name: str) -> None:
        """Take the next job of this gear."""
        asked = {"whitelist": {"gear-name": [name]}, "return": {"jobs": 1}, "capabilities": ["oci"]}
        (self.job,) = self._send("POST", "/jobs/ask", json=asked)["jobs"]

    def say(self, text: str) -> None:
        """Print."""
        self._send("POST", f"/jobs/{self.job['id']}/logs", params=self._lease, json=[{"fd": 1, "msg": text}])

    def end(self, name: str, content: bytes, *, success: bool = True) -> None:
        """One output, and the end of the run."""
        sent = self._send(
            "PUT", "/engine/blobs", params={"job": self.job["id"], **self._lease}, content=content
        )
        done = {"job": self.job["id"], "files": [{"name": name, **sent}], "exit": int(not success)}
        self._send("POST", "/engine/commit", json={**done, **self._lease})

    @property
    def _lease(self) -> dict[str, str]:
        return {"lease": self.job["lease"]}

    def _send(self, method: str, path: str, **more: Any) -> Any:
        return self.client.request(method, path, **more).raise_for_status().json()


@dataclass(frozen=True)
class Place:
    """A project of one test's own."""

    group: str
    label: str
    id: str


def write_series(
    folder: Path, *, patient_id: str, study: str, slices: int, description: str, gap: float = 2.0
) -> None:
    """A small MR series whose images all differ, this many millimetres apart."""
    folder.mkdir()
    series = generate_uid()
    for number in range(slices):
        ds = _image(number, study=study, series=series, gap=gap)
        ds.PatientID, ds.SeriesDescription = patient_id, description
        ds.save_as(folder / f"{number:03}.dcm", enforce_file_format=True)


def _image(number: int, *, study: str, series: str, gap: float) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = MRImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, series
    ds.FrameOfReferenceUID = generate_uid(entropy_srcs=[study])
    ds.Modality, ds.PatientName, ds.StudyDescription = "MR", "Phantom^E2E", "E2E"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = "20240203"
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = "101500"
    ds.InstanceNumber, ds.SeriesNumber = number + 1, 1
    ds.ImagePositionPatient = [0, 0, gap * number]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [1, 1], 2
    ds.Rows = ds.Columns = 64
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.WindowCenter, ds.WindowWidth = 500, 1000
    ground, bright = (60 + 80 * number).to_bytes(2, "little"), (900).to_bytes(2, "little")
    plain, striped = ground * 64, ground * 8 + bright * 16 + ground * 40
    ds.PixelData = b"".join(striped if 8 <= row < 24 + 2 * number else plain for row in range(64))
    return ds


def start(server: Server, gear: dict[str, Any], file_id: str) -> str:
    """Ask for a run of the gear on a file: the job's id."""
    inputs = {"words": {"file_id": file_id}}
    made: str = server.post("/jobs/add", {"gear_id": gear["_id"], "inputs": inputs})["_id"]
    return made


def axe_violations(page: Page, *rules: str) -> list[str]:
    """What axe finds wrong with the page as it stands: by these rules, else by WCAG 2.0 to 2.2, levels A and AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    page.evaluate(TRANSITIONS)
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found: list[str] = page.evaluate(
        """async runOnly => (await axe.run({runOnly, resultTypes: ['violations']})).violations
             .flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)} (${n.failureSummary})`))""",
        {"type": "rule", "values": rules} if rules else {"type": "tag", "values": levels},
    )
    return found
