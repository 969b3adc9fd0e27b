"""The tree, the catalogue, curators, change logs and tidying of custom metadata."""

import pytest


def test_a_tree_holds_the_asked_fields_of_every_level(tree) -> None:
    tree.add("acquisitions", session=tree.session, label="B")
    tree.upload("a.txt")
    spec = {
        "projects": {
            "fields": ["label", "group"],
            "filter": f"_id={tree.project}",
            "sessions": {
                "fields": ["label"],
                "subject": {"fields": ["label", "code"]},
                "acquisitions": {
                    "fields": ["label"],
                    "sort": "label:desc",
                    "files": {"fields": ["name", "size"]},
                },
            },
        }
    }
    answer = tree.api.post("/tree", json=spec)
    assert answer.status_code == 200, answer.text
    [project] = answer.json()
    assert (project["_id"], project["label"], project["group"]) == (tree.project, "P", tree.group)
    [session] = project["sessions"]
    assert session["subject"] == {"_id": tree.subject, "label": "S", "code": "S"}
    assert [item["label"] for item in session["acquisitions"]] == ["B", "A"]
    files = session["acquisitions"][1]["files"]
    assert [(item["name"], item["size"]) for item in files] == [("a.txt", 5)]
    assert set(session) == {"_id", "label", "subject", "acquisitions"}


def test_limits_of_a_tree_count_per_parent(tree) -> None:
    other = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="E2")
    for session in (tree.session, other):
        for label in "BC":
            tree.add("acquisitions", session=session, label=label)
    joined = {"fields": ["label"], "limit": 2, "sort": "label"}
    spec = {"sessions": {"fields": [], "filter": f"project={tree.project}", "acquisitions": joined}}
    rows = tree.api.post("/tree", json=spec, headers={"X-Accept-Feature": "pagination"}).json()
    assert (rows["count"], rows["total"]) == (2, 2)
    found = [[item["label"] for item in row["acquisitions"]] for row in rows["results"]]
    assert found == [["A", "B"], ["B", "C"]]
    spec["sessions"]["acquisitions"]["filter"] = "label=C"
    rows = tree.api.post("/tree", json=spec, params={"limit": 1}).json()
    assert [[item["label"] for item in row["acquisitions"]] for row in rows] == [["C"]]


def test_a_tree_shows_info_only_when_asked_and_nothing_invisible(tree, stranger) -> None:
    tree.api.put(f"/sessions/{tree.session}", json={"info": {"a": 1}})
    spec = {"sessions": {"fields": ["info"], "filter": f"_id={tree.session}"}}
    assert tree.api.post("/tree", json=spec).json() == [{"_id": tree.session}]
    full = tree.api.post("/tree", json=spec, params={"include_all_info": "true"})
    assert full.json() == [{"_id": tree.session, "info": {"a": 1}}]
    assert stranger.post("/tree", json=spec).json() == []


@pytest.mark.parametrize(
    "spec",
    [{}, {"planets": {"fields": []}}, {"projects": {}}, {"projects": {"fields": "label"}},
     {"projects": {"fields": [], "jobs": {"fields": []}}}, {"projects": {"fields": [], "limit": 0}},
     {"projects": {"fields": []}, "planets": {"fields": []}}, {"projects": {"fields": [], "filter": "x"}}],
)  # fmt: skip
def test_bad_trees_are_refused(api, problem, spec) -> None:
    problem(api.post("/tree", json=spec), 422)


def test_the_graph_names_every_connection(api) -> None:
    graph = api.get("/tree/graph").json()
    assert graph["sessions"]["connections"]["acquisitions"] == {
        "collection": "acquisitions", "local": "_id", "foreign": "parents.session", "order": "many"
    }  # fmt: skip


def test_shared_projects_are_in_the_catalogue_for_everybody(tree, stranger, unique) -> None:
    name = unique()
    tree.api.put(f"/projects/{tree.project}", json={"label": name})
    tree.upload("a.nii.gz")
    tree.api.patch(
        f"/acquisitions/{tree.acquisition}/files/a.nii.gz/classification",
        json={"modality": "MR", "add": {"Measurement": ["T1"]}},
    )
    path = "/projects/catalog-list"
    assert stranger.get(path, params={"search_string": name}).json() == []
    sharing = {"share_level": "high_level", "summary": "what it is", "body_regions": ["Head"]}
    assert tree.api.put(f"/projects/{tree.project}/settings", json={"sharing": sharing}).status_code == 200
    pages = {"X-Accept-Feature": "pagination"}
    page = stranger.get(path, params={"search_string": name.upper()}, headers=pages).json()
    assert page["total"] == 1
    [entry] = page["results"]
    assert (entry["id"], entry["label"], entry["summary"]) == (tree.project, name, "what it is")
    stats = entry["stats"]
    assert (stats["file_types"], stats["modalities"], stats["measurements"]) == (["nifti"], ["MR"], ["T1"])
    assert stats["number_of"]["sessions"] == 1
    options = stranger.get("/projects/catalog-list-filter-options").json()
    assert "Head" in options["body_regions"]
    assert "nifti" in options["file_types"]


