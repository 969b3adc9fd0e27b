"""The main job, end to end: real series sent by DCMTK's storescu become sessions anybody can find and download."""

import hashlib
import io
import json
import os
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest
from fault_kit import Treadle
from pydicom.filereader import read_file_meta_info

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("corpus")]

# storescu's option that proposes a transfer syntax beside the uncompressed ones.
OPTIONS = {
    "1.2.840.10008.1.2": "-xi",
    "1.2.840.10008.1.2.1": "-xe",
    "1.2.840.10008.1.2.2": "-xb",
    "1.2.840.10008.1.2.1.99": "-xd",
    "1.2.840.10008.1.2.4.50": "-xy",
    "1.2.840.10008.1.2.4.51": "-xx",
    "1.2.840.10008.1.2.4.57": "-xs",
    "1.2.840.10008.1.2.4.70": "-xs",
    "1.2.840.10008.1.2.4.90": "-xv",
    "1.2.840.10008.1.2.4.91": "-xw",
    "1.2.840.10008.1.2.5": "-xr",
}
DICOMDIR = "1.2.840.10008.1.3.10"


def _by_option(folder: Path) -> dict[str, list[Path]]:
    found = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.open("rb").read(132)[128:] != b"DICM":
            continue
        meta = read_file_meta_info(path)
        if meta.MediaStorageSOPClassUID != DICOMDIR:
            found[OPTIONS[meta.TransferSyntaxUID]].append(path)
    return found


def _flat(session: dict, acquisition: dict, file: dict) -> dict[str, Any]:
    subject = session["subject"]
    found = {
        **{f"subject.{name}": subject[name] for name in ("label", "firstname", "lastname", "sex")},
        **{
            f"session.{name}": session[name]
            for name in ("uid", "label", "operator", "timestamp", "timezone", "age", "weight")
        },
        **{f"acquisition.{name}": acquisition[name] for name in ("uid", "label", "timestamp", "timezone")},
        **{f"file.{name}": file[name] for name in ("name", "type", "modality", "zip_member_count")},
    }
    return {name: _instant(name, value) for name, value in found.items() if value is not None}


def _instant(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("timestamp") else value


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Treadle]:
    """A server of its own: other tests put some of the same studies elsewhere."""
    server = Treadle(tmp_path_factory.mktemp("corpus") / "home")
    server.start_ready()
    yield server
    server.close()


@pytest.fixture(scope="module")
def api(server: Treadle) -> Iterator[httpx.Client]:
    with server.client(timeout=60) as client:
        yield client


def _sessions(api: httpx.Client, uids: set[str]) -> list[dict]:
    listed = ",".join(sorted(uids))
    return api.get("/sessions", params={"filter": f"uid=|[{listed}]"}).raise_for_status().json()


@pytest.fixture(scope="module")
def archive(server: Treadle, api, dicom_data: Path, program: Callable[[str], str]) -> dict[str, dict]:
    """The whole corpus sent; what the server has of each expected series, by acquisition uid and file name."""
    expected = json.loads((dicom_data / "expected.json").read_text())
    for option, paths in _by_option(dicom_data).items():
        sent = subprocess.run(
            [program("storescu"), "-R", option, "-aec", "TREADLE", "127.0.0.1", str(server.dicom),
             *map(str, paths)],
            capture_output=True,
            check=False,
            env={**os.environ, "TCP_NODELAY": "1"},
        )  # fmt: skip
        assert sent.returncode == 0, sent.stderr[-2000:]
    wanted = sum(file["file.zip_member_count"] for series in expected for file in series["expect"])
    uids = {series["StudyInstanceUID"] for series in expected}
    wait_until(lambda: _members(_collect(api, uids)) >= wanted, "all instances")
    return _collect(api, uids)


def _members(found: dict[str, dict]) -> int:
    return sum(entry["file"]["zip_member_count"] for entry in found.values())


def _collect(api: httpx.Client, uids: set[str]) -> dict[str, dict]:
    found = {}
    for session in _sessions(api, uids):
        for acquisition in api.get(f"/sessions/{session['_id']}/acquisitions").json():
            for file in acquisition["files"]:
                key = f"{acquisition['uid']} {file['name']}"
                found[key] = {
                    "flat": _flat(session, acquisition, file),
                    "session": session,
                    "acquisition": acquisition,
                    "file": file,
                }
    return found


def _expected(dicom_data: Path) -> dict[str, dict]:
    listed = json.loads((dicom_data / "expected.json").read_text())
    return {
        f"{entry['acquisition.uid']} {entry['file.name']}": {
            name: _instant(name, value) for name, value in entry.items()
        }
        for series in listed
        for entry in series["expect"]
    }


def test_every_series_of_the_corpus_is_placed_exactly_as_expected(archive, dicom_data: Path) -> None:
    expected = _expected(dicom_data)
    found = {key: entry["flat"] for key, entry in archive.items()}
    assert {key: _of_series(found.get(key, {}), entry) for key, entry in expected.items()} == expected


def _of_series(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Without what another series told about the same subject: unset fields are filled, never overwritten."""
    return {
        name: value for name, value in found.items() if name in expected or not name.startswith("subject.")
    }


def test_what_cannot_be_routed_is_parked_where_administrators_see_it(archive, api) -> None:
    projects = {entry["session"]["project"] for entry in archive.values()}
    assert len(projects) == 1
    project = api.get(f"/projects/{projects.pop()}").json()
    assert (project["group"], project["label"]) == ("unknown", "Unsorted")


def test_downloads_are_the_instances_that_were_sent(archive, api, dicom_data: Path) -> None:
    sent = {_essence(path) for path in (dicom_data / "philips_mr").rglob("*.dcm")}
    series = {uid for uid, _ in sent}
    uids = {pydicom.dcmread(path).SeriesInstanceUID for path in (dicom_data / "philips_mr").rglob("*.dcm")}
    entry = next(entry for entry in archive.values() if entry["acquisition"]["uid"].split("_")[0] in uids)
    address = f"/acquisitions/{entry['acquisition']['_id']}/files/{entry['file']['name']}"
    packed = zipfile.ZipFile(io.BytesIO(api.get(address).raise_for_status().content))
    got = {_essence(io.BytesIO(packed.read(name))) for name in packed.namelist()}
    assert got == sent
    assert len(got) == len(series)


def _essence(source: Any) -> tuple[str, str]:
    """What no sender may change (storescu writes sequences and group lengths its own way)."""
    ds = pydicom.dcmread(source)
    return ds.SOPInstanceUID, hashlib.sha256(ds.PixelData).hexdigest()


def test_headers_are_searchable_by_field(archive, api) -> None:
    found = api.get(
        "/files", params={"filter": "info.header.dicom.Manufacturer=~(?i)siemens", "limit": "200"}
    ).json()
    assert {entry["file"]["file_id"] for entry in archive.values()} & {
        row["file_id"] for row in found["results"]
    }


def test_every_instance_can_be_read_alone_without_unpacking(archive, api) -> None:
    entry = next(entry for entry in archive.values() if entry["file"]["zip_member_count"] == 28)
    file_id = entry["file"]["file_id"]
    listed = api.get(f"/x/files/{file_id}/instances").raise_for_status().json()["instances"]
    assert len(listed) == 28
    raw = api.get(f"/x/files/{file_id}/instances/{listed[3]['sop_uid']}").raise_for_status().content
    one = pydicom.dcmread(io.BytesIO(raw))
    assert one.SOPInstanceUID == listed[3]["sop_uid"]
    assert len(one.PixelData) == listed[3]["rows"] * listed[3]["columns"] * 2
