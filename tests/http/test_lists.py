"""Bare arrays, envelopes and the paging parameters."""

import pytest

PAGED = {"X-Accept-Feature": "pagination"}


@pytest.fixture
def row(tree):
    """A session with ten acquisitions, labelled 0 to 9, as a path to list them."""
    session = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="row")
    for number in range(10):
        tree.add("acquisitions", session=session, label=str(number))
    return f"/sessions/{session}/acquisitions"


def labels(answer):
    rows = answer.json()
    return "".join(one["label"] for one in (rows["results"] if isinstance(rows, dict) else rows))


@pytest.mark.parametrize(
    "path",
    [
        "/groups",
        "/projects",
        "/subjects",
        "/sessions",
        "/acquisitions",
        "/analyses",
        "/collections",
        "/users",
        "/roles",
    ],
)
def test_lists_are_bare_arrays_unless_an_envelope_is_asked_for(api, tree, path):
    bare = api.get(path, params={"limit": 2}).json()
    assert isinstance(bare, list)
    page = api.get(path, params={"limit": 2}, headers=PAGED).json()
    assert set(page) == {"count", "total", "results"}
    assert page["count"] == len(page["results"])
    assert page["total"] >= page["count"]


@pytest.mark.parametrize(
    "feature", ["pagination", "Pagination", "safe-redirect, PAGINATION", "multipart_signed_url,pagination"]
)
def test_the_feature_is_read_in_any_case_and_company(api, row, feature):
    page = api.get(row, params={"limit": 3}, headers={"X-Accept-Feature": feature}).json()
    assert (page["count"], page["total"]) == (3, 10)


@pytest.mark.parametrize(
    "feature", ["Safe-Redirect,multipart_signed_url", "subject-container", "paginations", ""]
)
def test_other_features_change_nothing(api, row, feature):
    assert len(api.get(row, headers={"X-Accept-Feature": feature}).json()) == 10


def test_the_file_list_is_always_an_envelope(api, tree):
    tree.upload("f.txt")
    for headers in ({}, PAGED):
        page = api.get(
            "/files", params={"filter": f"parents.acquisition={tree.acquisition}"}, headers=headers
        ).json()
        assert (page["count"], page["total"], len(page["results"])) == (1, 1, 1)


def test_some_lists_are_never_an_envelope(api):
    assert isinstance(api.get("/projects/groups", headers=PAGED).json(), list)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "0123456789"),
        ({"limit": 3}, "012"),
        ({"limit": 0}, "0123456789"),
        ({"limit": 3, "skip": 8}, "89"),
        ({"skip": 8}, "89"),
        ({"limit": 3, "page": 1}, "012"),
        ({"limit": 3, "page": 2}, "345"),
        ({"limit": 3, "page": 5}, ""),
        ({"limit": 3, "skip": 50}, ""),
        ({"limit": 10**9}, "0123456789"),
        ({"limit": 10**30}, "0123456789"),
        ({"sort": "label:desc", "limit": 3}, "987"),
        ({"sort": "label", "limit": 2, "page": 2}, "23"),
        ({"filter": "label>6"}, "789"),
        ({"filter": "label>6", "sort": "label:desc", "limit": 2}, "98"),
    ],
)
def test_paging_parameters(api, row, query, expected):
    assert labels(api.get(row, params=query)) == expected
    assert labels(api.get(row, params=query, headers=PAGED)) == expected


def test_the_total_counts_all_that_match(api, row):
    page = api.get(row, params={"filter": "label>3", "limit": 2, "skip": 1}, headers=PAGED).json()
    assert (page["count"], page["total"]) == (2, 6)


def test_after_id_goes_on(api, row):
    rows = api.get(row).json()
    assert labels(api.get(row, params={"after_id": rows[6]["_id"]})) == "789"
    assert labels(api.get(row, params={"after_id": rows[6]["_id"], "limit": 1, "filter": "label!=7"})) == "8"
    assert api.get(row, params={"after_id": rows[9]["_id"]}).json() == []


def test_files_go_on_after_a_file_id_or_the_id_of_any_version(api, tree):
    ids = [tree.upload(f"f{number}.txt")["file_id"] for number in range(3)]
    first_version = tree.get(f"/files/{ids[0]}")["_id"]
    tree.upload("f0.txt", "again")
    query = {"filter": f"parents.acquisition={tree.acquisition}"}
    for after in (ids[0], first_version, tree.get(f"/files/{ids[0]}")["_id"]):
        found = api.get("/files", params={**query, "after_id": after}).json()["results"]
        assert [one["name"] for one in found] == ["f1.txt", "f2.txt"]


@pytest.mark.parametrize(
    "query",
    [
        {"after_id": "0" * 24, "sort": "label"},
        {"after_id": "0" * 24, "skip": 1},
        {"after_id": "0" * 24, "page": 1},
        {"limit": -1},
        {"limit": "many"},
        {"skip": -1},
        {"sort": "label:sideways"},
    ],
)
def test_unusable_paging_is_refused(api, row, problem, query):
    problem(api.get(row, params=query), 422)


def test_the_last_of_repeated_parameters_counts(api, row):
    assert labels(api.get(f"{row}?limit=9&limit=2")) == "01"


def test_only_administrators_may_ask_for_everything(api, stranger, tree, problem):
    assert api.get("/projects", params={"exhaustive": "true", "limit": 1}).status_code == 200
    problem(stranger.get("/projects", params={"exhaustive": "true"}), 403)
    assert stranger.get("/projects", params={"exhaustive": "false"}).json() == []


def test_strangers_see_no_rows(stranger, tree):
    for path in ("/groups", "/projects", "/subjects", "/sessions", "/acquisitions", "/analyses"):
        assert stranger.get(path).json() == []
    assert stranger.get("/files").json() == {"count": 0, "total": 0, "results": []}


def test_the_children_of_an_unknown_parent_are_404(api, problem):
    problem(api.get(f"/sessions/{'0' * 24}/acquisitions"), 404)


def test_rows_leave_out_info_and_notes(api, tree):
    api.post(f"/acquisitions/{tree.acquisition}/info", json={"set": {"a": 1}})
    api.post(f"/acquisitions/{tree.acquisition}/notes", json={"text": "n"})
    tree.upload("f.txt")
    (one,) = tree.get(f"/sessions/{tree.session}/acquisitions")
    assert (one["info"], one["info_exists"]) == ({}, True)
    assert [file["info"] for file in one["files"]] == [{}]
    (one,) = tree.get(f"/sessions/{tree.session}/acquisitions", include_all_info="true")
    assert one["info"] == {"a": 1}


@pytest.mark.parametrize(("feature", "files"), [("exclude-files", False), ("", True)])
def test_files_can_be_left_out(api, tree, feature, files):
    tree.upload("f.txt")
    (one,) = api.get(f"/sessions/{tree.session}/acquisitions", headers={"X-Accept-Feature": feature}).json()
    assert bool(one.get("files")) == files
