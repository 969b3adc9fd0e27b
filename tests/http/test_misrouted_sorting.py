"""Sorting the worklist: suggestions, all with the same string, aliases, conflicting subjects, who may; the preview."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from series_sender import Connector, packed


@pytest.fixture
def send(api):
    """Sends a new study that asks for `group/project`; answers what the server says."""

    def run(string, *, fields=None, **more):
        connector = Connector(api)
        raw, instances = packed(uuid.uuid4().bytes)
        body = connector.announcement(raw, string=string, **more)
        body["fields"] |= fields or {}
        ticket = connector.announce(body)["ticket"]
        connector.put(ticket, 0, raw)
        done = connector.complete(ticket, raw, instances)
        assert done.status_code == 200, done.text
        assert hashlib.sha256(raw).hexdigest() == body["sha256"]
        return done.json()["placement"] | {"reason": done.json()["reason"]}

    return run


@pytest.fixture
def rows(api):
    """The rows of the worklist for these sessions."""

    def read(*sessions, client=api):
        listed = client.get("/connector/misrouted", params={"limit": 1000}).json()
        return [row for row in listed if row["session"]["_id"] in sessions]

    return read


@pytest.fixture
def group_admin(api, stranger, tree):
    """A group administrator who may also fill the project."""
    user = stranger.headers["x-user"]
    api.post(f"/groups/{tree.group}/permissions", json={"_id": user, "access": "admin"})
    read_write = f"{2:024x}"
    granted = api.post(f"/projects/{tree.project}/permissions", json={"_id": user, "role_ids": [read_write]})
    assert granted.status_code == 200, granted.text
    return stranger


def test_the_worklist_says_device_time_reason_and_what_may_have_been_meant(tree, send, rows):
    project = tree.add("projects", group=tree.group, label="Memory study")
    parked = send(f"{tree.group}/Memory studdy")
    [row] = rows(parked["session"])
    assert (row["device"], row["reason"]) == ("scanner-1", "project_not_found")
    assert row["received_at"]
    assert row["suggestions"] == [{"group": tree.group, "project": "Memory study", "_id": project}]


def test_the_worklist_is_paged_counted_and_filtered(api, tree, send, unique):
    """And `alike` counts over the whole list, whatever page or filter is shown."""
    name = unique()
    parked = [send(f"{tree.group}/{spelled}")["session"] for spelled in (name, name.upper(), name)]
    send(f"{tree.group}/other-{name}")

    def page(**params):
        answer = api.get(
            "/connector/misrouted", params=params, headers={"X-Accept-Feature": "pagination"}
        ).json()
        return [row["session"]["_id"] for row in answer["results"]], answer

    whole = f"{tree.group}/{name}"
    first, answer = page(search=whole.upper(), limit=2)
    assert (first, answer["total"]) == (parked[:2], 3)
    assert [row["alike"] for row in answer["results"]] == [2, 2]
    rest, answer = page(search=whole, limit=2, after_id=first[-1])
    assert (rest, answer["total"], answer["results"][0]["alike"]) == (parked[2:], 3, 2)
    assert page(search=name, reason="project_not_found", device="scanner-1")[1]["total"] == 4
    assert page(search=name, reason="group_not_found")[1]["total"] == 0
    assert page(search=name, device="scanner-2")[1]["total"] == 0
    assert page(search=whole.replace("/", "%"))[1]["total"] == 0


def test_all_with_the_same_string_are_moved_and_later_ones_follow_the_alias(api, tree, send, rows):
    parked = [send(f"{tree.group}/Typo") for _ in range(3)]
    other = send(f"{tree.group}/another")
    moved = api.post(
        f"/connector/misrouted/{parked[0]['session']}/move",
        json={"project": tree.project, "remember_alias": True, "also_same_string": True},
    ).json()
    assert (moved["modified"], moved["remaining"]) == (3, 0)
    assert moved["alias"]["from"] == f"{tree.group}/typo"
    assert moved["alias"]["to"] == f"{tree.group}/P"
    assert {tree.get(f"/sessions/{one['session']}")["project"] for one in parked} == {tree.project}
    assert rows(*(one["session"] for one in parked)) == []
    assert len(rows(other["session"])) == 1
    later = send(f"{tree.group}/TYPO")
    assert (later["project"], later["reason"]) == (tree.project, None)
    alias = next(one for one in api.get("/connector/aliases").json() if one["_id"] == moved["alias"]["_id"])
    assert api.delete(f"/connector/aliases/{alias['_id']}").json() == {"deleted": 1}
    assert send(f"{tree.group}/typo")["reason"] == "project_not_found"


def test_moves_and_aliases_stand_in_the_access_log(api, tree, send):
    parked = send(f"{tree.group}/typo")
    api.post(
        f"/connector/misrouted/{parked['session']}/move",
        json={"project": tree.project, "remember_alias": True},
    ).raise_for_status()
    log = api.get("/report/accesslog", params={"project": tree.project, "limit": 50}).json()
    log = log if isinstance(log, list) else log["results"]
    types = [line["access_type"] for line in log]
    assert "container_moved_in" in types
    assert any(
        (line["context"].get("routing_alias") or {}).get("label") == f"{tree.group}/typo" for line in log
    )


def test_what_cannot_be_remembered_is_refused_in_words(api, tree, send, problem):
    def move(session, **more):
        return api.post(f"/connector/misrouted/{session}/move", json={"project": tree.project, **more})

    lost = send("")["session"]
    problem(move(lost, remember_alias=True), 409)
    problem(move(lost, also_same_string=True), 409)
    assert tree.get(f"/sessions/{lost}")["group"] == "unknown"
    own = api.post("/connector/aliases", json={"group": tree.group, "project": "p", "to": tree.project})
    assert "project of its own" in problem(own, 409)["message"]
    missing = api.post("/connector/aliases", json={"group": "x", "to": "0" * 24})
    problem(missing, 404)
    problem(api.delete("/connector/aliases/nope"), 404)


def test_a_group_administrator_sorts_the_groups_unsorted_but_never_sees_unknown(
    group_admin, tree, send, rows, stranger
):
    parked, lost = send(f"{tree.group}/typo"), send("")
    assert rows(lost["session"], client=group_admin) == []
    [row] = rows(parked["session"], client=group_admin)
    assert row["project"]["label"] == "Unsorted"
    answer = group_admin.post(f"/connector/misrouted/{lost['session']}/move", json={"project": tree.project})
    assert answer.status_code == 404
    moved = group_admin.post(
        f"/connector/misrouted/{parked['session']}/move",
        json={"project": tree.project, "remember_alias": True},
    )
    assert moved.status_code == 200, moved.text
    listed = group_admin.get("/connector/aliases").json()
    assert [alias["to"] for alias in listed] == [f"{tree.group}/P"]


def test_a_subject_of_another_name_is_flagged_until_somebody_says_who_it_is(api, tree, send, rows):
    ann = {"subject.label": "ex1", "subject.firstname": "Ann"}
    bob = {"subject.label": "ex1", "subject.firstname": "Bob"}
    first = send(f"{tree.group}/P", fields=ann)
    second = send(f"{tree.group}/P", fields=bob)
    assert rows(first["session"]) == []
    [row] = rows(second["session"])
    assert (row["reason"], row["flags"]) == ("ok", ["subject_conflict"])
    path = f"/connector/misrouted/{second['session']}/move"
    assert api.post(path, json={"project": tree.project, "subject": "ex2"}).json()["flags"] == []
    assert tree.get(f"/sessions/{second['session']}")["subject"]["label"] == "ex2"
    assert rows(second["session"]) == []
    third = send(f"{tree.group}/P", fields=bob)
    same = api.post(f"/connector/misrouted/{third['session']}/move", json={"project": tree.project})
    assert (same.json()["flags"], rows(third["session"])) == ([], [])  # said to be the same person


def test_a_move_onto_a_subject_of_another_name_keeps_it_on_the_list(api, tree, send, rows):
    send(f"{tree.group}/P", fields={"subject.label": "ex1", "subject.lastname": "Ann"})
    parked = send(f"{tree.group}/typo", fields={"subject.label": "ex1", "subject.lastname": "Bob"})
    path = f"/connector/misrouted/{parked['session']}/move"
    assert api.post(path, json={"project": tree.project}).json()["flags"] == ["subject_conflict"]
    assert len(rows(parked["session"])) == 1


def test_the_preview_reads_headers_options_and_a_devices_own_settings(api, connect, tree, unique):
    def ask(**body):
        return api.post("/connector/routing/preview", json=body).json()

    header = {"PatientID": "MRN 7", "PatientComments": f"fw://{tree.group}/P/s1"}
    found = ask(header=header, config={"fields": ["PatientID", "PatientComments"]})
    assert (found["routing"]["subject"], found["target"]["project"]) == ("s1", "P")
    bare = ask(string=f"{tree.group}/P", config={"require_prefix": False})
    assert (bare["routing"]["form"], bare["target"]["reason"]) == ("bare", "ok")
    made = api.post("/devices", json={"type": "connector", "label": unique()}).json()
    device = connect(Authorization=f"scitran-user {made['key'].rpartition(':')[2]}")
    scanner = unique()
    options = {"fields": ["PatientComments"], "default_group": tree.group, "default_project": "P"}
    device.put("/devices/self", json={"interval": 60, "info": {"routing": {scanner: options}}})
    assert ask(string="", device=scanner)["target"]["project"] == "P"
    assert ask(string="")["target"]["project"] == "Unsorted"
    assert ask(header=header, device=scanner)["routing"]["subject"] == "s1"


def test_the_preview_follows_aliases_that_lead_to_what_the_caller_sees(api, tree, stranger, unique):
    typed = unique()
    api.post(
        "/connector/aliases", json={"group": typed, "project": "x", "to": tree.project}
    ).raise_for_status()
    asked = {"string": f"fw://{typed}/X"}
    seen = api.post("/connector/routing/preview", json=asked).json()
    assert (seen["target"]["project"], seen["target"]["reason"]) == ("P", "ok")
    assert seen["alias"] == {"from": f"{typed}/x", "to": f"{tree.group}/P"}
    hidden = stranger.post("/connector/routing/preview", json=asked).json()
    assert (hidden["target"]["reason"], hidden["alias"]) == ("group_not_found", None)


@pytest.mark.parametrize(
    "config",
    [
        {"forms": 5},
        {"fields": [["x"]]},
        {"field": {}},
        {"require_prefix": None},
        {"defaults": {"group": 5}},
        {"defaults": {"group": "no group id"}},
        {"patterns": ["PatientID={group:[}!r"]},
        {"third_segment": []},
    ],
)
def test_options_that_make_no_sense_are_refused_in_words(api, problem, config):
    answer = api.post("/connector/routing/preview", json={"string": "fw://a/b", "config": config})
    assert problem(answer, 422)["message"].startswith("config: ")


def test_only_site_administrators_try_patterns(api, stranger, problem):
    asked = {"string": "a-b", "config": {"patterns": ["PatientID={group}-{project}"]}}
    assert api.post("/connector/routing/preview", json=asked).json()["routing"]["project"] == "b"
    problem(stranger.post("/connector/routing/preview", json=asked), 422)
