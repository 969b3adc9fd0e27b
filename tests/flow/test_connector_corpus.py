"""Real series of many makers, sent by DCMTK's dcmsend or pulled from Orthanc, give exactly what is expected."""

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pydicom
import pytest
from connector_kit import Connector, Door
from pull_peers import Orthanc
from pydicom.filereader import read_file_meta_info

from treadle.connector.config import ConnectorConfig, DeviceConfig
from treadle.connector.pull.by_hand import fetch
from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer]
TITLES = {"move": "ORTHANC", "get": "ANOTHER"}  # Orthanc sends as the first and answers to any


def _is_instance(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(132)[128:] != b"DICM":
            return False
    return read_file_meta_info(path).MediaStorageSOPClassUID != "1.2.840.10008.1.3.10"


@pytest.fixture(scope="module")
def corpus(dicom_data: Path) -> list[Path]:
    return [path for path in sorted(dicom_data.rglob("*")) if path.is_file() and _is_instance(path)]


@pytest.fixture(scope="module", params=["sent", "pulled"])
def archive(
    request: pytest.FixtureRequest,
    corpus: list[Path],
    program: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Door]:
    """What the server has after the whole corpus came once, in one of the ways it can come."""
    folder = tmp_path_factory.mktemp("corpus")
    door = Door(folder / "door")
    door.start()
    connector = Connector(folder / "spool", door.url)
    orthanc = Orthanc(program("Orthanc"), folder / "orthanc", connector.port)
    if request.param == "sent":
        connector.start()
        _send_all(program("dcmsend"), corpus, connector.port, aec="TREADLE")
    else:
        orthanc.start()
        _send_all(program("dcmsend"), corpus, orthanc.port, aec="ORTHANC")
        connector.options = {"devices": [_pacs(way, orthanc.port) for way in TITLES]}
        connector.start()
        _fetch_all(connector, orthanc.port, corpus)
    wait_until(lambda: len(door.sops()) == len(corpus), what="the whole corpus")
    yield door
    connector.kill()
    orthanc.kill()
    door.kill()


def _send_all(dcmsend: str, corpus: list[Path], port: int, *, aec: str) -> None:
    command = [dcmsend, "--decompress-never", "-aec", aec, "--no-halt", "127.0.0.1", str(port)]
    environ = {**os.environ, "TCP_NODELAY": "1"}
    subprocess.run([*command, *map(str, corpus)], check=True, timeout=120, env=environ)


def _pacs(way: str, port: int) -> dict:
    return {"id": way, "mode": "pull", "ae_title": TITLES[way], "host": "127.0.0.1", "port": port,
            "pull": {"retrieve": way, "poll_interval_s": 60}}  # fmt: skip


def _fetch_all(connector: Connector, port: int, corpus: list[Path]) -> None:
    """What an operator does for studies that are too old for the polls; one by C-MOVE, the next by C-GET."""
    options = {"mode": "pull", "host": "127.0.0.1", "port": port}
    devices = tuple(DeviceConfig(id=way, ae_title=title, **options) for way, title in TITLES.items())
    config = ConnectorConfig(
        spool=connector.spool, server_url=connector.server_url, api_key="key", devices=devices
    )
    studies = {
        str(pydicom.dcmread(path, specific_tags=["StudyInstanceUID"]).StudyInstanceUID) for path in corpus
    }
    for number, study in enumerate(sorted(studies)):
        assert fetch(config, ("move", "get")[number % 2], study)


def _found(file: dict) -> dict[str, object]:
    version = file["versions"][-1]
    described = {f"file.{key}": value for key, value in version["done"]["file"].items()}
    flat = {**version["asked"]["fields"], **described}
    return {key: value for key, value in flat.items() if value is not None}


def _same(expected: object, found: object, name: str) -> bool:
    if name.endswith(".timestamp"):
        return datetime.fromisoformat(str(expected)) == datetime.fromisoformat(str(found))
    return expected == found


def test_every_series_gives_what_is_expected(archive: Door, dicom_data: Path) -> None:
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for file in archive.files():
        found.setdefault((file["key"]["study"], file["key"]["series"]), []).append(_found(file))
    differences = []
    for series in json.loads((dicom_data / "expected.json").read_text()):
        ours = {
            str(file["acquisition.uid"]): file
            for file in found[series["StudyInstanceUID"], series["SeriesInstanceUID"]]
        }
        assert ours.keys() == {expect["acquisition.uid"] for expect in series["expect"]}
        for expect in series["expect"]:
            file = ours[expect["acquisition.uid"]]
            differences += [
                (series["SeriesInstanceUID"], name, value, file.get(name))
                for name, value in expect.items()
                if name not in file or not _same(value, file[name], name)
            ]
    assert differences == []


def test_no_byte_of_any_data_set_has_changed(archive: Door, corpus: list[Path]) -> None:
    sent = {
        str(pydicom.dcmread(path, specific_tags=["SOPInstanceUID"]).SOPInstanceUID): path for path in corpus
    }
    for file in archive.files():
        with archive.zip_of(file["versions"][-1]) as members:
            for item in file["versions"][-1]["done"]["file"]["instances"]:
                _compare(members, item["member"], sent[item["sop_uid"]])


def _compare(members: zipfile.ZipFile, name: str, original: Path) -> None:
    with members.open(name) as member:
        kept = pydicom.dcmread(member, defer_size=None)
    source = pydicom.dcmread(original)
    assert kept.file_meta.TransferSyntaxUID == source.file_meta.TransferSyntaxUID
    assert {element.tag for element in kept if element.tag.group != 2} >= {
        element.tag for element in source if not element.tag.is_private and element.tag.element != 0
    }
    assert kept.get("PixelData") == source.get("PixelData")
