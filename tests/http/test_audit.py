"""Every access leaves a record: who, when, from where, through which client, on which request."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from treadle.server.kit.ids import new_id
from treadle.testing.waiting import wait_until

TREADLE = Path(sys.executable).with_name("treadle")


@pytest.fixture
def recorded(api):
    """The record of the request with this answer."""

    def find(answer):
        wanted = answer.headers["x-request-id"]
        start = {"start_date": f"{time.strftime('%Y-%m-%d', time.gmtime(time.time() - 86400))}"}
        lines = api.get("/x/audit/export", params={**start, "format": "ndjson"}).text.splitlines()
        return [line for line in map(json.loads, lines) if line["request_id"] == wanted]

    return find


def test_a_record_says_who_when_where_and_through_what(api, tree, recorded, treadle_server):
    answer = api.get(f"/acquisitions/{tree.acquisition}", headers={"User-Agent": "Flywheel SDK/17.8.0 (x)"})
    (found,) = recorded(answer)
    assert found["access_type"] == "view_container"
    assert found["origin"] == {"type": "user", "id": treadle_server.email}
    assert found["client"] == "Flywheel SDK/17.8.0 (x)"
    assert found["address"] == "127.0.0.1"
    assert found["context"]["project"]["id"] == tree.project
    assert (found["request_method"], found["request_path"]) == (
        "GET",
        f"/api/acquisitions/{tree.acquisition}",
    )
    assert found["timestamp"]
    assert found["number"] > 0


def _requests(tree):
    """One of each kind of access, in an order that works."""
    file = tree.upload("a.txt")
    here = f"/acquisitions/{tree.acquisition}"
    return [
        ("GET", "/sessions", None),
        ("GET", f"/projects/{tree.project}/sessions", None),
        ("POST", "/lookup", {"path": [tree.group, "P"]}),
        ("GET", f"{here}/files/a.txt", None),
        ("GET", f"/files/{file['file_id']}", None),
        ("GET", f"/files/{file['file_id']}/versions", None),
        ("POST", f"{here}/tags", {"value": "t"}),
        ("POST", f"{here}/notes", {"text": "n"}),
        ("POST", f"{here}/info", {"set": {"a": 1}}),
        ("PUT", here, {"label": "B"}),
        ("GET", f"/projects/{tree.project}/permissions", None),
        ("POST", f"/containers/{tree.project}/views", {"label": "v", "columns": [{"src": "subject.label"}]}),
        ("POST", "/users/self/info", {"set": {}}),
        ("DELETE", f"{here}/files/a.txt", None),
        ("DELETE", here, None),
    ]


def test_nothing_is_seen_or_changed_without_a_record(tree, recorded):
    for method, path, body in _requests(tree):
        answer = tree.api.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        assert recorded(answer), f"{method} {path}"


def test_refused_writes_are_recorded_with_the_missing_action(api, tree, stranger, recorded, problem):
    role = "000000000000000000000001"  # read only
    body = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{tree.project}/permissions", json=body).status_code == 200
    answer = stranger.put(f"/sessions/{tree.session}", json={"label": "X"})
    problem(answer, 403)
    (found,) = recorded(answer)
    assert found["access_type"] == "write_refused"
    assert found["origin"]["id"] == stranger.headers["x-user"]
    assert found["context"]["action"] == "containers_modify_metadata"
    problem(stranger.get("/report/accesslog"), 403)


def test_a_download_in_parts_is_one_record(tree, recorded):
    tree.upload("b.txt", b"0123456789")
    path = f"/acquisitions/{tree.acquisition}/files/b.txt"
    first = tree.api.get(path, headers={"Range": "bytes=0-4"})
    second = tree.api.get(path, headers={"Range": "bytes=5-9"})
    assert [line["access_type"] for line in recorded(first)] == ["download_file"]
    assert recorded(second) == []


def test_the_report_is_narrowed_by_project_and_type(api, tree):
    ask = {"project": tree.project, "access_types": "create_container"}
    lines = api.get("/report/accesslog", params=ask).json()
    assert {line["context"]["project"]["id"] for line in lines} == {tree.project}
    assert {line["access_type"] for line in lines} == {"create_container"}
    assert len(lines) == 4
    stamps = [line["timestamp"] for line in lines]
    assert stamps == sorted(stamps, reverse=True)
    assert api.get("/report/accesslog", params={"project": new_id()}).json() == []


def test_an_export_has_every_record_once_in_each_form(api, tree):
    """More than a page, in the order of time."""
    tree.api.put(f"/acquisitions/{tree.acquisition}", json={"label": "=not a formula"})
    tree.api.delete(f"/acquisitions/{tree.acquisition}", params={"delete_reason": "duplicate_data"})
    ask = {"project": tree.project}
    whole = api.get("/x/audit/export", params={**ask, "format": "json"})
    assert whole.headers["content-type"] == "application/json"
    records = whole.json()
    lines = [
        json.loads(line)
        for line in api.get("/x/audit/export", params={**ask, "format": "ndjson"}).text.splitlines()
    ]
    table = list(
        csv.DictReader(io.StringIO(api.get("/x/audit/export", params={**ask, "format": "csv"}).text))
    )
    assert (
        [line["_id"] for line in lines] == [line["_id"] for line in records] == [row["id"] for row in table]
    )
    assert [line["timestamp"] for line in records] == sorted(line["timestamp"] for line in records)
    assert records[-1]["reason"] == table[-1]["reason"] == "duplicate_data"
    assert records[-1]["context"]["acquisition"]["label"] == "=not a formula"
    assert table[-1]["acquisition.label"] == "'=not a formula"
    assert {row["project.label"] for row in table} == {"P"}
    assert json.loads(table[0]["context"]) == records[0]["context"]


def test_reading_the_log_is_recorded_too(api, recorded):
    (found,) = recorded(api.get("/report/accesslog", params={"user": "a@b.c", "csv": "true"}))
    assert found["access_type"] == "view_access_log"
    assert found["context"] == {"query": {"user": "a@b.c"}}


def test_an_export_is_for_administrators(stranger, problem):
    problem(stranger.get("/x/audit/export"), 403)


def _verify(home, *more):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TREADLE_")}
    command = [str(TREADLE), "audit", "verify", "--home", str(home), *more]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=environ)


def test_the_command_finds_the_running_site_whole(api, tree, treadle_server):
    """The worker seals in the background."""

    def verified():
        done = _verify(treadle_server.home, "--json")
        told = json.loads(done.stdout)
        return (done, told) if told["segments"] else None

    done, told = wait_until(verified, what="a segment is closed")
    assert (done.returncode, told["ok"], told["broken"]) == (0, True, None)
    assert told["records"] > 0
    anchor = f"{told['head']['segment']}:{told['head']['digest']}"
    assert _verify(treadle_server.home, "--anchor", anchor).returncode == 0
    wrong = _verify(treadle_server.home, "--anchor", f"1:{'0' * 64}")
    assert wrong.returncode == 1
    assert "segment 1" in wrong.stdout
    assert len(wrong.stdout.splitlines()) == 1


def test_answers_of_the_api_cannot_act_as_pages(api, anonymous, tree):
    """Whatever a browser opens under /api: no scripts, no frames, no guessing of types."""
    tree.upload("page.html", b"<script>alert(1)</script>")
    here = f"/acquisitions/{tree.acquisition}/files/page.html"
    for answer in (
        api.get("/users/self"),
        anonymous.get("/users/self"),
        anonymous.get("/nowhere"),
        api.get(here),
        api.get(here, params={"view": "true"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["a.html", "a.xhtml", "a.svg", "a.xml", "a.HTM"])
def test_uploads_are_never_pages_of_our_origin(tree, name):
    """Downloads are attachments; a preview is sandboxed, which gives it an origin of its own and no scripts."""
    tree.upload(name, b"<html><script>alert(1)</script></html>")
    path = f"/acquisitions/{tree.acquisition}/files/{name}"
    plain, preview = tree.api.get(path), tree.api.get(path, params={"view": "true"})
    assert plain.headers["content-type"] == "application/octet-stream"
    assert plain.headers["content-disposition"].startswith("attachment")
    for answer in (plain, preview):
        policy = answer.headers["content-security-policy"]
        assert policy.split(";")[0] == "sandbox"
        assert "allow-" not in policy
