"""fw-core-client 1: signing in, version, features, uploads by label, errors."""

import os
import uuid

import pytest
from fw_core_client import CoreClient
from fw_http_client.errors import ClientError

HOST, _, KEY = os.environ["TREADLE_TEST_KEY"].replace(":__force_insecure", "").rpartition(":")
URL = f"http://{HOST}"


@pytest.fixture(scope="module")
def core():
    return CoreClient(api_key=f"{URL}:{KEY}", client_name="test", client_version="1")


@pytest.fixture
def group(core):
    name = f"f{uuid.uuid4().hex[:12]}"
    core.post("/groups", json={"_id": name})
    core.post("/projects", json={"group": name, "label": "P"})
    return name


def test_the_key_may_carry_the_address_or_not(core):
    for client in (core, CoreClient(api_key=KEY, url=URL, client_name="test", client_version="1")):
        assert client.auth_status["info"]["email"] == os.environ["TREADLE_TEST_EMAIL"]


def test_version_and_features_are_read(core):
    assert core.check_version("20.0.0")
    assert core.check_feature("collections")


def test_a_file_is_placed_by_labels(core, group, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("text")
    metadata = {
        "group": {"_id": group},
        "project": {"label": "P"},
        "subject": {"label": "S"},
        "session": {"label": "E"},
        "acquisition": {"label": "A", "files": [{"name": "a.txt"}]},
    }
    (made,) = core.upload(str(path), metadata, method="label")
    assert made["name"] == "a.txt"
    found = core.post("/lookup", json={"path": [group, "P", "S", "E", "A"]})
    assert found["files"][0]["size"] == 4


def test_errors_carry_the_message(core):
    with pytest.raises(ClientError) as caught:
        core.get("/projects/5f0000000000000000000000")
    assert caught.value.response.json()["message"]
