"""De-identification on the way through a connector: nothing of a patient leaves, everything that should arrives."""

from __future__ import annotations

import json
import os
import signal
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from connector_kit import Connector, Door, acknowledged, make_instances, send, wait_until
from fault_kit import Treadle

from treadle.connector.api import Api
from treadle.connector.config import DeviceConfig
from treadle.connector.deid_config import DeidConfig
from treadle.connector.errors import AskedToWaitError
from treadle.connector.events import event_id, series_called
from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.recipes import Recipes
from treadle.connector.spool.sent_as import SentAs
from treadle.connector.spool.state import State
from treadle.dicom.routing import parse_routing

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
Make = Callable[..., Connector]

PATIENCE_S = 250.0  # these processes leave a busy machine to all others
RESEARCH = "name: trial\ntreadle: {preset: research}\n"
STRICT = "name: strict\ntreadle: {preset: ps315-basic}\n"
REFUSING = (
    "name: refusing\ntreadle: {preset: research, documents: reject}\ndicom:\n  date-format: '%d.%m.%Y'\n"
    "  date-increment: 3\n  fields: [{name: StudyDate, increment-date: true}]\n"
)
ROOT = "1.2.826.0.1.3680043.10.4711.20260102.9"
PLANTED = ("Jane", "Roe-Smythe", "Smythe", "MRN0815", "19610203", "OpSecret", "hospital-x", ROOT)


def instances(folder: Path, count: int, *, first: int = 0, **values: object) -> list[Path]:
    """Images of one series that name a patient in many places."""
    paths = make_instances(folder, count, first=first, root=ROOT)
    for path in paths:
        ds = pydicom.dcmread(path)
        ds.PatientID, ds.PatientName, ds.PatientBirthDate = "MRN0815", "Roe-Smythe^Jane", "19610203"
        ds.PatientComments, ds.OperatorsName = "fw://psych/study01/sub-1/ses-1", "OpSecret^Ann"
        ds.InstitutionName, ds.StudyDescription = "hospital-x", "Brain of Jane Roe-Smythe"
        ds.SeriesDescription, ds.ImageComments = "AX T2 for Smythe", "call MRN0815"
        ds.add_new((0x0029, 0x0010), "LO", "SECRET")
        ds.add_new((0x0029, 0x1001), "LT", "Jane Roe-Smythe")
        for name, value in values.items():
            setattr(ds, name, value)
        ds.save_as(path, enforce_file_format=True)
    return paths


def options(**more: object) -> dict:
    """One device that routes by PatientComments."""
    mapping = {"routing_field": "PatientComments"}
    return {"defaults": {"series_quiet_s": 1, "mapping": mapping, **more}}


def everything_that_left(door: Door) -> bytes:
    """Whatever the server has been sent, unpacked."""
    found = [path.read_bytes() for path in door.folder.iterdir() if path.suffix != ".part"]
    for file in door.files():
        for version in file["versions"]:
            with door.zip_of(version) as archive:
                found += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(found)


def assert_nothing_leaked(door: Door) -> None:
    left = everything_that_left(door).lower()
    for text in PLANTED:
        for encoded in (text.lower().encode(), text.lower().encode("utf-16-le")):
            assert encoded not in left, text


def headers(door: Door, version: dict) -> list[pydicom.Dataset]:
    with door.zip_of(version) as archive:
        return [pydicom.dcmread(BytesIO(archive.read(name))) for name in archive.namelist()]


def test_nothing_that_identifies_leaves_and_the_place_stays(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH, version=3)
    connector = make_connector(**options())
    assert len(acknowledged(send(instances(tmp_path / "in", 3), connector.port))) == 3
    wait_until(door.files, what="upload")
    assert_nothing_leaked(door)
    (file,) = door.files()
    (version,) = file["versions"]
    asked = version["asked"]
    assert asked["routing"]["group"], asked["routing"]["project"] == ("psych", "study01")
    assert asked["deid"] | {"sha256": "", "engine": ""} == {
        "profile_id": "site", "version": 3, "sha256": "", "engine": "", "at": "connector", "epoch": 1,
    }  # fmt: skip
    assert (asked["fields"]["subject.label"], asked["fields"]["session.label"]) == ("sub-1", "ses-1")
    sent = headers(door, version)
    assert (
        {str(one.StudyInstanceUID) for one in sent}
        == {asked["key"]["study"]}
        == {asked["fields"]["session.uid"]}
    )
    assert asked["key"]["bucket"] == asked["key"]["series"] == str(sent[0].SeriesInstanceUID)
    assert (
        asked["fields"]["session.timestamp"][:10]
        == pydicom.valuerep.DA(sent[0].StudyDate).isoformat()
        != "2026-01-02"
    )
    log = connector.log()
    assert not any(text in log for text in PLANTED if text != ROOT)


