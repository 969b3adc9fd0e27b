"""Saved queries: who may see, change and delete them; what is refused (search.md 7)."""

import pytest

SEARCH = {"return_type": "session", "structured_query": "subject.sex = male"}
QUERIES = "/dataexplorer/queries"


@pytest.fixture
def save(api):
    """Saves a query as a user and gives its id."""

    def saved(kind, parent, *, by=api, **more):
        body = {"label": "Men", "search": SEARCH, "parent": {"type": kind, "id": parent}, **more}
        made = by.post(QUERIES, json=body)
        assert made.status_code == 200, made.text
        return made.json()["_id"]

    return saved


@pytest.fixture
def member(api, tree, stranger):
    """A user with a read-only role in the project."""
    roles = {role["default_flywheel_role"]: role["_id"] for role in api.get("/roles").json()}
    given = api.post(
        f"/projects/{tree.project}/permissions",
        json={"_id": stranger.headers["x-user"], "role_ids": [roles["ro"]]},
    )
    assert given.status_code == 200, given.text
    return stranger


def test_a_saved_query_is_read_changed_and_deleted(tree, api, save):
    query = save("project", tree.project, description="All men")
    found = tree.get(f"{QUERIES}/{query}")
    assert (found["label"], found["search"], found["description"]) == ("Men", SEARCH, "All men")
    assert found["parent"] == {"type": "project", "id": tree.project}
    changed = api.put(f"{QUERIES}/{query}", json={"label": "Them", "search": {"return_type": "file"}}).json()
    assert (changed["_id"], changed["label"], changed["search"]) == (query, "Them", {"return_type": "file"})
    assert changed["modified"] > found["modified"]
    assert api.delete(f"{QUERIES}/{query}").json() == {"deleted": 1}
    assert api.get(f"{QUERIES}/{query}").status_code == 404


def test_a_query_of_a_project_or_group_is_seen_by_those_who_see_it(api, tree, save, member, problem):
    of_project, of_group = save("project", tree.project), save("group", tree.group)
    listed = {one["_id"] for one in member.get(QUERIES, params={"limit": 1000}).json()}
    assert {of_project, of_group} <= listed
    for query in (of_project, of_group):
        assert member.get(f"{QUERIES}/{query}").status_code == 200
        problem(member.put(f"{QUERIES}/{query}", json={"label": "mine"}), 403)
        problem(member.delete(f"{QUERIES}/{query}"), 403)
    refused = {"label": "x", "search": SEARCH, "parent": {"type": "project", "id": tree.project}}
    problem(member.post(QUERIES, json=refused), 403)


def test_a_query_is_hidden_from_those_who_see_nothing_of_its_parent(tree, save, stranger, problem):
    hidden = [save("project", tree.project), save("group", tree.group)]
    assert not {one["_id"] for one in stranger.get(QUERIES).json()} & set(hidden)
    for query in hidden:
        for method in ("GET", "PUT", "DELETE"):
            problem(stranger.request(method, f"{QUERIES}/{query}", json={"label": "x"}), 404)
    new = {"label": "x", "search": SEARCH, "parent": {"type": "project", "id": tree.project}}
    problem(stranger.post(QUERIES, json=new), 404)


def test_a_users_query_is_theirs_alone(api, save, stranger, problem):
    me = stranger.headers["x-user"]
    query = save("user", me, by=stranger)
    assert [one["_id"] for one in stranger.get(QUERIES, params={"filter": "parent.type=user"}).json()] == [
        query
    ]
    problem(api.get(f"{QUERIES}/{query}"), 404)
    assert query not in {one["_id"] for one in api.get(QUERIES, params={"limit": 10_000}).json()}
    problem(
        api.post(QUERIES, json={"label": "x", "search": SEARCH, "parent": {"type": "user", "id": me}}), 403
    )


def test_a_query_of_the_site_is_for_all_and_changed_by_administrators(api, save, stranger, problem):
    query = save("site", "site")
    assert stranger.get(f"{QUERIES}/{query}").json()["parent"] == {"type": "site", "id": "site"}
    problem(stranger.put(f"{QUERIES}/{query}", json={"label": "x"}), 403)
    problem(
        stranger.post(
            QUERIES, json={"label": "x", "search": SEARCH, "parent": {"type": "site", "id": "site"}}
        ),
        403,
    )
    assert api.delete(f"{QUERIES}/{query}").status_code == 200


def test_lists_of_queries_are_paged(api, tree, save):
    made = [save("project", tree.project, label=f"q{number}") for number in range(3)]
    only = f"parent.id={tree.project}"
    page = api.get(
        QUERIES, params={"filter": only, "limit": 2}, headers={"X-Accept-Feature": "Pagination"}
    ).json()
    assert (page["count"], page["total"], [one["_id"] for one in page["results"]]) == (2, 3, made[:2])
    rest = api.get(QUERIES, params={"filter": only, "after_id": made[1]}).json()
    assert [one["_id"] for one in rest] == made[2:]
    named = api.get(QUERIES, params={"filter": f"{only},label=q1", "sort": "created:desc"}).json()
    assert [one["_id"] for one in named] == [made[1]]


@pytest.mark.parametrize(
    "change",
    [
        {"label": ""},
        {"label": None},
        {"label": 5},
        {"label": "x" * 256},
        {"search": None},
        {"search": {}},
        {"search": {"return_type": "planet"}},
        {"search": {"return_type": "file", "filters": "all"}},
        {"search": {"return_type": "file", "filters": [{"script": {}}]}},
        {"search": {"return_type": "file", "size": -1}},
        {"search": {"return_type": "file", "strange": 1}},
        {"search": {"return_type": "file", "structured_query": "file.type ~~ x"}},
        {"description": 5},
        {"strange": 1},
    ],
)
def test_what_is_no_query_is_not_saved(api, tree, save, problem, change):
    query = save("project", tree.project)
    problem(api.put(f"{QUERIES}/{query}", json=change), 400)
    whole = {"label": "x", "search": SEARCH, "parent": {"type": "project", "id": tree.project}, **change}
    problem(api.post(QUERIES, json=whole), 400)


@pytest.mark.parametrize(
    "parent", [None, {}, {"type": "session", "id": "x"}, {"type": "analysis", "id": "x"}, {"type": "project"}]
)
def test_queries_belong_to_users_groups_projects_or_the_site(api, problem, parent):
    problem(api.post(QUERIES, json={"label": "x", "search": SEARCH, "parent": parent}), 400)
