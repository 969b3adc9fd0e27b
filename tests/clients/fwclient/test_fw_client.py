"""fw-client 2: signing in, features, pages, uploads, errors, and a device's contents."""

import io
import os
import uuid

import pytest
from fw_client import FWClient, NotFound

HOST, _, KEY = os.environ["TREADLE_TEST_KEY"].replace(":__force_insecure", "").rpartition(":")
URL = f"http://{HOST}"


@pytest.fixture(scope="module")
def client():
    return FWClient(api_key=f"{URL}:{KEY}", client_name="test", client_version="1")


@pytest.fixture
def project(client):
    group = f"f{uuid.uuid4().hex[:12]}"
    client.post("/api/groups", json={"_id": group})
    return client.post("/api/projects", json={"group": group, "label": "P"})["_id"]


def test_the_key_may_carry_the_address_or_not(client):
    for one in (client, FWClient(api_key=KEY, url=URL)):
        assert one.auth_status["origin"]["id"] == os.environ["TREADLE_TEST_EMAIL"]
        assert one.auth_status["info"]["email"] == os.environ["TREADLE_TEST_EMAIL"]


def test_version_and_features_are_read(client):
    assert client.check_version("20.0.0")
    assert not client.check_feature("signed_url")
    assert client.check_feature("collections")


def test_lists_come_in_pages(client, project):
    """fw-client asks for the envelope with every call."""
    for number in range(3):
        client.post("/api/subjects", json={"project": project, "label": str(number)})
    page = client.get(f"/api/projects/{project}/subjects", params={"limit": 2})
    assert (page["count"], page["total"], len(page["results"])) == (2, 3, 2)


def test_files_go_in_and_come_out(client, project):
    content = os.urandom(3 << 20)
    made = client.post(f"/api/projects/{project}/files", files={"file": ("a.bin", io.BytesIO(content))})
    assert made[0]["size"] == len(content)
    with client.stream("get", f"/api/projects/{project}/files/a.bin") as answer:
        assert b"".join(answer.iter_bytes()) == content


def test_a_device_brings_a_content_and_makes_it_a_file(client, project):
    """Without signed URLs the client is told so and sends the form."""
    device = client.post("/api/devices", json={"label": uuid.uuid4().hex, "type": "uploader"})["_id"]
    made = client.post(f"/api/devices/{device}/key", json={"label": "k"})
    key = made.get("unencrypted_secret") or made["key"]
    own = FWClient(api_key=key, url=URL)
    stored = own.upload_device_file(project, io.BytesIO(b"bytes"))
    body = {"uuid": stored, "name": "d.txt", "parent_ref": {"type": "project", "id": project}}
    assert own.post("/api/files", json=body)["upsert_result"] == "created"
    assert client.get(f"/api/projects/{project}/files/d.txt", raw=True).content == b"bytes"


def test_services_that_are_not_there_say_so(client):
    with pytest.raises(NotFound) as caught:
        client.get("/xfer/imports")
    assert "does not have" in caught.value.response.json()["message"]
