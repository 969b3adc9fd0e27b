"""Images from a sender to the server, through a connector that is a process of its own."""

import hashlib
import json
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from connector_kit import Connector, Door, acknowledged, make_instances, send

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
Make = Callable[..., Connector]


def data_set_of(source: Path | bytes) -> bytes:
    raw = source if isinstance(source, bytes) else source.read_bytes()
    file = BytesIO(raw)
    pydicom.filereader.read_preamble(file, force=False)
    pydicom.filereader._read_file_meta_info(file)
    return raw[file.tell() :]


def test_a_series_becomes_one_file_with_the_bytes_that_were_sent(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    files = make_instances(tmp_path / "in", 5)
    connector = make_connector()
    assert len(acknowledged(send(files, connector.port))) == 5
    wait_until(door.files, what="upload")
    (version,) = door.files()[0]["versions"]
    assert version["asked"]["routing"]["group"] == "psych"
    assert version["done"]["file"]["zip_member_count"] == 5
    assert version["done"]["file"]["info"]["header"]["dicom"]["Modality"] == "MR"
    with door.zip_of(version) as archive:
        for path in files:
            assert data_set_of(archive.read(f"{path.stem}.MR.dcm")) == data_set_of(path)


def test_members_lie_where_the_index_says(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "in", 3), connector.port)
    wait_until(door.files, what="upload")
    (version,) = door.files()[0]["versions"]
    raw = (door.folder / f"{version['ticket']}.zip").read_bytes()
    for item in version["done"]["file"]["instances"]:
        packed = raw[item["offset"] : item["offset"] + item["compressed_size"]]
        plain = zlib.decompress(packed, -15) if item["method"] == 8 else packed
        assert pydicom.dcmread(BytesIO(plain)).SOPInstanceUID == item["sop_uid"]


def test_the_same_series_again_changes_nothing(door: Door, make_connector: Make, tmp_path: Path) -> None:
    files = make_instances(tmp_path / "in", 4)
    connector = make_connector()
    send(files, connector.port)
    wait_until(door.files, what="upload")
    assert len(acknowledged(send(files, connector.port))) == 4
    time.sleep(2)
    assert [len(file["versions"]) for file in door.files()] == [1]


def test_a_growing_series_becomes_a_version_with_all_members(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "a", 3), connector.port)
    wait_until(door.files, what="upload")
    send(make_instances(tmp_path / "b", 2, first=3), connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 2, what="second version")
    assert len(door.sops()) == 5


def test_a_series_grows_also_when_its_spool_files_are_deleted(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    connector = make_connector(keep_uploaded_s=0)
    send(make_instances(tmp_path / "a", 3), connector.port)
    wait_until(door.files, what="upload")
    connector.stop()
    connector.start()
    wait_until(lambda: not list(connector.spool.glob("incoming/**/*.dcm")), what="spool files deleted")
    send(make_instances(tmp_path / "b", 2, first=3), connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 2, what="second version")
    assert len(door.sops()) == 5


def test_newest_data_win_for_the_same_instance(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "a", 2), connector.port)
    wait_until(door.files, what="upload")
    newer = make_instances(tmp_path / "b", 1, text="corrected")
    send(newer, connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 2, what="second version")
    with door.zip_of(door.files()[0]["versions"][1]) as archive:
        assert len(archive.namelist()) == 2
        assert data_set_of(archive.read(f"{newer[0].stem}.MR.dcm")) == data_set_of(newer[0])


def test_no_patient_data_reach_the_log(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector(log_level="debug")
    send(make_instances(tmp_path / "in", 2), connector.port)
    wait_until(door.files, what="upload")
    connector.stop()
    assert "Marked" not in connector.log()
    assert "fw://" not in connector.log()


def test_the_connector_tells_how_it_is(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "in", 2), connector.port)
    wait_until(door.files, what="upload")

    def counters() -> dict:
        return json.loads((door.folder / "heartbeat.json").read_text())["info"]["devices"].get("any", {})

    wait_until(lambda: counters().get("files") == 1, what="heartbeat")
    assert counters()["instances"] == 2
    assert json.loads((connector.spool / "status.json").read_text())["errors"] == []


