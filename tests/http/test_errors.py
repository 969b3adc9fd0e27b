"""Every refusal has one form: `{message, status_code, request_id}` and perhaps `detail`."""

import pytest

ABSENT = "0" * 24


@pytest.mark.parametrize("path", ["/projects", "/users/self", "/auth/status", "/files", "/lookup", "/roles"])
def test_no_credentials_is_401(anonymous, problem, path):
    problem(anonymous.request("POST" if path == "/lookup" else "GET", path, json={"path": []}), 401)


@pytest.mark.parametrize(
    "value",
    [
        "scitran-user wrong",
        "Bearer " + "x" * 57,
        "Bearer",
        "Basic YTpi",
        "nonsense",
        "scitran-user a b",
    ],
)
def test_bad_credentials_are_401(connect, problem, value):
    problem(connect(Authorization=value).get("/users/self"), 401)


@pytest.mark.parametrize("body", ["{", "not json", '{"a":', "\x00", b"\xff\xfe"])
def test_unreadable_json_is_400(api, problem, body):
    problem(api.post("/projects", content=body, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/groups", {"label": "no id"}),
        ("/groups", {"_id": "Blanks are bad"}),
        ("/groups", {"_id": "-x"}),
        ("/groups", []),
        ("/projects", {"group": 5, "label": ["x"]}),
        ("/sessions", {"project": ABSENT, "age": "old"}),
        ("/sessions", {"project": ABSENT, "timestamp": "yesterday"}),
        ("/users", {"_id": "a"}),
        ("/lookup", {"path": "g/p"}),
        ("/lookup", {}),
        ("/download", {"nodes": [{"level": "galaxy", "_id": ABSENT}]}),
    ],
)
def test_a_body_that_says_nothing_useful_is_422(api, problem, path, body):
    problem(api.post(path, json=body), 422)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/groups", {}),
        ("/sessions", {"project": ABSENT, "age": "old"}),
        ("/users", {"_id": "a"}),
        ("/lookup", {}),
    ],
)
def test_validation_tells_the_place(api, problem, path, body):
    detail = problem(api.post(path, json=body), 422).get("detail")
    assert isinstance(detail, list)
    assert {"loc", "msg", "type"} <= set(detail[0])


@pytest.mark.parametrize(
    "path", ["/nothing", "/projects/a/b/c/d", "/admin.php", "/%00", "/..%2f..%2fetc", "/tasks/reader"]
)
def test_an_unknown_path_is_404(api, problem, path):
    problem(api.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/version"), ("DELETE", "/config"), ("PUT", "/lookup")]
)
def test_an_unknown_method_is_405(api, problem, method, path):
    problem(api.request(method, path), 405)


@pytest.mark.parametrize(
    "level", ["projects", "subjects", "sessions", "acquisitions", "analyses", "collections", "files", "roles"]
)
@pytest.mark.parametrize("identity", ["x", "5" * 23, "g" * 24, "%20", "ü", "' or 1=1", "null", "9" * 400])
def test_ids_that_are_no_ids_are_refused(api, problem, level, identity):
    answer = api.get(f"/{level}/{identity}")
    problem(answer, answer.status_code if answer.status_code == 404 else 422)


@pytest.mark.parametrize(
    "level", ["projects", "subjects", "sessions", "acquisitions", "analyses", "collections"]
)
def test_unknown_ids_are_404_everywhere(api, problem, level):
    base = f"/{level}/{ABSENT}"
    problem(api.get(base), 404)
    problem(api.put(base, json={"label": "x"}), 404)
    problem(api.delete(base), 404)
    problem(api.post(f"{base}/info", json={"set": {"a": 1}}), 404)
    problem(api.post(f"{base}/tags", json={"value": "t"}), 404)
    problem(api.delete(f"{base}/tags/t"), 404)
    problem(api.post(f"{base}/notes", json={"text": "t"}), 404)
    problem(api.post(f"{base}/files", files={"file": ("f.txt", b"x")}), 404)
    problem(api.get(f"{base}/files/f.txt"), 404)
    problem(api.delete(f"{base}/files/f.txt"), 404)


