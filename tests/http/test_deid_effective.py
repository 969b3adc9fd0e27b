"""What applies to a place, and who is given the secret of a project."""

import pytest

DEID = {"X-Treadle-Deid": "1"}
ROUTING = {"form": "uri", "status": "ok"}


@pytest.fixture
def device(api, connect, unique):
    made = api.post("/devices", json={"label": unique(), "type": "connector"})
    assert made.status_code == 200, made.text
    return connect(Authorization=f"scitran-user {made.json()['key']}")


def routed(device, group, project, **more):
    body = {"routing": {**ROUTING, "group": group, "project": project}, **more}
    answer = device.post("/connector/deid", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_without_a_profile_nothing_applies_and_no_secret_is_shown(tree) -> None:
    shown = tree.get(f"/projects/{tree.project}/deid")
    assert (shown["profile"], shown["exempt"]) == (None, False)
    assert not shown.get("secret")


def test_a_de_identifying_client_gets_the_same_secret_each_time(tree) -> None:
    path = f"/projects/{tree.project}/deid"
    first, second = (tree.api.get(path, headers=DEID).json()["secret"] for _ in range(2))
    assert first == second
    assert (first["scope"], first["epoch"], len(bytes.fromhex(first["key"]))) == ("project", 1, 32)


def test_a_stranger_learns_neither_profile_nor_secret(tree, stranger, problem) -> None:
    problem(stranger.get(f"/projects/{tree.project}/deid", headers=DEID), 404)
    problem(stranger.post("/connector/deid", json={}), 403)


def test_an_unknown_epoch_is_not_found(tree, problem) -> None:
    answer = tree.api.get(f"/projects/{tree.project}/deid", params={"epoch": 7}, headers=DEID)
    assert problem(answer, 404)["code"] == "privacy.epoch_not_found"


def test_a_device_gets_the_secret_of_where_a_routing_string_leads(tree, device) -> None:
    label = tree.get(f"/projects/{tree.project}")["label"]
    answer = routed(device, tree.group, label)
    assert answer["target"] == {
        "group": tree.group,
        "project": label,
        "project_id": tree.project,
        "creates_project": False,
        "reason": "ok",
    }
    asked = device.get(f"/projects/{tree.project}/deid", headers=DEID).json()
    assert asked["secret"] == answer["secret"]


def test_a_project_that_comes_to_be_has_the_secret_its_label_was_promised(tree, device, unique) -> None:
    label = unique()
    promised = routed(device, tree.group, label, create_projects=True)
    assert promised["target"]["creates_project"]
    assert promised["target"]["project_id"] is None
    made = tree.api.post("/projects", json={"group": tree.group, "label": label}).json()["_id"]
    kept = tree.api.get(f"/projects/{made}/deid", headers=DEID).json()["secret"]
    assert kept == promised["secret"]
    assert routed(device, tree.group, label)["secret"] == kept


def test_nowhere_known_answers_for_the_parking_place(device, unique) -> None:
    answer = routed(device, unique(), "x")
    assert answer["target"]["group"] == "unknown"
    assert answer["secret"]["key"]
