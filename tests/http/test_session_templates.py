"""Session templates: what complies, when it is judged, and who may set them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

T1 = {"label": "T1", "minimum": 1, "files": [{"type": "dicom", "minimum": 1}]}


@pytest.fixture
def templated(tree):
    """Sets templates on the test's project and gives a function that reads the session's verdict."""

    def put(*templates):
        answer = tree.api.post(f"/projects/{tree.project}/template", json={"templates": list(templates)})
        assert answer.status_code == 200, answer.text
        assert answer.json()["modified"] == 1
        return lambda: tree.get(f"/sessions/{tree.session}")["satisfies_template"]

    return put


def test_a_project_without_templates_judges_nothing(tree) -> None:
    shown = tree.get(f"/sessions/{tree.session}")
    assert (shown["satisfies_template"], shown["project_has_template"]) == (None, False)


def test_every_change_below_is_judged_at_once(tree, templated) -> None:
    """Acquisitions, files, their type, deletion and restoring change the verdict in the same request."""
    verdict = templated({"session": {"label": "^e$"}, "acquisitions": [T1]})
    assert verdict() is False
    scan = tree.add("acquisitions", session=tree.session, label="sag t1 mprage")
    assert verdict() is False
    file = tree.upload("a.dcm.zip", b"PK\x05\x06" + bytes(18), to=f"/acquisitions/{scan}")
    assert verdict() is True
    assert tree.get(f"/sessions/{tree.session}")["project_has_template"] is True
    tree.api.put(f"/acquisitions/{scan}/files/a.dcm.zip", json={"type": "other"})
    assert verdict() is False
    tree.api.put(f"/acquisitions/{scan}/files/a.dcm.zip", json={"type": "dicom"})
    assert verdict() is True
    tree.api.delete(f"/files/{file['file_id']}")
    assert verdict() is False
    trash = tree.get("/x/trash", project=tree.project)
    assert tree.api.post(f"/x/trash/{trash[0]['_id']}/restore").status_code == 200
    assert verdict() is True
    tree.api.delete(f"/acquisitions/{scan}")
    assert verdict() is False
    tree.api.put(f"/sessions/{tree.session}", json={"label": "other"})
    assert verdict() is False


def test_moving_a_file_judges_where_it_was_and_where_it_is(tree, templated) -> None:
    other = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="E2")
    target = tree.add("acquisitions", session=other, label="T1")
    tree.api.put(f"/acquisitions/{tree.acquisition}", json={"label": "T1"})
    file = tree.upload("a.dcm")
    verdict = templated({"acquisitions": [T1]})
    assert verdict() is True
    reference = {"container_reference": {"type": "acquisition", "id": target}}
    assert tree.api.post(f"/files/{file['file_id']}/move", json=reference).status_code == 200
    assert verdict() is False
    assert tree.get(f"/sessions/{other}")["satisfies_template"] is True


def test_a_session_needs_only_one_of_the_templates(tree, templated) -> None:
    verdict = templated(
        {"session": {"label": "none"}, "acquisitions": []}, {"acquisitions": [{"label": "a", "minimum": 1}]}
    )
    assert verdict() is True


def test_maximum_tags_subject_and_classification_count(tree, templated) -> None:
    requirement = {
        "minimum": 1,
        "maximum": 1,
        "tags": "^good$",
        "files": [{"classification": "t1", "minimum": 1}],
    }
    verdict = templated({"session": {"subject": {"code": "^s$"}}, "acquisitions": [requirement]})
    tree.upload("a.nii.gz")
    path = f"/acquisitions/{tree.acquisition}"
    tree.api.post(f"{path}/tags", json={"value": "Good"})
    assert verdict() is False
    tree.api.patch(f"{path}/files/a.nii.gz/classification", json={"add": {"Measurement": ["T1"]}})
    assert verdict() is True
    second = tree.add("acquisitions", session=tree.session, label="B", tags=["good"])
    tree.upload("b.nii.gz", to=f"/acquisitions/{second}")
    assert verdict() is True
    tree.api.patch(
        f"/acquisitions/{second}/files/b.nii.gz/classification", json={"add": {"Measurement": ["T1"]}}
    )
    assert verdict() is False
    tree.api.delete(f"/acquisitions/{second}")
    tree.api.put(f"/subjects/{tree.subject}", json={"code": "S9"})
    assert verdict() is False


def test_exact_templates_are_no_patterns(tree, templated) -> None:
    assert templated({"regex": False, "session": {"label": "."}})() is False
    assert templated({"regex": False, "session": {"label": "e"}})() is True
    assert templated({"session": {"label": "."}})() is True


def test_a_session_that_moves_is_judged_by_its_new_project(tree, templated) -> None:
    verdict = templated({"session": {"label": "nothing"}})
    assert verdict() is False
    free = tree.add("projects", group=tree.group, label="free")
    tree.api.put(f"/sessions/{tree.session}", json={"project": free})
    assert verdict() is None
    tree.api.put(f"/sessions/{tree.session}", json={"project": tree.project})
    assert verdict() is False


def test_removing_templates_removes_verdicts(tree, templated) -> None:
    verdict = templated({"session": {"label": "nothing"}})
    assert tree.api.delete(f"/projects/{tree.project}/template").json() == {"deleted": 1}
    assert verdict() is None
    assert tree.get(f"/projects/{tree.project}")["templates"] == []
    assert tree.api.delete(f"/projects/{tree.project}/template").json() == {"deleted": 0}


def test_recalculating_an_up_to_date_project_changes_nothing(tree, templated) -> None:
    templated({"session": {"label": "nothing"}})
    assert tree.api.post(f"/projects/{tree.project}/recalc").json() == {"sessions_changed": []}
    every = tree.api.post("/projects/recalc")
    assert every.status_code == 200
    assert tree.session not in every.json()["sessions_changed"]


def test_templates_are_tried_out_before_saving(tree) -> None:
    templates = {
        "templates": [{"acquisitions": [{"label": "^A$", "minimum": 1}, {"label": "B", "minimum": 2}]}]
    }
    tried = tree.api.post(f"/x/projects/{tree.project}/template-test", json=templates).json()
    assert (tried["sessions"], tried["satisfied"], tried["changes"]) == (1, 0, 1)
    [row] = tried["results"]
    assert row["_id"] == tree.session
    found = [(item["found"], item["met"]) for item in row["templates"][0]["acquisitions"]]
    assert found == [(1, True), (0, False)]
    assert tree.get(f"/projects/{tree.project}")["templates"] == []


def test_a_session_tells_what_it_lacks(tree, templated) -> None:
    templated({"session": {"label": "e"}, "acquisitions": [{"label": "B", "minimum": 2}]})
    shown = tree.get(f"/x/sessions/{tree.session}/compliance")
    assert shown["satisfies_template"] is False
    assert shown["templates"][0]["matches"] is True
    assert shown["templates"][0]["acquisitions"][0]["found"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"templates": []},
        {"templates": "x"},
        {},
        {"templates": [{"session": {"label": "("}}]},
        {"templates": [{"session": {"label": 5}}]},
        {"templates": [{"acquisitions": [{"label": "a"}]}]},
        {"templates": [{"acquisitions": [{"label": "a", "minimum": 2, "maximum": 1}]}]},
        {"templates": [{"acquisitions": [{"minimum": 1, "files": [{"type": "["}]}]}]},
        {"templates": [{"session": {"label": "a" * 501}}]},
    ],
)
def test_bad_templates_are_refused(tree, problem, body) -> None:
    problem(tree.api.post(f"/projects/{tree.project}/template", json=body), 422)


def test_only_who_manages_templates_may_set_them(tree, stranger, problem) -> None:
    path = f"/projects/{tree.project}"
    problem(stranger.post(f"{path}/template", json={"templates": [{"session": {"label": "x"}}]}), 404)
    rw = next(item["_id"] for item in tree.get("/roles") if item["label"] == "Read-write")
    user = stranger.headers["x-user"]
    tree.api.post(f"{path}/permissions", json={"_id": user, "role_ids": [rw]})
    problem(stranger.post(f"{path}/template", json={"templates": [{"session": {"label": "x"}}]}), 403)
    problem(stranger.post(f"{path}/recalc"), 403)
    problem(stranger.post("/projects/recalc"), 403)


def test_uploads_at_the_same_time_do_not_hide_each_other(tree, templated) -> None:
    """Each upload meets one of the requirements; whichever ends last must see the other's file."""
    wanted = [
        {"label": f"scan{n}", "minimum": 1, "files": [{"type": "nifti", "minimum": 1}]} for n in range(6)
    ]
    verdict = templated({"acquisitions": wanted})
    scans = [tree.add("acquisitions", session=tree.session, label=f"scan{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda scan: tree.upload("a.nii.gz", to=f"/acquisitions/{scan}"), scans))
    assert verdict() is True


def test_restoring_an_acquisition_is_judged(tree, templated) -> None:
    verdict = templated({"acquisitions": [{"label": "^a$", "minimum": 1}]})
    tree.api.delete(f"/acquisitions/{tree.acquisition}")
    assert verdict() is False
    [entry] = tree.get("/x/trash", project=tree.project)
    tree.api.post(f"/x/trash/{entry['_id']}/restore")
    assert verdict() is True


def test_sessions_are_found_by_their_verdict(tree, templated) -> None:
    templated({"session": {"label": "nothing"}})
    in_project = f"project={tree.project}"
    assert tree.get("/sessions", filter=f"{in_project},satisfies_template=true") == []
    assert len(tree.get("/sessions", filter=f"{in_project},satisfies_template=false")) == 1
    assert len(tree.get("/sessions", filter=f"{in_project},project_has_template=true")) == 1
    assert tree.get("/sessions", filter=f"{in_project},project_has_template=false") == []
