"""Saved views: who may see, change and run them; tickets; files made of results."""

import pytest

VIEW = {"label": "All sessions", "columns": [{"src": "session.label"}], "includeIds": False}


@pytest.fixture
def saved(api, tree):
    made = api.post(f"/containers/{tree.project}/views", json=VIEW)
    assert made.status_code == 200, made.text
    return made.json()["_id"]


@pytest.fixture
def grant(api):
    """Gives a user a role of exactly these actions in a project, as the site administrator."""

    def give(client, tree, *actions):
        role = api.post(
            "/roles", json={"label": f"{tree.project}-{'-'.join(actions)}"[:60], "actions": list(actions)}
        )
        assert role.status_code == 200, role.text
        api.post(f"/groups/{tree.group}/roles", json={"_id": role.json()["_id"]})
        given = api.post(
            f"/projects/{tree.project}/permissions",
            json={"_id": client.headers["x-user"], "role_ids": [role.json()["_id"]]},
        )
        assert given.status_code == 200, given.text

    return give


def test_a_saved_view_is_listed_changed_and_deleted(api, tree, saved):
    [one] = tree.get(f"/containers/{tree.project}/views")
    assert (one["_id"], one["label"], one["parent"]) == (saved, "All sessions", tree.project)
    assert one["columns"] == [{"src": "session.label"}]
    assert one["origin"]["type"] == "user"
    assert api.put(f"/views/{saved}", json={"label": "Other"}).json()["modified"] == 1
    found = tree.get(f"/views/{saved}")
    assert (found["label"], found["columns"], found["includeIds"]) == (
        "Other",
        [{"src": "session.label"}],
        False,
    )
    assert api.delete(f"/views/{saved}").json() == {"deleted": 1}
    assert api.get(f"/views/{saved}").status_code == 404
    assert tree.get(f"/containers/{tree.project}/views") == []


def test_a_saved_view_runs_anywhere(tree, saved):
    found = tree.get(f"/views/{saved}/data", containerId=tree.session)
    assert found == {"data": [{"project.label": "P", "subject.label": "S", "session.label": "E"}]}


def test_a_user_has_private_views(api, tree, stranger):
    me = stranger.headers["x-user"]
    made = stranger.post(f"/containers/{me}/views", json=VIEW).json()["_id"]
    assert [one["_id"] for one in stranger.get(f"/containers/{me}/views").json()] == [made]
    assert api.get(f"/views/{made}").status_code == 200  # a site administrator sees everything
    other = api.get("/users/self").json()["_id"]
    assert stranger.get(f"/containers/{other}/views").status_code == 404
    assert stranger.post(f"/containers/{other}/views", json=VIEW).status_code == 404


def test_who_sees_nothing_of_a_project_cannot_tell_its_views_from_none(stranger, tree, saved):
    query = {"containerId": tree.project}
    unknown = f"{int(saved, 16) + 999:024x}"
    for path in ("", "/data"):
        there = stranger.get(f"/views/{saved}{path}", params=query)
        nowhere = stranger.get(f"/views/{unknown}{path}", params=query)
        assert there.status_code == nowhere.status_code == 404
        assert there.json()["message"] == nowhere.json()["message"]
    assert stranger.get(f"/containers/{tree.project}/views").status_code == 404
    assert stranger.post("/views/data", json=VIEW, params=query).status_code == 404
    assert stranger.post("/views/queue", json=VIEW, params=query).status_code == 404


def test_viewing_and_managing_are_separate_rights(stranger, tree, saved, grant, problem):
    query = {"containerId": tree.project}
    grant(stranger, tree, "containers_view_metadata")
    problem(stranger.post("/views/data", json=VIEW, params=query), 403)
    problem(stranger.get(f"/views/{saved}"), 403)
    grant_more = tree.api.get(f"/projects/{tree.project}/permissions/{stranger.headers['x-user']}")
    assert grant_more.status_code == 200
    tree.api.delete(f"/projects/{tree.project}/permissions/{stranger.headers['x-user']}")
    grant(stranger, tree, "data_views_view")
    assert stranger.post("/views/data", json=VIEW, params=query).status_code == 200
    assert stranger.get(f"/views/{saved}/data", params=query).status_code == 200
    problem(stranger.post(f"/containers/{tree.project}/views", json=VIEW), 403)
    problem(stranger.put(f"/views/{saved}", json={"label": "x"}), 403)
    problem(stranger.delete(f"/views/{saved}"), 403)
    body = {"view": VIEW, "containerType": "project", "containerId": tree.project, "filename": "x.csv"}
    problem(stranger.post("/views/save", json=body, params=query), 403)
    contents = {"fileSpec": {"container": "acquisition", "filter": {"value": "*"}}}
    problem(stranger.post("/views/data", json=contents, params=query), 403)


def test_rows_of_a_group_are_those_of_the_visible_projects(stranger, tree, grant):
    other = tree.add("projects", group=tree.group, label="Hidden")
    tree.add("sessions", project=other, subject={"label": "H"}, label="secret")
    grant(stranger, tree, "data_views_view")
    query = {"containerId": tree.group, "format": "json-flat"}
    for view in (VIEW, {"columns": [{"src": "session.id", "accumulator": "count", "dst": "session.label"}]}):
        found = stranger.post("/views/data", json=view, params=query).json()
        assert [row["session.label"] for row in found] in (["E"], [1])
    assert len(tree.api.post("/views/data", json=VIEW, params=query).json()) == 2


def test_a_ticket_repeats_a_call_without_credentials(api, anonymous, tree, saved):
    query = {"containerId": tree.project, "format": "csv", "filename": "all.csv"}
    ticket = api.get(f"/views/{saved}/data", params={**query, "ticket": ""}).json()["ticket"]
    answer = anonymous.get(f"/views/{saved}/data", params={"ticket": ticket})
    assert answer.text.splitlines()[-1] == "P,S,E"
    assert 'filename="all.csv"' in answer.headers["content-disposition"]
    assert anonymous.get(f"/views/{saved}/data", params={"ticket": "nonsense"}).status_code == 404
    assert anonymous.get(f"/views/{saved}/data", params=query).status_code == 401
    ticket = api.post("/views/data", json=VIEW, params={**query, "ticket": ""}).json()["ticket"]
    assert anonymous.post("/views/data", params={"ticket": ticket}).text == answer.text
    assert anonymous.get(f"/views/{saved}/data", params={"ticket": ticket}).status_code == 404


def test_a_result_becomes_a_file(api, tree, saved):
    body = {"view": VIEW, "containerType": "project", "containerId": tree.project, "filename": "rows.csv"}
    made = api.post("/views/save", json=body, params={"containerId": tree.project})
    assert made.status_code == 200, made.text
    assert set(made.json()["_id"]) == {"file_id", "version"}
    content = api.get(f"/projects/{tree.project}/files/rows.csv").text
    assert content == "project.label,subject.label,session.label\nP,S,E\n"
    body = {"viewId": saved, "containerId": tree.project, "filename": "rows.csv"}
    again = api.post("/views/save", json=body, params={"containerId": tree.session})
    assert again.json()["_id"]["version"] == 2


def test_a_run_is_in_the_access_log(api, tree, saved):
    api.get(f"/views/{saved}/data", params={"containerId": tree.project})
    log = api.get("/report/accesslog", params={"project": tree.project, "limit": 20}).json()
    assert any(line["context"].get("data_view", {}).get("id") == saved for line in log)
