"""`/x/files/{id}/content`: a file to look at, by ranges and versions, for whoever may look but not save."""

from __future__ import annotations

import pytest

TEXT = b"<script>document.title = 'ran'</script>0123456789"
LOOKING = ["containers_view_metadata", "files_view_metadata", "files_view_contents"]


@pytest.fixture
def path(tree) -> str:
    return f"/x/files/{tree.upload('report.html', TEXT)['file_id']}/content"


def test_the_content_is_shown_in_the_page_and_can_do_nothing_there(api, path):
    """A report of a stranger is answered inline, of its kind, in a sandbox."""
    answer = api.get(path)
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-disposition"].startswith("inline")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_parts_and_repeated_questions(api, path):
    part = api.get(path, headers={"Range": "bytes=-10"})
    assert (part.status_code, part.content) == (206, b"0123456789")
    assert part.headers["content-range"] == f"bytes {len(TEXT) - 10}-{len(TEXT) - 1}/{len(TEXT)}"
    assert api.get(path, headers={"Range": f"bytes={len(TEXT)}-"}).status_code == 416
    known = {"If-None-Match": part.headers["etag"]}
    assert api.get(path, headers=known).status_code == 304
    head = api.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(TEXT)))


def test_an_older_version_stays_and_may_be_kept_for_ever(api, tree, path):
    tree.upload("report.html", b"new")
    assert api.get(path).content == b"new"
    old = api.get(path, params={"version": 1})
    assert old.content == TEXT
    assert "immutable" in old.headers["cache-control"]
    assert "no-cache" in api.get(path).headers["cache-control"]
    assert api.get(path, params={"version": 9}).status_code == 404
    assert api.get(path, params={"version": "x"}).status_code == 422


def test_looking_needs_less_than_saving(api, tree, stranger, unique, path):
    """Without the right to download the content can be looked at; a stranger does not know of the file."""
    assert stranger.get(path).status_code == 404
    role = api.post("/roles", json={"label": unique(), "actions": LOOKING}).raise_for_status().json()["_id"]
    api.post(f"/groups/{tree.group}/roles", json={"_id": role}).raise_for_status()
    may = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    api.post(f"/projects/{tree.project}/permissions", json=may).raise_for_status()
    assert stranger.get(path).content == TEXT
    saving = stranger.get(f"/acquisitions/{tree.acquisition}/files/report.html")
    assert saving.status_code == 403