def test_the_zip_has_the_hash_it_was_announced_with(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "in", 3), connector.port)
    wait_until(door.files, what="upload")
    version = door.files()[0]["versions"][0]
    digest = hashlib.sha256((door.folder / f"{version['ticket']}.zip").read_bytes()).hexdigest()
    assert digest == version["done"]["sha256"] == version["asked"]["sha256"]


def test_an_opted_out_series_is_not_sent_and_leaves_the_spool(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    opt = {"mode": "out", "field": "ImageComments", "string": "NOFW"}
    connector = make_connector(defaults={"series_quiet_s": 1, "opt": opt})
    send(make_instances(tmp_path / "in", 2, text="please nofw"), connector.port)
    send(make_instances(tmp_path / "other", 2, root="1.2.826.0.1.3680043.10.98"), connector.port)
    wait_until(door.files, what="the other series")
    wait_until(lambda: '"skipped": 1' in (connector.spool / "status.json").read_text(), what="skipped")
    assert len(door.files()) == 1


@pytest.mark.parametrize("do", ["500", "503", "401", "cut", "offset"])
def test_a_part_that_fails_is_sent_again(door: Door, make_connector: Make, tmp_path: Path, do: str) -> None:
    door.kill()
    door.part_size = 2000
    door.faults(("part", do, 2))
    door.start()
    connector = make_connector()
    send(make_instances(tmp_path / "in", 5, pixels=64), connector.port)
    wait_until(door.files, what="upload")
    assert len(door.sops()) == 5
    assert [len(file["versions"]) for file in door.files()] == [1]


@pytest.mark.parametrize("on", ["announce", "complete"])
@pytest.mark.parametrize("do", ["500", "503", "401", "cut"])
def test_a_call_that_fails_is_repeated(
    door: Door, make_connector: Make, tmp_path: Path, on: str, do: str
) -> None:
    door.faults((on, do, 2))
    connector = make_connector()
    send(make_instances(tmp_path / "in", 2), connector.port)
    wait_until(door.files, what="upload")
    assert [len(file["versions"]) for file in door.files()] == [1]


def test_a_refused_series_is_held_and_others_go_on(door: Door, make_connector: Make, tmp_path: Path) -> None:
    door.faults(("announce", "422", 1))
    connector = make_connector()
    send(make_instances(tmp_path / "in", 2, series=3), connector.port)
    wait_until(lambda: len(door.files()) == 2, what="the other two")
    connector.stop()
    assert '"event": "held"' in connector.log()


def test_receiving_goes_on_while_the_server_is_away(door: Door, make_connector: Make, tmp_path: Path) -> None:
    door.kill()
    connector = make_connector()
    assert len(acknowledged(send(make_instances(tmp_path / "in", 2, series=4), connector.port))) == 8
    time.sleep(1.5)
    door.start()
    wait_until(lambda: len(door.sops()) == 8, what="all four series")


def test_a_stopped_connector_goes_on_where_it_was(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector(defaults={"series_quiet_s": 60})
    send(make_instances(tmp_path / "in", 3), connector.port)
    began = time.monotonic()
    assert connector.stop() == 0
    assert time.monotonic() - began < 5
    connector.options["defaults"] = {"series_quiet_s": 1}
    connector.start()
    wait_until(door.files, what="upload")
    assert len(door.sops()) == 3


def test_a_lost_state_file_is_rebuilt(door: Door, make_connector: Make, tmp_path: Path) -> None:
    connector = make_connector()
    send(make_instances(tmp_path / "in", 3), connector.port)
    wait_until(door.files, what="upload")
    connector.stop()
    (connector.spool / "state.db").write_bytes(b"not a database at all" * 100)
    connector.start()
    send(make_instances(tmp_path / "more", 1, first=3), connector.port)
    wait_until(lambda: len(door.sops()) == 4, what="all four")
    assert len(door.files()[0]["versions"]) == 2
