"""Several writers at once lose nothing and double nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

WRITERS = 8


@pytest.fixture
def together():
    """Runs the call once for each of the numbers, all at the same time, and gives the answers."""

    def run(call):
        with ThreadPoolExecutor(WRITERS) as pool:
            return list(pool.map(call, range(WRITERS)))

    return run


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def test_uploads_of_one_name_become_versions(api, tree, together):
    path = f"/acquisitions/{tree.acquisition}/files"
    answers = together(lambda n: api.post(path, files={"file": ("f.txt", f"content {n}".encode())}))
    assert statuses(answers) == {200: WRITERS}
    files = [answer.json()[0] for answer in answers]
    assert sorted(file["version"] for file in files) == list(range(1, WRITERS + 1))
    assert len({file["file_id"] for file in files}) == 1
    assert len(tree.get(f"/acquisitions/{tree.acquisition}")["files"]) == 1
    for number, file in enumerate(files):
        assert (
            api.get(f"{path}/f.txt", params={"version": file["version"]}).content
            == f"content {number}".encode()
        )


def test_uploads_of_equal_content_all_stay(api, tree, together):
    path = f"/acquisitions/{tree.acquisition}/files"
    answers = together(lambda n: api.post(path, files={"file": (f"f{n}.txt", b"same" * 10_000)}))
    assert statuses(answers) == {200: WRITERS}
    api.delete(f"{path}/f0.txt")
    for number in range(1, WRITERS):
        assert api.get(f"{path}/f{number}.txt").content == b"same" * 10_000


def test_changes_of_info_add_up(api, tree, together):
    path = f"/sessions/{tree.session}"
    assert statuses(together(lambda n: api.post(f"{path}/info", json={"set": {f"k{n}": n}}))) == {
        200: WRITERS
    }
    assert tree.get(path)["info"] == {f"k{n}": n for n in range(WRITERS)}


def test_changes_of_file_info_add_up(api, tree, together):
    tree.upload("f.txt")
    path = f"/acquisitions/{tree.acquisition}/files/f.txt/info"
    together(lambda n: api.post(path, json={"set": {f"k{n}": n}}))
    assert tree.get(path)["info"] == {f"k{n}": n for n in range(WRITERS)}


def test_tags_add_up(api, tree, together):
    path = f"/sessions/{tree.session}"
    assert statuses(together(lambda n: api.post(f"{path}/tags", json={"value": f"t{n}"}))) == {200: WRITERS}
    assert sorted(tree.get(path)["tags"]) == [f"t{n}" for n in range(WRITERS)]


def test_one_tag_is_added_once(api, tree, together):
    answers = together(lambda n: api.post(f"/sessions/{tree.session}/tags", json={"value": "t"}))
    assert statuses(answers) == {200: 1, 409: WRITERS - 1}


def test_one_label_is_given_once(api, tree, together):
    answers = together(lambda n: api.post("/projects", json={"group": tree.group, "label": "new"}))
    assert statuses(answers) == {200: 1, 409: WRITERS - 1}
    answers = together(lambda n: api.post("/subjects", json={"project": tree.project, "label": "new"}))
    assert statuses(answers) == {200: 1, 409: WRITERS - 1}


def test_a_subject_named_by_many_sessions_is_made_once(api, tree, together):
    document = {"project": tree.project, "label": "E", "subject": {"label": "many"}}
    assert statuses(together(lambda n: api.post("/sessions", json=document))) == {200: WRITERS}
    assert len(tree.get(f"/projects/{tree.project}/subjects", filter="label=many")) == 1


def test_nameless_subjects_get_names_of_their_own(api, tree, together):
    answers = together(lambda n: api.post("/sessions", json={"project": tree.project, "label": "E"}))
    assert statuses(answers) == {200: WRITERS}
    labels = [row["label"] for row in tree.get(f"/projects/{tree.project}/subjects")]
    assert len(labels) == len(set(labels)) == WRITERS + 1


def test_a_container_is_deleted_once(api, tree, together):
    answers = together(lambda n: api.delete(f"/sessions/{tree.session}"))
    assert statuses(answers) == {200: 1, 404: WRITERS - 1}


def test_moving_and_uploading_at_once_loses_no_file(api, tree, together):
    other = tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label="other")
    targets = [tree.session, other]

    def act(number):
        if number % 2:
            return api.put(f"/acquisitions/{tree.acquisition}", json={"session": targets[number // 2 % 2]})
        return api.post(f"/acquisitions/{tree.acquisition}/files", files={"file": (f"f{number}.txt", b"x")})

    assert statuses(together(act)) == {200: WRITERS}
    acquisition = tree.get(f"/acquisitions/{tree.acquisition}")
    assert len(acquisition["files"]) == WRITERS // 2
    assert {file["parents"]["session"] for file in acquisition["files"]} == {acquisition["session"]}


def test_uploading_into_what_is_being_deleted_is_404_or_goes_with_it(api, tree, together):
    def act(number):
        if number == 0:
            return api.delete(f"/projects/{tree.project}")
        return api.post(f"/acquisitions/{tree.acquisition}/files", files={"file": (f"f{number}.txt", b"x")})

    assert set(statuses(together(act))) <= {200, 404}
    assert tree.get("/files", filter=f"parents.project={tree.project}")["total"] == 0
