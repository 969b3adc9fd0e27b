"""DICOM files that come without a header get one, with an index, soon after; live events tell of files."""

import io
import json
import threading
import zipfile
from contextlib import suppress

import httpx
import pytest

from treadle.testing.waiting import wait_until


@pytest.fixture
def slices(dicom_data):
    found = [path for path in sorted((dicom_data / "uih_mr").rglob("*")) if path.is_file()]
    return [path.read_bytes() for path in found[:5]]


def zipped(contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"series/{number}.dcm", content)
        archive.writestr("readme.txt", "not DICOM")
    return out.getvalue()


def wait_for(tree, file_id, ready):
    def file():
        found = tree.get(f"/files/{file_id}")
        return found if ready(found) else None

    return wait_until(file, "what is extracted")


def test_a_zip_gets_header_classification_and_instances(api, tree, slices):
    made = tree.upload("s.dicom.zip", zipped(slices))
    file = wait_for(tree, made["file_id"], lambda file: file["info"].get("header"))
    assert file["info"]["header"]["dicom"]["Modality"] == file["modality"] == "MR"
    assert file["zip_member_count"] == len(slices) + 1
    base = f"/x/files/{file['file_id']}/instances"
    listed = api.get(base).json()["instances"]
    assert len(listed) == len(slices)
    read = [api.get(f"{base}/{item['sop_uid']}").content for item in listed]
    assert sorted(read) == sorted(slices)


def test_several_instances_come_in_one_answer_in_the_order_asked(api, tree, slices):
    made = tree.upload("bundle.dicom.zip", zipped(slices))
    file = wait_for(tree, made["file_id"], lambda file: file["info"].get("header"))
    base = f"/x/files/{file['file_id']}"
    listed = api.get(f"{base}/instances").json()["instances"]
    asked = [item["sop_uid"] for item in reversed(listed)]
    singly = [api.get(f"{base}/instances/{uid}").content for uid in asked]
    together = api.get(f"{base}/bundle", params={"instances": ",".join(asked), "version": file["version"]})
    assert together.content == b"".join(singly)
    assert [len(one) for one in singly] == [item["size"] for item in reversed(listed)]
    assert "immutable" in together.headers["cache-control"]
    for wrong, status in (("", 400), (",".join(["1.2"] * 65), 400), (f"{asked[0]},1.2.3", 404)):
        assert api.get(f"{base}/bundle", params={"instances": wrong}).status_code == status


def test_a_single_file_is_its_own_instance_and_keeps_what_people_said(api, tree, slices):
    form = {"file": ("one.dcm", slices[0])}
    said = json.dumps({"modality": "XX", "info": {"mine": 1}, "classification": {"Intent": ["Structural"]}})
    made = api.post(f"/acquisitions/{tree.acquisition}/files", files=form, data={"metadata": said}).json()[0]
    file = wait_for(tree, made["file_id"], lambda file: file["info"].get("header"))
    assert (file["modality"], file["info"]["mine"]) == ("XX", 1)
    assert file["classification"] == {"Intent": ["Structural"]}
    base = f"/x/files/{file['file_id']}/instances"
    uid = api.get(base).json()["instances"][0]["sop_uid"]
    assert api.get(f"{base}/{uid}").content == slices[0]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"nothing of the kind" * 1000])
def test_damaged_files_stay_as_they_are(tree, slices, content):
    broken = tree.upload("broken.dcm", content)
    good = tree.upload("good.dcm", slices[0])
    wait_for(tree, good["file_id"], lambda file: file["info"].get("header"))
    assert tree.get(f"/files/{broken['file_id']}")["info"] == {}


def test_live_events_tell_of_new_files_to_those_who_may_know(api, tree, stranger):
    heard, foreign = [], []

    def follow(client, into):
        with suppress(httpx.HTTPError), client.stream("GET", "/x/events", timeout=120) as stream:
            for line in stream.iter_lines():
                if line.startswith(("event:", "data:")):
                    into.append(line)
                if any(tree.acquisition in known for known in into):
                    return

    followers = [
        threading.Thread(target=follow, args=arguments, daemon=True)
        for arguments in ((api, heard), (stranger, foreign))
    ]
    for follower in followers:
        follower.start()

    def told() -> bool:
        tree.upload("a.txt")  # again and again: nobody knows when they have begun to listen
        return any(tree.acquisition in line for line in heard)

    wait_until(told, "the event")
    assert "event: file.created" in heard
    assert not any(tree.acquisition in line for line in foreign)
