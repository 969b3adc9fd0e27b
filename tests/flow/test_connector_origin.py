"""A connector at the edge against the whole server: its device key places series, and they carry its origin."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from connector_kit import Door, make_instances
from edge_kit import Edge

ROOT = "1.2.826.0.1.3680043.10.81"


@pytest.fixture
def api(treadle_server) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {treadle_server.key}"}
    with httpx.Client(base_url=f"{treadle_server.url}/api", headers=headers, timeout=60) as client:
        yield client


def test_what_a_device_sends_carries_its_origin(api: httpx.Client, treadle_server, tmp_path: Path) -> None:
    group = f"g{uuid.uuid4().hex[:12]}"
    api.post("/groups", json={"_id": group}).raise_for_status()
    api.post("/projects", json={"group": group, "label": "study"}).raise_for_status()
    device = api.post("/devices", json={"label": f"edge {group}", "type": "connector"}).json()
    key = api.post(f"/devices/{device['_id']}/key", json={"label": "second"}).json()["unencrypted_secret"]
    edge = Edge(tmp_path, Door(tmp_path))
    routing = {"defaults": {"group": group, "project": "study"}, "forms": []}
    edge.document = {
        "server": {"url": treadle_server.url, "api_key": key},
        "devices": [{"id": "mr", "ae_title": "MR", "routing": routing}, {"id": "ct", "ae_title": "CT"}],
    }
    root = f"{ROOT}.{uuid.uuid4().int % 10**20}"
    make_instances(tmp_path / "in", 2, root=root)
    (row,) = edge.lines("import", str(tmp_path / "in"), "--device", "mr")
    assert row["state"] == "uploaded"
    (session,) = api.get("/sessions", params={"filter": f"uid={root}"}).json()
    assert session["parents"]["group"] == group
    (acquisition,) = api.get(f"/sessions/{session['_id']}/acquisitions").json()
    (file,) = acquisition["files"]
    assert file["origin"] == {"type": "device", "id": device["_id"]}
    (parsed,) = edge.lines("route", f"fw://{group}/study", "--device", "ct")
    target = parsed["server"]["target"]
    assert (target["group"], target["project"], target["reason"]) == (group, "study", "ok")
