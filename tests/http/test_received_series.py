"""What a device has brought: state, times, place and what was asked for; searched, filtered, paged."""

from __future__ import annotations

import pytest
from series_sender import Connector, packed


@pytest.fixture
def device(api, connect, unique):
    """A device, and a client with its key."""
    made = api.post("/devices", json={"type": "connector", "label": unique()}).json()
    return made["_id"], connect(Authorization=f"scitran-user {made['key'].rpartition(':')[2]}")


def received(api, device, **params):
    answer = api.get(
        f"/devices/{device}/received", params=params, headers={"X-Accept-Feature": "pagination"}
    ).json()
    return answer["results"], answer["total"]


def test_each_series_has_state_times_and_place_and_the_newest_is_first(api, device, tree):
    id, client = device
    placed = Connector(client).send(*packed(b"a"), string=f"{tree.group}/P")
    lost = Connector(client)
    parked = lost.send(*packed(b"b"), string=f"{tree.group}/nowhere")
    raw, instances = packed(b"b", b"c")
    assert lost.send(raw, instances, string=f"{tree.group}/nowhere")["version"] == 2
    (second, first), total = received(api, id)
    assert total == 2
    assert first["place"]["project"] == {"_id": tree.project, "label": "P"}
    assert (first["reason"], first["version"], first["name"]) == (None, 1, "T1.dicom.zip")
    assert first["place"]["session"]["_id"] == placed["placement"]["session"]
    assert (second["reason"], second["version"], second["members"]) == ("project_not_found", 2, 2)
    assert second["place"]["acquisition"]["_id"] == parked["placement"]["acquisition"]
    assert (second["study"], second["series"]) == (lost.study, f"{lost.study}.1")
    assert (second["scanner"], second["requested"]["project"]) == ("scanner-1", "nowhere")
    assert first["received"] <= second["received"] <= second["changed"]


def test_series_are_found_filtered_and_paged(api, device, tree):
    id, client = device
    senders = [Connector(client) for _ in range(3)]
    for number, sender in enumerate(senders):
        sender.send(*packed(b"a"), string=f"{tree.group}/{'P' if number else 'nowhere'}")
    (newest,), total = received(api, id, limit=1)
    assert (newest["study"], total) == (senders[2].study, 3)
    older, _ = received(api, id, limit=5, before=newest["_id"])
    assert [row["study"] for row in older] == [senders[1].study, senders[0].study]
    for search, studies in (
        (senders[1].study, [senders[1].study]),
        (f"{senders[1].study}.1", [senders[1].study]),
        (f"{tree.group}/NOWHERE", [senders[0].study]),
        ("no%such", []),
    ):
        rows, total = received(api, id, search=search)
        assert ([row["study"] for row in rows], total) == (studies, len(studies))
    assert received(api, id, parked="true")[1] == 1
    assert received(api, id, parked="false")[1] == 2


def test_only_administrators_see_it_and_mistakes_are_told(api, stranger, device, problem):
    id, client = device
    problem(stranger.get(f"/devices/{id}/received"), 403)
    problem(client.get(f"/devices/{id}/received"), 403)
    problem(api.get("/devices/nothing/received"), 404)
    problem(api.get(f"/devices/{id}/received", params={"parked": "maybe"}), 422)
