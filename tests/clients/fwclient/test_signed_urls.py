"""fw-client on a site that hands out upload addresses."""

import io
import os
import uuid

from fw_client import FWClient

HOST, _, KEY = os.environ["TREADLE_TEST_KEY"].replace(":__force_insecure", "").rpartition(":")
URL = f"http://{HOST}"


def test_a_device_puts_its_content_to_an_address():
    client = FWClient(api_key=KEY, url=URL)
    group = f"f{uuid.uuid4().hex[:12]}"
    client.post("/api/groups", json={"_id": group})
    project = client.post("/api/projects", json={"group": group, "label": "P"})["_id"]
    device = client.post("/api/devices", json={"label": uuid.uuid4().hex, "type": "uploader"})["_id"]
    made = client.post(f"/api/devices/{device}/key", json={"label": "k"})
    own = FWClient(api_key=made.get("unencrypted_secret") or made["key"], url=URL)
    stored = own.upload_device_file(project, io.BytesIO(b"signed"))
    body = {"uuid": stored, "name": "d.txt", "parent_ref": {"type": "project", "id": project}}
    assert own.post("/api/files", json=body)["size"] == 6
