"""What a search gives besides its objects: chosen columns, tags for all of it, a download of the files found."""

from __future__ import annotations

from typing import Any

import httpx


def found(tree: Any, kind: str, text: str = "", **more: Any) -> dict[str, Any]:
    """A search in the test's project."""
    inside = f"project._id = {tree.project}"
    return {"return_type": kind, "structured_query": f"{inside} AND {text}" if text else inside, **more}


def test_a_page_brings_the_values_of_the_columns_asked_for(tree: Any, problem: Any) -> None:
    tree.upload("one.txt")
    columns = ["file.name", "subject.label", "file.info.nothing"]
    page = tree.api.post("/dataexplorer/search", json=found(tree, "file", columns=columns)).json()
    assert [hit["values"] for hit in page["results"]] == [["one.txt", "S", None]]
    bad = found(tree, "session", columns=["file.name"])
    assert (
        "not in one of type file" in problem(tree.api.post("/dataexplorer/search", json=bad), 400)["message"]
    )


def test_subjects_are_counted_too(tree: Any) -> None:
    facets = tree.api.post("/dataexplorer/facets", json=found(tree, "session")).json()["facets"]
    assert facets["subject_count"] == {"value": 1, "relation": "eq"}


def test_all_of_a_result_is_tagged_and_what_may_not_be_is_counted(
    tree: Any, stranger: httpx.Client, problem: Any
) -> None:
    tree.upload("one.txt")
    asked = {"query": found(tree, "file"), "tags": ["checked", "checked"]}
    assert tree.api.post("/dataexplorer/search/tag", json=asked).json() == {"tagged": 1, "refused": 0}
    [file] = tree.get("/files", filter=f"parents.project={tree.project}")["results"]
    assert file["tags"] == ["checked"]
    again = {"query": found(tree, "file", "file.tags = checked"), "tags": ["twice"]}
    assert tree.api.post("/dataexplorer/search/tag", json=again).json()["tagged"] == 1

    reads = {"_id": stranger.headers["x-user"], "role_ids": ["000000000000000000000001"]}
    assert tree.api.post(f"/projects/{tree.project}/permissions", json=reads).status_code == 200
    sessions = {"query": found(tree, "session"), "tags": ["mine"]}
    assert stranger.post("/dataexplorer/search/tag", json=sessions).json() == {"tagged": 0, "refused": 1}
    assert tree.get(f"/sessions/{tree.session}")["tags"] == []
    for body in (
        {"query": found(tree, "file")},
        {"query": found(tree, "file"), "tags": "x"},
        {"tags": ["x"]},
    ):
        problem(tree.api.post("/dataexplorer/search/tag", json=body), 400)


def test_files_that_were_found_are_downloaded(tree: Any, stranger: httpx.Client) -> None:
    for name in ("one.txt", "two.txt"):
        tree.upload(name)
    nodes = tree.api.post(
        "/dataexplorer/search/nodes", json=found(tree, "file", "file.name = one.txt")
    ).json()
    ticket = tree.api.post("/download", json={**nodes, "optional": True}).json()
    assert ticket["file_cnt"] == 1
    assert stranger.post("/download", json={**nodes, "optional": True}).status_code in (400, 403, 404)
