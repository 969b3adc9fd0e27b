"""Modalities and the classification of files."""

import pytest


def test_a_modality_lives_from_creation_to_deletion(api, unique, problem) -> None:
    name = unique()
    body = {"_id": name, "classification": {"Intent": ["Structural"]}, "description": "d"}
    assert api.post("/modalities", json=body).json() == {"_id": name}
    problem(api.post("/modalities", json=body), 409)
    path = f"/modalities/{name}"
    shown = api.get(path).json()
    assert (shown["classification"], shown["active"], shown["description"]) == (
        {"Intent": ["Structural"]},
        True,
        "d",
    )
    assert name in [item["_id"] for item in api.get("/modalities").json()]
    changed = api.put(path, json={"classification": {"Intent": ["Other"]}, "active": False}).json()
    assert (changed["classification"], changed["active"]) == ({"Intent": ["Other"]}, False)
    assert api.delete(path).json() == {"deleted": 1}
    problem(api.get(path), 404)
    problem(api.put(path, json={}), 404)
    problem(api.delete(path), 404)


def test_a_modality_that_came_with_the_program_can_be_changed_and_brought_back(api) -> None:
    """Deleting hides it; adding it again with its words makes it whole."""
    path = "/modalities/PT"
    before = api.get(path).json()
    assert api.delete(path).status_code == 200
    assert "PT" not in [item["_id"] for item in api.get("/modalities").json()]
    assert api.post("/modalities", json=before).json() == {"_id": "PT"}
    assert api.get(path).json()["classification"] == before["classification"]


def test_only_administrators_change_modalities(stranger, anonymous, problem) -> None:
    assert stranger.get("/modalities/MR").json()["classification"]["Intent"]
    problem(stranger.post("/modalities", json={"_id": "x"}), 403)
    problem(stranger.put("/modalities/MR", json={}), 403)
    problem(stranger.delete("/modalities/MR"), 403)
    problem(anonymous.get("/modalities"), 401)


@pytest.mark.parametrize("body", [{}, {"_id": ""}, {"_id": "x" * 65}, {"_id": "q", "classification": "x"}])
def test_bad_modalities_are_refused(api, problem, body) -> None:
    problem(api.post("/modalities", json=body), 422)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_classification_is_added_deleted_and_replaced(tree, method) -> None:
    """Both spellings: SDKs up to 19 post, newer ones patch."""
    tree.upload("a.nii.gz")
    path = f"/acquisitions/{tree.acquisition}/files/a.nii.gz"

    def write(**body):
        answer = tree.api.request(method, f"{path}/classification", json=body)
        assert answer.json() == {"modified": 1, "jobs_spawned": 0}, answer.text
        shown = tree.get(f"{path}/info")
        return shown["modality"], shown["classification"]

    assert write(modality="MR", replace={"Intent": ["Structural"]}) == ("MR", {"Intent": ["Structural"]})
    assert write(add={"Intent": ["Localizer"], "Measurement": "T1"}) == (
        "MR",
        {"Intent": ["Structural", "Localizer"], "Measurement": ["T1"]},
    )
    assert write(delete={"Measurement": ["T1"], "Intent": ["nothing"]})[1] == {
        "Intent": ["Structural", "Localizer"]
    }
    assert write(modality=None, replace={}) == (None, {})


def test_bad_classifications_are_refused(tree, problem) -> None:
    file = tree.upload("a.nii.gz")
    path = f"/acquisitions/{tree.acquisition}/files/a.nii.gz/classification"
    problem(tree.api.patch(path, json={"replace": {"a": ["b"]}, "add": {"a": ["c"]}}), 400)
    problem(tree.api.patch(path, json={"add": ["x"]}), 422)
    problem(tree.api.patch(path, json={"modality": 5, "add": {}}), 422)
    problem(tree.api.put(f"/files/{file['file_id']}/classification", json={"replace": "x"}), 422)