def test_what_exists_already_is_409(api, tree, problem):
    problem(api.post("/groups", json={"_id": tree.group}), 409)
    problem(api.post("/projects", json={"group": tree.group, "label": "P"}), 409)
    problem(api.post("/subjects", json={"project": tree.project, "label": "S"}), 409)
    api.post(f"/sessions/{tree.session}/tags", json={"value": "t"})
    problem(api.post(f"/sessions/{tree.session}/tags", json={"value": "t"}), 409)


def test_a_group_with_projects_stays(api, tree, problem):
    problem(api.delete(f"/groups/{tree.group}"), 409)


@pytest.mark.parametrize("tag", ["", "x" * 65])
def test_a_tag_has_1_to_64_characters(api, tree, problem, tag):
    problem(api.post(f"/sessions/{tree.session}/tags", json={"value": tag}), 422)


def test_replace_and_set_exclude_each_other(api, tree, problem):
    for method in ("POST", "PATCH"):
        body = {"replace": {"a": 1}, "set": {"b": 1}}
        problem(api.request(method, f"/sessions/{tree.session}/info", json=body), 400)


def test_an_upload_without_a_file_part_is_400(api, tree, problem):
    path = f"/acquisitions/{tree.acquisition}/files"
    problem(api.post(path, files={"metadata": (None, "{}")}), 400)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(api.post(path, content=b"--y\r\nnothing", headers=broken), 400)
    problem(api.post(path, content=b"x", headers={"Content-Type": "multipart/form-data"}), 400)


@pytest.mark.parametrize("metadata", ["{", "5", '"text"', '{"tags": "t"}', '{"info": []}'])
def test_bad_metadata_of_an_upload_is_refused(api, tree, problem, metadata):
    files = {"metadata": (None, metadata), "file": ("f.txt", b"x")}
    answer = api.post(f"/acquisitions/{tree.acquisition}/files", files=files)
    problem(answer, 400 if answer.status_code == 400 else 422)
    assert tree.get(f"/acquisitions/{tree.acquisition}")["files"] == []


def test_what_a_stranger_may_not_see_is_404(stranger, tree, problem):
    tree.upload("f.txt")
    for path in (
        f"/projects/{tree.project}",
        f"/sessions/{tree.session}",
        f"/acquisitions/{tree.acquisition}/files/f.txt",
    ):
        problem(stranger.get(path), 404)
    problem(stranger.put(f"/projects/{tree.project}", json={"label": "mine"}), 404)
    problem(stranger.delete(f"/projects/{tree.project}"), 404)
    problem(stranger.post("/lookup", json={"path": [tree.group, "P"]}), 404)


def test_what_a_stranger_may_not_do_is_403(api, stranger, unique, problem):
    problem(stranger.post("/groups", json={"_id": unique()}), 403)
    problem(stranger.post("/users", json={"_id": "x@example.com", "firstname": "A", "lastname": "B"}), 403)


def test_a_reader_may_look_but_not_touch(api, stranger, tree, problem):
    role = next(role["_id"] for role in api.get("/roles").json() if role.get("default_flywheel_role") == "ro")
    entry = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{tree.project}/permissions", json=entry).status_code == 200
    tree.upload("f.txt")
    path = f"/acquisitions/{tree.acquisition}"
    assert stranger.get(f"{path}/files/f.txt").content == b"hello"
    assert [one["_id"] for one in stranger.get("/acquisitions").json()] == [tree.acquisition]
    problem(stranger.post(f"{path}/files", files={"file": ("g.txt", b"x")}), 403)
    problem(stranger.put(path, json={"label": "mine"}), 403)
    problem(stranger.delete(path), 403)
    problem(stranger.post(f"{path}/tags", json={"value": "t"}), 403)


def test_a_disabled_user_is_shut_out(api, stranger, problem):
    api.put(f"/users/{stranger.headers['x-user']}", json={"disabled": True})
    problem(stranger.get("/users/self"), 401)


def test_too_much_info_is_refused(api, tree, problem):
    answer = api.post(f"/sessions/{tree.session}/info", json={"set": {"long": "x" * (17 << 20)}})
    problem(answer, 413 if answer.status_code == 413 else 422)


def test_messages_hold_no_traces(api, tree):
    answer = api.get(f"/projects/{ABSENT}")
    for word in ("Traceback", "psycopg", "sqlalchemy", 'File "'):
        assert word not in answer.text