def status(connector: Connector) -> dict:
    try:
        return json.loads((connector.spool / "status.json").read_text())
    except FileNotFoundError:
        return {}


def held(connector: Connector) -> str:
    """Why a series is held back; empty while none is."""
    return "".join(one["reason"] or "" for one in status(connector).get("held", []))


def retry(connector: Connector) -> None:
    """What `treadle connector retry` does, by the id that the server is told."""
    state = State(connector.spool / "state.db")
    (series,) = state.held_series(limit=9)
    assert state.ask_again(series_called(event_id(series), state.all_series())) == 1
    state.close()


def restart(connector: Connector) -> None:
    connector.stop()
    connector.start()


def test_without_a_profile_data_wait_and_go_when_there_is_one(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    told = "DEID_PROFILE_MISSING: no de-identification profile applies to psych/study01"
    door.deid(None, required=True)
    connector = make_connector(**options())
    send(instances(tmp_path / "in", 2), connector.port)
    wait_until(lambda: told in held(connector), what="held")
    wait_until(lambda: told in (door.folder / "heartbeat.json").read_text(), what="told")
    assert not list(door.folder.glob("*.zip"))
    door.deid(RESEARCH)
    restart(connector)
    wait_until(door.files, what="upload")
    assert_nothing_leaked(door)


@pytest.mark.parametrize(("said", "deid", "told"), [
    ({"required": True}, {}, "DEID_PROFILE_MISSING"),
    ({}, {"required": True}, "DEID_PROFILE_MISSING"),
    ({"exempt": True, "profile": {"text": "name: none"}}, {"required": True}, "exempt"),
    ({"profile": {"profile_id": "site", "version": 2, "sha256": "", "text": "dicom: {what: 1}\n"}}, {},
     r"DEID_PROFILE_INVALID: this connector cannot use profile site version 2: line 1"),
    ({"profile": {"profile_id": "site", "version": 2, "sha256": "0", "text": RESEARCH}}, {},
     "DEID_PROFILE_INVALID: profile site version 2 reads otherwise here"),
])  # fmt: skip
def test_nothing_goes_as_long_as_no_profile_can_be_used(
    door: Door, said: dict, deid: dict, told: str
) -> None:
    (door.folder / "deid.json").write_text(json.dumps(said))
    device = DeviceConfig(deid=DeidConfig(**deid))
    with pytest.raises(AskedToWaitError, match=told):
        asked(door, device=device)


def asked(
    door: Door, *, study: str = "1.2", kept: int = 1, device: DeviceConfig | None = None
) -> Recipe | None:
    """What a connector that has just started is told; it knows the study from epoch `kept`."""
    api = Api(url=door.url, api_key="key")
    try:
        recipes = Recipes(lambda _study, _target, _newest: kept)
        return recipes.recipe(api, device or DeviceConfig(), parse_routing("fw://psych/study01"), study=study)
    finally:
        api.close()


def test_a_study_goes_on_under_the_secret_that_it_began_with(door: Door, tmp_path: Path) -> None:
    door.deid(RESEARCH, secret={"scope": "project", "epoch": 2, "key": "ab" * 32})
    assert asked(door, kept=2).epoch == 2
    known = State(tmp_path / "state.db")
    epochs = SentAs(known)
    assert [epochs.kept_epoch("1.2", "psych/study01", newest) for newest in (1, 2)] == [1, 1]
    assert epochs.kept_epoch("1.3", "psych/study01", 2) == 2
    known.close()


def test_a_server_that_is_down_while_it_is_asked_keeps_everything_here(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH)
    door.faults(("deid", "503", 2), ("deid", "cut", 1))
    connector = make_connector(**options())
    send(instances(tmp_path / "in", 2), connector.port)
    wait_until(door.files, what="upload")
    assert_nothing_leaked(door)


def test_the_devices_own_profile_holds_where_the_server_has_none(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    connector = make_connector(**options(deid={"required": True, "profile": "research"}))
    send(instances(tmp_path / "in", 1), connector.port)
    wait_until(door.files, what="upload")
    assert door.files()[0]["versions"][0]["asked"]["deid"]["profile_id"] == "device:any"
    assert_nothing_leaked(door)


def test_what_a_profile_rejects_is_held_with_its_code_until_the_profile_lets_it_go(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(REFUSING)
    connector = make_connector(**options())
    send(instances(tmp_path / "in", 3), connector.port)
    wait_until(lambda: held(connector), what="held")
    assert held(connector).startswith("DEID_BAD_VALUE at 00080020: 3 of 3 images. A rule of the profile")
    assert status(connector)["devices"]["any"]["deid_rejected"] == 3
    (report,) = connector.spool.glob("reports/*/*.json")
    assert json.loads(report.read_text())["rejected"] == [["DEID_BAD_VALUE", "00080020", 3]]
    assert not list(door.folder.glob("*.zip"))
    door.deid(RESEARCH, version=2)
    restart(connector)
    retry(connector)
    wait_until(door.files, what="upload")
    assert door.files()[0]["versions"][0]["asked"]["deid"]["version"] == 2
    assert_nothing_leaked(door)


def test_a_growing_series_goes_anew_under_the_newest_profile(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH)
    connector = make_connector(**options())
    send(instances(tmp_path / "a", 3), connector.port)
    wait_until(door.files, what="upload")
    door.deid(STRICT, version=2)
    restart(connector)
    send(instances(tmp_path / "b", 2, first=3), connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 2, what="second version")
    newest = door.files()[0]["versions"][1]
    assert newest["asked"]["deid"]["version"] == 2
    assert len(headers(door, newest)) == 5
    assert not any(one.get("StudyDate") for one in headers(door, newest))
    assert_nothing_leaked(door)


def test_a_series_whose_originals_are_gone_grows_by_what_the_server_has(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH)
    connector = make_connector(**options(), keep_uploaded_s=0)
    first = instances(tmp_path / "a", 3)
    send(first, connector.port)
    wait_until(door.files, what="upload")
    restart(connector)
    wait_until(lambda: not list(connector.spool.glob("incoming/**/*.dcm")), what="originals deleted")
    before = headers(door, door.files()[0]["versions"][0])
    send(instances(tmp_path / "b", 2, first=3), connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 2, what="second version")
    after = headers(door, door.files()[0]["versions"][1])
    assert len(after) == 5
    assert {one.SOPInstanceUID: one for one in after} | {one.SOPInstanceUID: one for one in before} == {
        one.SOPInstanceUID: one for one in after
    }
    restart(connector)
    wait_until(lambda: not list(connector.spool.glob("incoming/**/*.dcm")), what="originals deleted again")
    door.deid(STRICT, version=2)
    restart(connector)
    more = instances(tmp_path / "c", 1, first=5)
    send(more, connector.port)
    wait_until(lambda: "their originals are gone" in held(connector), what="held")
    assert len(door.files()[0]["versions"]) == 2
    send([*first, *instances(tmp_path / "b", 2, first=3)], connector.port)
    wait_until(lambda: len(door.files()[0]["versions"]) == 3, what="third version")
    assert len(headers(door, door.files()[0]["versions"][2])) == 6
    assert_nothing_leaked(door)


def test_the_same_series_again_gives_the_same_bytes(door: Door, make_connector: Make, tmp_path: Path) -> None:
    door.deid(RESEARCH)
    connector = make_connector(**options())
    send(instances(tmp_path / "in", 3), connector.port)
    wait_until(door.files, what="upload")
    connector.stop()
    (connector.spool / "state.db").unlink()
    connector.start()
    wait_until(lambda: '"unchanged"' in connector.log(), what="offered again")
    assert [len(file["versions"]) for file in door.files()] == [1]


def test_nobody_else_reads_the_spool_and_reports_hold_no_value(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH)
    connector = make_connector(**options())
    send(instances(tmp_path / "in", 2), connector.port)
    wait_until(door.files, what="upload")
    wait_until(
        lambda: status(connector).get("devices", {}).get("any", {}).get("deidentified") == 2, what="status"
    )
    assert connector.spool.stat().st_mode & 0o777 == 0o700
    modes = {path: path.stat().st_mode & 0o077 for path in connector.spool.rglob("*") if path.is_file()}
    assert not any(modes.values()), modes
    (report,) = connector.spool.glob("reports/*/*.json")
    text = report.read_text()
    assert json.loads(text)["deid"]["version"] == 1
    assert ["00100010", "D", 2] in json.loads(text)["elements"]
    assert not any(planted in text for planted in PLANTED)
    assert not list(connector.spool.glob("outbox/*"))


def test_a_whole_server_learns_nothing_and_knows_how_its_file_was_made(
    treadle: Treadle, tmp_path: Path
) -> None:
    project = treadle.make_project(group="psych", label="study01")
    with treadle.client() as api:
        saved = api.put(f"/projects/{project}/deid", json={"text": RESEARCH})
        assert saved.status_code == 200, saved.text
        paths = instances(
            tmp_path / "in", 3, PatientID="fw://psych/study01/sub-1/ses-1", PatientComments="MRN0815"
        )
        assert len(acknowledged(send(paths, treadle.dicom))) == 3
        wait_until(lambda: api.get(f"/projects/{project}/sessions").json(), what="placed")
        (session,) = api.get(f"/projects/{project}/sessions").json()
        (acquisition,) = api.get(f"/sessions/{session['_id']}/acquisitions").json()
        (file,) = acquisition["files"]
        content = api.get(f"/acquisitions/{acquisition['_id']}/files/{file['name']}").content
    assert (session["subject"]["label"], session["label"]) == ("sub-1", "ses-1")
    assert file["zip_member_count"] == 3
    ((record,),) = treadle.rows("SELECT deid FROM file WHERE deid IS NOT NULL")
    assert (record["profile_id"], record["version"], record["at"]) == (f"project:{project}", 1, "connector")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        left = [archive.read(name) for name in archive.namelist()]
    connectors_own = treadle.home / "spool", treadle.home / "logs" / "connector.log"
    for path in treadle.home.rglob("*"):  # database, blobs, logs
        if path.is_file() and not any(own in (path, *path.parents) for own in connectors_own):
            left.append(path.read_bytes())
    found = b"\n".join(left).lower()
    assert not [text for text in PLANTED if text.lower().encode() in found]


def children(connector: Connector) -> set[int]:
    """Process ids of what the connector has started."""
    tasks = Path(f"/proc/{connector.process.pid}/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def test_killed_while_it_de_identifies_it_loses_doubles_and_leaks_nothing(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH)
    connector = make_connector(**options())
    receivers = children(connector)
    send(instances(tmp_path / "in", 120), connector.port)

    def workers() -> list[int]:
        return [pid for pid in children(connector) - receivers if is_worker(pid)]

    os.kill(wait_until(workers, what="a process that de-identifies", for_s=PATIENCE_S)[0], signal.SIGKILL)
    wait_until(lambda: "a process died" in connector.log(), what="noticed")
    for _ in range(3):
        wait_until(
            lambda: list(connector.spool.glob("outbox/deid-*/*.dcm")) or door.files(),
            what="at work",
            for_s=PATIENCE_S,
        )
        started = children(connector)
        connector.kill()
        wait_until(lambda pids=started: not any(map(is_alive, pids)), what="no process is left behind")
        connector.start()
    wait_until(door.files, what="upload", for_s=PATIENCE_S)
    assert [len(file["versions"]) for file in door.files()] == [1]
    assert len(door.sops()) == 120
    assert_nothing_leaked(door)
    wait_until(lambda: not list(connector.spool.glob("outbox/*")), what="nothing left over")


def is_worker(pid: int) -> bool:
    """Not the process that keeps account of their semaphores."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
