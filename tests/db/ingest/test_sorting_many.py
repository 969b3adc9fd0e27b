"""More sessions with the same string than one request moves: it says how many are left, and with which to go on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from treadle.server.ingest import sorting

sys.path.insert(0, str(Path(__file__).parents[2] / "http"))

from series_sender import Connector, packed


def test_all_with_the_same_string_are_moved_in_steps(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(sorting, "_AT_ONCE", 2)
    with serve(tmp_path) as client:
        group = f"g{os.urandom(5).hex()}"
        client.post("/groups", json={"_id": group, "label": group})
        project = client.post("/projects", json={"group": group, "label": "P"}).json()["_id"]
        sent = [Connector(client).send(*packed(b"x"), string=f"{group}/typo") for _ in range(6)]
        asked = {"project": project, "also_same_string": True}
        session, steps = sent[0]["placement"]["session"], []
        while session:
            moved = client.post(f"/connector/misrouted/{session}/move", json=asked).json()
            steps.append((moved["modified"], moved["remaining"]))
            session = moved["next"]
        assert steps == [(3, 3), (3, 0)]
        assert client.get("/connector/misrouted", params={"search": f"{group}/typo"}).json() == []
