"""Audit trail reports: what changed in a project, until the moment they were asked for."""

import csv
import io

import httpx
import pytest


@pytest.fixture
def report(tree):
    """Makes a report of the project."""

    def make(**said):
        answer = tree.api.post("/audit-trail/reports", json={"project_id": tree.project, **said})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return make


def lines(api, report):
    answer = api.get(f"/audit-trail/reports/{report['_id']}/csv")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_report_says_who_changed_what_until_then(tree, report) -> None:
    tree.upload("a.txt")
    tree.api.put(f"/subjects/{tree.subject}", json={"sex": "female"})
    other = tree.add("subjects", project=tree.project, label="gone")
    tree.api.delete(f"/subjects/{other}", params={"delete_reason": "test_data"})
    made = report(label="for the auditor")
    tree.api.put(f"/subjects/{tree.subject}", json={"sex": "male"})
    assert (made["status"], made["label"]) == ("complete", "for the auditor")
    found = lines(tree.api, made)
    assert [line["timestamp"] for line in found] == sorted(line["timestamp"] for line in found)
    changes = {(line["change"], line["container_type"], line["label"]) for line in found}
    assert {("CREATE", "project", "P"), ("CREATE", "file", "a.txt"), ("DELETE", "subject", "gone")} <= changes
    [update] = [line for line in found if (line["change"], line["container_type"]) == ("UPDATE", "subject")]
    assert '"sex":"female"' in update["values"]
    assert update["origin.id"]
    assert [line["reason"] for line in found if line["change"] == "DELETE"] == ["test_data"]


def test_a_report_may_be_about_some_subjects(tree, report, problem) -> None:
    other = tree.add("subjects", project=tree.project, label="other")
    found = lines(tree.api, report(subject_ids=[other]))
    assert {line["container_id"] for line in found} == {other}
    for wrong, status in (([tree.session], 404), (["0" * 24], 404), ("x", 422)):
        said = {"project_id": tree.project, "subject_ids": wrong}
        problem(tree.api.post("/audit-trail/reports", json=said), status)


def test_reports_are_listed_renamed_and_deleted(tree, report, problem) -> None:
    one, two = report(label="one"), report(label="two")
    here = f"project_id={tree.project}"
    listed = tree.get("/audit-trail/reports", filter=here, sort="label:desc", limit=1)
    assert [row["_id"] for row in listed] == [two["_id"]]
    path = f"/audit-trail/reports/{one['_id']}"
    assert tree.api.patch(path, json={"label": "first"}).json()["label"] == "first"
    problem(tree.api.patch(path, json={"status": "canceled"}), 409)
    problem(tree.api.patch(path, json={"label": ""}), 422)
    assert tree.api.delete(path).json() == {"deleted": 1}
    problem(tree.api.delete(path), 404)
    assert [row["_id"] for row in tree.get("/audit-trail/reports", filter=here)] == [two["_id"]]


def test_a_report_is_fetched_by_an_address_without_credentials(tree, report) -> None:
    address = tree.get(f"/audit-trail/reports/{report()['_id']}/download")
    assert "container_id" in httpx.get(address).text
    assert httpx.get(address.replace("ticket=", "ticket=x")).status_code == 404


def test_who_may_not_read_reports_learns_nothing(tree, report, stranger, problem) -> None:
    made = report()
    paths = [f"/audit-trail/reports/{made['_id']}{end}" for end in ("/csv", "/download")]
    for path in paths:
        problem(stranger.get(path), 404)
    problem(stranger.post("/audit-trail/reports", json={"project_id": tree.project}), 404)
    assert stranger.get("/audit-trail/reports").json() == []
    rw = next(role["_id"] for role in tree.get("/roles") if role["label"] == "Read-write")
    entry = {"_id": stranger.headers["x-user"], "role_ids": [rw]}
    assert tree.api.post(f"/projects/{tree.project}/permissions", json=entry).status_code == 200
    for path in paths:
        problem(stranger.get(path), 403)
    problem(stranger.delete(f"/audit-trail/reports/{made['_id']}"), 403)
