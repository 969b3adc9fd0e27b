"""The connector's calls over HTTP: announce, parts, complete, repeated at will; worklist and preview."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from series_sender import Connector, packed


@pytest.fixture
def connector(api):
    return Connector(api)


@pytest.fixture
def route(tree):
    return f"{tree.group}/P"


def test_a_series_lands_where_its_string_says_and_is_readable(api, connector, tree, route):
    raw, instances = packed(b"first" * 100, b"second" * 100)
    done = connector.send(raw, instances, string=route)
    assert done["reason"] is None
    assert done["placement"]["project"] == tree.project
    file = tree.get(f"/files/{done['file_id']}")
    assert (file["name"], file["type"], file["modality"], file["version"]) == (
        "T1.dicom.zip",
        "dicom",
        "MR",
        1,
    )
    assert file["info"]["header"]["dicom"] == {"Modality": "MR"}
    assert file["parents"]["acquisition"] == done["placement"]["acquisition"]
    content = api.get(f"/acquisitions/{done['placement']['acquisition']}/files/T1.dicom.zip")
    assert content.content == raw


def test_the_viewer_reads_single_instances_out_of_the_series(api, connector, route):
    raw, instances = packed(b"first" * 100, b"second" * 100)
    done = connector.send(raw, instances, string=route)
    base = f"/x/files/{done['file_id']}/instances"
    listed = api.get(base).json()["instances"]
    assert [item["sop_uid"] for item in listed] == ["1.1", "1.0"]
    one = api.get(f"{base}/1.0", params={"version": 1})
    assert one.content == b"first" * 100
    assert one.headers["content-type"] == "application/dicom"
    assert "immutable" in one.headers["cache-control"]
    part = api.get(f"{base}/1.1", headers={"Range": "bytes=6-11"})
    assert (part.status_code, part.content) == (206, b"second")
    assert api.get(f"{base}/1.0", headers={"If-None-Match": one.headers["etag"]}).status_code == 304
    assert api.get(f"{base}/9.9").status_code == 404


def test_repeating_any_call_gives_the_same_answer(connector, route):
    raw, instances = packed(b"x" * 1000)
    body = connector.announcement(raw, string=route)
    first = connector.announce(body)
    assert connector.announce(body) == first
    assert connector.put(first["ticket"], 0, raw).json() == {"resume_at": len(raw)}
    done = connector.complete(first["ticket"], raw, instances).json()
    assert connector.complete(first["ticket"], raw, instances).json() == done
    assert connector.put(first["ticket"], 0, raw).json() == {"resume_at": len(raw)}
    again = connector.announce(body)
    assert again["status"] == "unchanged"
    assert {name: again[name] for name in done} == done


def test_parts_resume_and_a_wrong_offset_tells_the_right_one(connector, route, problem):
    raw, instances = packed(bytes(range(256)) * 500)
    ticket = connector.announce(connector.announcement(raw, string=route))["ticket"]
    assert connector.put(ticket, 0, raw[:10]).json() == {"resume_at": 10}
    assert problem(connector.put(ticket, 5, b"zz"), 409)["detail"] == {"resume_at": 10}
    assert problem(connector.complete(ticket, raw, instances), 409)["detail"] == {"resume_at": 10}
    assert connector.announce(connector.announcement(raw, string=route))["resume_at"] == 10
    assert connector.put(ticket, 10, raw[10:]).json() == {"resume_at": len(raw)}
    assert connector.complete(ticket, raw, instances).status_code == 200


def test_damaged_bytes_are_not_placed_and_start_over(connector, route, problem):
    raw, instances = packed(b"x" * 1000)
    ticket = connector.announce(connector.announcement(raw, string=route))["ticket"]
    connector.put(ticket, 0, bytes(len(raw)))
    assert problem(connector.complete(ticket, raw, instances), 409)["detail"] == {"resume_at": 0}
    connector.put(ticket, 0, raw)
    assert connector.complete(ticket, raw, instances).status_code == 200


def test_a_grown_series_becomes_version_two(connector, tree, route):
    one = connector.send(*packed(b"a"), string=route)
    raw, instances = packed(b"a", b"b")
    two = connector.send(raw, instances, string=route)
    assert (two["file_id"], two["version"]) == (one["file_id"], 2)
    assert tree.get(f"/files/{one['file_id']}")["zip_member_count"] == 2


def test_another_series_of_the_same_name_gets_a_dup_number(connector, tree, route):
    series = f"{connector.study}.1"
    first = connector.send(*packed(b"a"), string=route)
    raw, instances = packed(b"b")
    body = connector.announcement(raw, string=route)
    body["key"] |= {"series": f"{connector.study}.2", "bucket": series}
    ticket = connector.announce(body)["ticket"]
    connector.put(ticket, 0, raw)
    done = connector.complete(ticket, raw, instances).json()
    assert done["placement"]["acquisition"] == first["placement"]["acquisition"]
    assert tree.get(f"/files/{done['file_id']}")["name"] == "T1_dup-1.dicom.zip"


def test_two_connectors_sending_the_same_series_make_one_file(api, connector, tree, route):
    raw, instances = packed(b"x" * 1000)
    with ThreadPoolExecutor(4) as threads:
        tickets = list(
            threads.map(
                lambda _: connector.announce(connector.announcement(raw, string=route))["ticket"], range(4)
            )
        )
        assert len(set(tickets)) == 1
        connector.put(tickets[0], 0, raw)
        done = list(threads.map(lambda _: connector.complete(tickets[0], raw, instances).json(), range(4)))
    assert all(answer == done[0] for answer in done)
    assert tree.get(f"/files/{done[0]['file_id']}")["version"] == 1


def test_only_devices_and_administrators_may_send_series(stranger, tree, route, problem):
    raw, _ = packed(b"x")
    body = Connector(stranger).announcement(raw, string=route)
    problem(stranger.post("/connector/series", json=body), 403)


def test_a_device_key_may_send_but_not_read(api, connect, unique, tree, route):
    made = api.post("/devices", json={"type": "connector", "label": unique()})
    if made.status_code != 200 or not made.json().get("key"):
        pytest.skip("devices are made elsewhere")
    device = connect(Authorization=f"scitran-user {made.json()['key'].rpartition(':')[2]}")
    done = Connector(device).send(*packed(b"x"), string=route)
    assert tree.get(f"/files/{done['file_id']}")["origin"]["type"] == "device"
    assert device.get(f"/acquisitions/{done['placement']['acquisition']}/files/T1.dicom.zip").status_code in (
        403,
        404,
    )


def test_a_parked_series_is_listed_and_moved_to_where_it_belongs(api, connector, tree, stranger):
    done = connector.send(*packed(b"x"), string=f"{tree.group}/typo")
    assert done["reason"] == "project_not_found"
    session = done["placement"]["session"]
    rows = [row for row in api.get("/connector/misrouted").json() if row["session"]["_id"] == session]
    assert rows[0]["reason"] == "project_not_found"
    assert rows[0]["requested"]["project"] == "typo"
    assert rows[0]["group"] == tree.group
    assert stranger.get("/connector/misrouted").json() == []
    assert (
        stranger.post(f"/connector/misrouted/{session}/move", json={"project": tree.project}).status_code
        == 404
    )
    moved = api.post(
        f"/connector/misrouted/{session}/move",
        json={"project": tree.project, "subject": "S", "session": "new"},
    )
    assert moved.status_code == 200, moved.text
    there = tree.get(f"/sessions/{session}")
    assert (there["project"], there["label"], there["subject"]["_id"]) == (tree.project, "new", tree.subject)
    assert session not in [row["session"]["_id"] for row in api.get("/connector/misrouted").json()]
    assert tree.get(f"/files/{done['file_id']}")["parents"]["project"] == tree.project


def test_a_later_string_moves_the_parked_session_also_when_the_content_is_unchanged(connector, tree, route):
    raw, instances = packed(b"x")
    parked = connector.send(raw, instances, string="")
    assert parked["placement"]["group"] == "unknown"
    again = connector.send(raw, instances, string=route)
    assert again["status"] == "unchanged"
    assert again["placement"]["project"] == tree.project
    assert again["reason"] is None


def test_the_preview_tells_the_target_and_near_names_only_to_those_who_see_them(api, stranger, tree):
    asked = {"string": f"fw://{tree.group}/PP"}
    seen = api.post("/connector/routing/preview", json=asked).json()
    assert seen["target"] == {
        "group": tree.group,
        "project": "Unsorted",
        "creates_project": False,
        "reason": "project_not_found",
    }
    assert (
        stranger.post("/connector/routing/preview", json=asked).json()["target"]["reason"]
        == "group_not_found"
    )
    good = api.post("/connector/routing/preview", json={"string": f"fw://{tree.group}/p/s"}).json()
    assert (good["target"]["project"], good["routing"]["subject"]) == ("P", "s")
    assert (
        api.post("/connector/routing/preview", json={"string": "x", "config": {"nope": 1}}).status_code == 422
    )
    typo = api.post("/connector/routing/preview", json={"string": f"fw://{tree.group}x/P"}).json()
    assert {"group": tree.group, "project": "P"} in typo["suggestions"]


@pytest.mark.parametrize(
    "change",
    [{"size": 0}, {"size": "x"}, {"sha256": "abc"}, {"key": {}}, {"fields": []}, {"routing": {"form": "?"}}],
)
def test_bad_announcements_are_refused_in_words(connector, route, problem, change):
    body = {**connector.announcement(b"x", string=route), **change}
    problem(connector.api.post("/connector/series", json=body), 422)
