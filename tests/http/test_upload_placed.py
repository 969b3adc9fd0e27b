"""`/upload/label`, `uid` and `reaper`: files that say themselves where they belong."""

import json
import uuid

import pytest


@pytest.fixture
def send(api):
    def run(way, metadata, *names, client=None, content=b"x"):
        form = [("file", (name, content)) for name in names] or [("file", ("f.txt", content))]
        return (client or api).post(f"/upload/{way}", files=form, data={"metadata": json.dumps(metadata)})

    return run


def uid():
    return f"2.25.{uuid.uuid4().int}"[:60]


def said(group, project, *, study=None, series=None, name="f.txt", subject="s1", **file):
    return {
        "group": {"_id": group},
        "project": {"label": project},
        "session": {"uid": study or uid(), "label": "ses", "subject": {"code": subject, "sex": "female"}},
        "acquisition": {"uid": series or uid(), "label": "acq", "files": [{"name": name, **file}]},
    }


@pytest.mark.parametrize("way", ["uid", "reaper", "label"])
def test_files_land_where_their_metadata_say(send, tree, way):
    answer = send(way, said(tree.group, "P", type="text", modality="MR"))
    assert answer.status_code == 200, answer.text
    file = answer.json()[0]
    assert file["_id"] == {"file_id": file["file_id"], "version": 1}
    assert (file["type"], file["modality"]) == ("text", "MR")
    assert file["parents"]["project"] == tree.project
    assert tree.get(f"/subjects/{file['parents']['subject']}")["sex"] == "female"
    assert tree.get(f"/sessions/{file['parents']['session']}")["label"] == "ses"


@pytest.mark.parametrize("way", ["uid", "reaper", "label"])
def test_the_same_place_is_found_again(send, tree, way):
    metadata = said(tree.group, "P")
    one, two = send(way, metadata).json()[0], send(way, metadata, content=b"new").json()[0]
    assert (two["file_id"], two["version"]) == (one["file_id"], 2)


def test_the_reaper_creates_named_projects_and_parks_the_rest(send, tree, api):
    made = send("reaper", said(tree.group, "Brand new")).json()[0]
    assert tree.get(f"/projects/{made['parents']['project']}")["label"] == "Brand new"
    nameless = send("reaper", said(tree.group, "")).json()[0]
    assert tree.get(f"/projects/{nameless['parents']['project']}")["label"] == "Unsorted"
    lost = send("reaper", said("no-such-group", "P")).json()[0]
    assert lost["parents"]["group"] == "unknown"
    assert api.delete("/groups/unknown").status_code in (403, 409)


def test_files_the_metadata_do_not_name_are_refused(send, tree, problem):
    problem(send("uid", said(tree.group, "P", name="other.txt")), 400)
    problem(send("uid", {"group": {"_id": tree.group}, "project": {"label": "P"}}), 422)
    problem(send("uid", []), 422)


def test_users_need_rights_in_the_project_and_see_no_parking_place(send, tree, stranger, problem):
    for way, group in (("uid", tree.group), ("reaper", "no-such-group"), ("label", tree.group)):
        problem(send(way, said(group, "P"), client=stranger), 404)
    assert tree.get("/sessions", filter=f"parents.project={tree.project},label=ses") == []