def test_curators_of_visible_collections(api, unique, stranger) -> None:
    made = api.post("/collections", json={"label": unique()}).json()["_id"]
    mine = api.get("/users/self").json()["_id"]
    assert mine in [item["_id"] for item in api.get("/collections/curators").json()]
    assert stranger.get("/collections/curators").json() == []
    api.delete(f"/collections/{made}")


def test_changes_of_a_container_are_told_newest_first(tree, problem, stranger) -> None:
    path = f"/sessions/{tree.session}"
    tree.api.put(path, json={"label": "two", "weight": 5})
    tree.api.patch(f"{path}/info", json={"set": {"a": {"b": 1}}})
    tree.api.patch(f"{path}/info", json={"delete": ["a"]})
    log = tree.get(f"/changes/session/{tree.session}")
    assert (log["container_type"], log["container_id"]) == ("session", tree.session)
    assert [(item["method"], item["patch"]) for item in log["changes"][:3]] == [
        ("UPDATE", {"info": {"a": None}}),
        ("UPDATE", {"info": {"a": {"b": 1}}}),
        ("UPDATE", {"label": "two", "weight": 5.0}),
    ]
    first = log["changes"][-1]
    assert (first["method"], first["patch"]["label"]) == ("CREATE", "E")
    assert first["origin"]["type"] == "user"
    assert "@" in first["origin"]["id"]
    fields = tree.get(f"/changes/session/{tree.session}/fields/label")
    assert [item["value"] for item in fields["changes"]] == ["two", "E"]
    nested = tree.get(f"/changes/session/{tree.session}/fields/info.a.b")
    assert [item["value"] for item in nested["changes"]] == [1]
    problem(stranger.get(f"/changes/session/{tree.session}"), 404)
    problem(tree.api.get(f"/changes/planet/{tree.session}"), 422)
    problem(tree.api.get(f"/changes/subject/{tree.session}"), 404)


def test_changes_of_a_file_know_its_versions(tree) -> None:
    file = tree.upload("a.txt")["file_id"]
    tree.upload("a.txt", b"second")
    tree.api.put(f"/acquisitions/{tree.acquisition}/files/a.txt", json={"modality": "MR"})
    log = tree.get(f"/changes/file/{file}")
    shown = [
        (item["method"], item["file_version"]) for item in log["changes"] if item["origin"]["type"] == "user"
    ]
    assert shown == [("UPDATE", 2), ("REPLACE_FILE", 2), ("CREATE", 1)]
    only = tree.get(f"/changes/file/{file}", version=1)
    assert {item["file_version"] for item in only["changes"]} == {1}


def test_a_key_is_taken_off_everything(tree, unique, stranger, problem) -> None:
    key = unique()
    tree.api.put(f"/sessions/{tree.session}", json={"info": {key: {"a": 1}, "kept": 2}})
    tree.upload("a.txt")
    tree.api.put(f"/acquisitions/{tree.acquisition}/files/a.txt", json={"info": {key: 1}})
    problem(stranger.patch(f"/sessions/info/cleanup/{key}"), 403)
    assert tree.api.patch(f"/subjects/info/cleanup/{key}").json()["modified"] == 0
    assert tree.api.patch(f"/sessions/info/cleanup/{key}.a").json()["modified"] == 1
    assert tree.get(f"/sessions/{tree.session}")["info"] == {key: {}, "kept": 2}
    assert tree.api.patch(f"/files/info/cleanup/{key}").json()["modified"] == 1


def test_deleting_a_project_is_done_at_once(tree, problem) -> None:
    path = f"/projects/{tree.project}/delete-status"
    assert tree.get(path)["delete_status"] == "static"
    tree.api.delete(f"/projects/{tree.project}")
    assert tree.get(path)["delete_status"] == "completed"
    problem(tree.api.get(f"/projects/{tree.session}/delete-status"), 404)


def test_levels_of_a_tree_side_by_side_are_nested(tree) -> None:
    """The models of the SDK name levels beside each other: they cannot nest."""
    shown = {"fields": ["label"]}
    spec = {"acquisitions": shown, "projects": {**shown, "filter": f"_id={tree.project}"}, "sessions": shown}
    [project] = tree.api.post("/tree", json=spec).json()
    [session] = project["sessions"]
    assert (project["label"], session["label"]) == ("P", "E")
    assert [item["label"] for item in session["acquisitions"]] == ["A"]
