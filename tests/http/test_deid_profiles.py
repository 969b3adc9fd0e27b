"""Profiles of projects and groups: checked when saved, versioned, resolved, locked, enforced at every door."""

import json

import pytest

from treadle.deid.profile import Profile

BASIC = "# ours\nname: Basic\ntreadle: {preset: ps315-basic}\n"
RESEARCH = "name: Research\ntreadle: {preset: research}\n"
RECORD = {"profile_id": "x", "version": 1, "engine": "0", "at": "cli"}


def saved(api, path, text, **more):
    answer = api.put(f"{path}/deid", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def project(tree):
    return f"/projects/{tree.project}"


@pytest.fixture
def group(tree):
    return f"/groups/{tree.group}"


def test_a_saved_profile_keeps_its_text_and_has_the_hash_of_its_meaning(tree, project) -> None:
    made = saved(tree.api, project, BASIC)
    assert (made["text"], made["version"], made["sha256"]) == (BASIC, 1, Profile.load(BASIC).sha256)
    assert tree.get(f"{project}/deid")["profile"]["profile_id"] == f"project:{tree.project}"


def test_versions_are_added_and_none_is_lost(tree, project) -> None:
    saved(tree.api, project, BASIC)
    saved(tree.api, project, BASIC)  # the same again is no version
    saved(tree.api, project, RESEARCH)
    assert tree.api.delete(f"{project}/deid").status_code == 200
    found = tree.get(f"{project}/deid/versions")
    assert [(item["version"], item["removed"]) for item in found] == [(3, True), (2, False), (1, False)]
    assert tree.get(f"{project}/deid/versions/1")["text"] == BASIC
    assert [item["version"] for item in tree.get(f"{project}/deid/versions", before=3, limit=1)] == [2]
    assert tree.get(f"{project}/deid")["profile"] is None


def test_two_people_do_not_overwrite_each_other(tree, project, problem) -> None:
    saved(tree.api, project, BASIC, version=0)
    late = tree.api.put(f"{project}/deid", json={"text": RESEARCH, "version": 0})
    assert problem(late, 409)["code"] == "conflict"


@pytest.mark.parametrize("way", ["deid", "settings"])
def test_an_invalid_profile_is_refused_with_every_issue(tree, project, problem, way) -> None:
    text = "dicom:\n  fields:\n    - {name: PatientNam, remove: true}\n    - {name: StudyDate, hsh: true}\n"
    body = {"text": text} if way == "deid" else {"deid_profile": text}
    refused = problem(tree.api.put(f"{project}/{way}", json=body), 400)
    assert refused["code"] == "DEID_PROFILE_INVALID"
    first = refused["errors"][0]
    assert (first["line"], first["path"]) == (3, "dicom.fields[0].name")
    assert len(refused["errors"]) == 2
    assert tree.get(f"{project}/deid")["own"] is None


def test_the_nearest_place_that_has_a_profile_decides(tree, project, group) -> None:
    saved(tree.api, group, BASIC)
    assert tree.get(f"{project}/deid")["profile"]["level"] == "group"
    saved(tree.api, project, RESEARCH)
    assert tree.get(f"{project}/deid")["profile"]["level"] == "project"
    tree.api.delete(f"{project}/deid")
    assert tree.get(f"{project}/deid")["profile"]["name"] == "Basic"


def test_below_a_locked_profile_only_stricter_ones_are_saved(tree, project, group, problem) -> None:
    saved(tree.api, group, RESEARCH, locked=True)
    loose = "treadle: {preset: research}\ndicom: {fields: [{name: PatientName, keep: true}]}"
    refused = problem(tree.api.put(f"{project}/deid", json={"text": loose}), 409)
    assert refused["code"] == "privacy.profile_loosens"
    assert "PatientName would stay" in refused["message"]
    saved(tree.api, project, BASIC)
    assert tree.get(f"{project}/deid")["profile"]["level"] == "project"


def test_a_lock_set_later_overrules_what_is_looser_below(tree, project, group) -> None:
    saved(tree.api, project, RESEARCH)
    saved(tree.api, group, BASIC, locked=True)
    assert tree.get(f"{project}/deid")["profile"]["level"] == "group"


def test_a_project_is_not_exempt_unless_the_site_allows_it(tree, project, problem) -> None:
    refused = tree.api.put(f"{project}/deid", json={"text": "name: none"})
    assert problem(refused, 403)["code"] == "privacy.exemption_forbidden"


def test_settings_give_other_clients_a_profile_without_our_extension(tree, project) -> None:
    saved(tree.api, project, RESEARCH)
    plain = tree.get(f"{project}/settings")["deid_profile"]
    assert "treadle" not in plain
    assert len(plain["dicom"]["fields"]) > 600
    Profile.load(plain)
    ours = tree.api.get(f"{project}/settings", headers={"X-Treadle-Deid": "1"}).json()["deid_profile"]
    assert ours == {"name": "Research", "treadle": {"preset": "research"}}


def test_settings_sent_back_as_they_were_read_change_no_profile(tree, project) -> None:
    saved(tree.api, project, RESEARCH)
    assert tree.api.put(f"{project}/settings", json=tree.get(f"{project}/settings")).is_success
    assert [one["version"] for one in tree.get(f"{project}/deid/versions")] == [1]


def test_a_flywheel_profile_put_as_settings_is_given_back_as_it_was(tree, project) -> None:
    document = {
        "name": "Old",
        "dicom": {"date-increment": -17, "fields": [{"name": "PatientID", "remove": True}]},
    }
    answer = tree.api.put(f"{project}/settings", json={"deid_profile": document, "viewer_apps": []})
    assert answer.json()["deid_profile"] == document
    assert tree.get(f"{project}/settings") == {"deid_profile": document, "viewer_apps": []}
    tree.api.put(f"{project}/settings", json={"deid_profile": None})
    assert tree.get(f"{project}/settings")["deid_profile"] is None


def test_a_new_epoch_leaves_the_old_secret_to_who_began_with_it(tree, project) -> None:
    headers = {"X-Treadle-Deid": "1"}
    first = tree.api.get(f"{project}/deid", headers=headers).json()["secret"]
    assert tree.api.post(f"{project}/deid/epochs").json() == {"scope": "project", "epoch": 2}
    second = tree.api.get(f"{project}/deid", headers=headers).json()["secret"]
    assert second["epoch"] == 2
    assert second["key"] != first["key"]
    old = tree.api.get(f"{project}/deid", headers=headers, params={"epoch": 1}).json()["secret"]
    assert old == first


def test_projects_of_a_group_share_a_secret_when_it_says_so(tree, project, group, unique) -> None:
    assert tree.api.put(f"{group}/settings", json={"deid_secret_scope": "group"}).status_code == 200
    other = tree.api.post("/projects", json={"group": tree.group, "label": unique()}).json()["_id"]
    headers = {"X-Treadle-Deid": "1"}
    secrets = [
        tree.api.get(f"{path}/deid", headers=headers).json()["secret"]
        for path in (project, f"/projects/{other}")
    ]
    assert secrets[0] == secrets[1]
    assert secrets[0]["scope"] == "group"


def sent(tree, record):
    """A file of a client that de-identified it by itself."""
    return tree.api.post(
        f"/acquisitions/{tree.acquisition}/files",
        files={"file": ("a.dcm", b"x")},
        data={"metadata": json.dumps({"name": "a.dcm", "deid": record})},
        headers={"X-Treadle-Deid": "1"},
    )


def test_a_file_with_the_record_of_a_profile_in_use_is_taken_and_says_so(tree, project) -> None:
    made = saved(tree.api, project, BASIC)
    record = {**RECORD, "sha256": made["sha256"]}
    file = sent(tree, record).json()[0]
    assert tree.get(f"/files/{file['file_id']}")["deid"] == record


def test_a_file_of_an_unknown_profile_is_refused(tree, project, problem) -> None:
    saved(tree.api, project, BASIC)
    assert problem(sent(tree, {**RECORD, "sha256": "0" * 64}), 409)["code"] == "DEID_PROFILE_STALE"
