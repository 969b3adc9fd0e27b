"""Devices: their keys, their heartbeats."""

import pytest


@pytest.fixture
def made(world):
    return world.good(world.admin.post("/devices", json={"label": "edge", "type": "connector"}))


def test_a_device_speaks_with_the_key_it_was_born_with(world, made):
    mine = world.client(made["key"])
    status = world.good(mine.get("/auth/status"))
    assert status["origin"] == {"type": "device", "id": made["_id"]}
    assert (status["is_device"], status["user_id"], status["roles"]) == (True, None, ["drone"])
    own = world.good(mine.get("/devices/self"))
    assert (own["_id"], own["key"]) == (made["_id"], None)
    assert world.good(mine.get(f"/devices/{made['_id']}"))["_id"] == made["_id"]


def test_heartbeats_make_the_status(world, made):
    def status():
        return world.good(world.admin.get("/devices/status"))[made["_id"]]["status"]

    mine = world.client(made["key"])
    assert status() == "unknown"
    world.good(mine.put("/devices/self", json={"interval": 60, "version": "1", "info": {"a": 1}}))
    assert status() == "ok"
    world.good(mine.put("/devices/self", json={"errors": ["disk full"]}))
    assert status() == "error"
    world.good(mine.put("/devices/self", json={"errors": []}))
    world.connection.execute("UPDATE device SET last_seen_at = now() - interval '3 minutes'")
    assert status() == "missing"


def test_only_administrators_see_and_change_devices(world, made):
    mine, other = world.as_user(world.user()), world.client(made["key"])
    for client in (mine, other):
        world.refused(client.get("/devices"), 403)
        world.refused(client.post("/devices", json={"label": "x", "type": "y"}), 403)
        world.refused(client.post(f"/devices/{made['_id']}/key", json={}), 403)
    world.refused(mine.get(f"/devices/{made['_id']}"), 403)
    world.refused(mine.get("/devices/self"), 403)


def test_disabled_and_deleted_devices_are_shut_out(world, made):
    mine, path = world.client(made["key"]), f"/devices/{made['_id']}"
    world.good(world.admin.put(path, json={"disabled": True}))
    world.refused(mine.get("/devices/self"), 401)
    world.good(world.admin.put(path, json={"disabled": False}))
    world.good(mine.get("/devices/self"))
    world.good(world.admin.delete(path))
    world.refused(mine.get("/devices/self"), 401)
    world.refused(world.admin.get(path), 404)


def test_a_device_has_several_keys(world, made):
    path = f"/devices/{made['_id']}/key"
    second = world.good(world.admin.post(path, json={"label": "spare"}))
    mine = world.client(second["unencrypted_secret"])
    world.good(mine.get("/devices/self"))
    world.good(world.admin.delete(f"{path}/{second['key']}"))
    world.refused(mine.get("/devices/self"), 401)
    listed = world.good(
        world.admin.get("/devices", params={"filter": f"_id={made['_id']}", "join_keys": "true"})
    )
    assert [key["label"] for key in listed[0]["api_keys"]] == ["edge"]


@pytest.mark.parametrize("body", [{"interval": 0}, {"interval": "soon"}, {"errors": "x"}, {"info": []}])
def test_malformed_heartbeats_are_refused(world, made, body):
    world.refused(world.client(made["key"]).put("/devices/self", json=body), 422)
