"""Executions: small ones at once, large ones by the worker, kept for their owner."""

import pytest

from treadle.testing.waiting import wait_until

VIEW = {"label": "Ses/sions", "columns": [{"src": "session.label"}], "includeIds": False}


@pytest.fixture
def queued(tree):
    """Queues a view and waits for its end."""

    def run(view=VIEW, container=None, **query):
        answer = tree.api.post(
            "/views/queue", json=view, params={"containerId": container or tree.project, **query}
        )
        assert answer.status_code == 200, answer.text
        found = answer.json()
        place = f"/data_view_executions/{found['_id']}"
        wait_until(lambda: tree.get(place)["state"] in ("completed", "failed"), what="executed")
        return tree.get(place)

    return run


def test_a_small_view_is_done_when_the_call_answers(tree):
    found = tree.api.post("/views/queue", json=VIEW, params={"containerId": tree.project}).json()
    assert (found["state"], found["rows"], found["data_view_label"]) == ("completed", 1, "Ses/sions")
    assert found["project_id"] == tree.project
    assert found["expires_on"][:10] > found["created"][:10]


def test_the_data_come_in_every_format(tree, queued):
    path = f"/data_view_executions/{queued()['_id']}/data"
    assert tree.get(path) == {"data": [{"project.label": "P", "subject.label": "S", "session.label": "E"}]}
    assert tree.get(path, file_format="json-flat")[0]["session.label"] == "E"
    answer = tree.api.get(path, params={"file_format": "csv", "file_name": "my.csv"})
    assert answer.text == "project.label,subject.label,session.label\nP,S,E\n"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="my.csv"' in answer.headers["content-disposition"]
    assert (
        'filename="Ses_sions.tsv"'
        in tree.api.get(path, params={"file_format": "tsv"}).headers["content-disposition"]
    )
    assert tree.api.get(path, params={"file_format": "parquet"}).content[:4] == b"PAR1"


def test_files_too_many_to_wait_for_are_read_by_the_worker(tree, queued):
    for number in range(21):
        tree.upload(f"t{number:02}.csv", f"n\n{number}\n")
    spec = {"container": "acquisition", "filter": {"value": "*.csv"}, "match": "all"}
    view = {"includeIds": False, "includeLabels": False, "fileSpec": spec}
    first = tree.api.post("/views/queue", json=view, params={"containerId": tree.project}).json()
    assert first["state"] == "queued"
    assert tree.api.get(f"/data_view_executions/{first['_id']}/data").status_code in (200, 409)
    done = queued(view, filter="n>=5", limit=10)
    assert (done["state"], done["rows"]) == ("completed", 10)
    found = tree.get(f"/data_view_executions/{done['_id']}/data", file_format="json-flat")
    assert [row["n"] for row in found] == [str(number) for number in range(5, 15)]


def test_executions_are_listed_for_their_owner(tree, queued, stranger, problem):
    first, second = queued()["_id"], queued()["_id"]
    found = tree.get("/data_view_executions", filter=f"project_id={tree.project}")
    assert [one["_id"] for one in found] == [first, second]
    found = tree.get("/data_view_executions", filter=f"project_id={tree.project}", after_id=first)
    assert [one["_id"] for one in found] == [second]
    found = tree.get(
        "/data_view_executions", filter=f"project_id={tree.project}", sort="created:desc", limit=1
    )
    assert [one["_id"] for one in found] == [second]
    assert stranger.get("/data_view_executions").json() == []
    problem(stranger.get("/data_view_executions", params={"exhaustive": "true"}), 403)
    for path in ("", "/data"):
        problem(stranger.get(f"/data_view_executions/{first}{path}"), 404)
    for path in ("save", "delete"):
        problem(stranger.post(f"/data_view_executions/{first}/{path}"), 404)


def test_a_result_is_saved_to_its_project_and_deleted(tree, queued, problem):
    path = f"/data_view_executions/{queued()['_id']}"
    made = tree.api.post(f"{path}/save", params={"file_format": "csv"})
    assert made.status_code == 200, made.text
    assert made.json()["name"] == "Ses_sions.csv"
    assert tree.api.get(f"/projects/{tree.project}/files/Ses_sions.csv").text.endswith("P,S,E\n")
    assert tree.api.post(f"{path}/delete").json() == {"deleted": 1}
    problem(tree.api.get(path), 404)


def test_a_result_needs_the_rights_it_was_made_with(tree, stranger, api, problem):
    user = stranger.headers["x-user"]
    reader = next(one["_id"] for one in api.get("/roles").json() if one["default_flywheel_role"] == "ro")
    api.post(f"/projects/{tree.project}/permissions", json={"_id": user, "role_ids": [reader]})
    made = stranger.post("/views/queue", json=VIEW, params={"containerId": tree.group}).json()
    path = f"/data_view_executions/{made['_id']}/data"
    assert stranger.get(path).json()["data"][0]["session.label"] == "E"
    api.delete(f"/projects/{tree.project}/permissions/{user}")
    problem(stranger.get(path), 403)


def test_a_ticket_fetches_a_result(tree, queued, anonymous):
    path = f"/data_view_executions/{queued()['_id']}/data"
    ticket = tree.get(path, ticket="", file_format="ndjson")["ticket"]
    assert anonymous.get(path, params={"ticket": ticket}).json()["session.label"] == "E"


def test_a_view_that_fails_says_why(tree, queued, problem):
    rows = "\n".join(f'{{"k{number}": 1}}' for number in range(2100))
    for number in range(21):
        tree.upload(f"t{number}.json", rows)
    spec = {"container": "acquisition", "filter": {"value": "*.json"}, "match": "all"}
    done = queued({"fileSpec": spec})
    assert done["state"] == "failed"
    assert "more than 2,000 columns" in done["error"]
    assert "2,000" in problem(tree.api.get(f"/data_view_executions/{done['_id']}/data"), 409)["message"]
