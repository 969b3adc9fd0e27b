"""What requests may look like: odd spellings, odd paths, odd bodies."""

from urllib.parse import quote

import pytest

ODD = [
    "a/b",
    "me@home",
    "100%",
    "%2F",
    "a#b",
    "a?b",
    "a b",
    "a+b",
    "ü体",
    "a&b=c;d",
    "..",
    ".",
    "a\\b",
    "'",
    '"',
]


@pytest.mark.parametrize("tag", ODD)
def test_every_character_of_a_path_parameter_is_kept(api, tree, tag):
    path = f"/sessions/{tree.session}/tags"
    assert api.post(path, json={"value": tag}).status_code == 200
    encoded = "".join(f"%{byte:02X}" for byte in tag.encode())
    assert api.get(f"{path}/{encoded}").json() == tag
    assert api.delete(f"{path}/{encoded}").json() == {"deleted": 1}


@pytest.mark.parametrize("name", [name for name in ODD if name not in ("..", ".", "a/b", "%2F", "a\\b")])
def test_file_names_are_percent_decoded_once(tree, name):
    file = tree.upload(name, name)
    assert file["name"] == name
    answer = tree.api.get(f"/acquisitions/{tree.acquisition}/files/{quote(name, safe='')}")
    assert answer.content == name.encode()


def test_the_ids_of_users_are_percent_decoded(api, treadle_server):
    for spelled in (treadle_server.email, quote(treadle_server.email, safe="")):
        assert api.get(f"/users/{spelled}").json()["_id"] == treadle_server.email


@pytest.mark.parametrize("spelled", ["true", "True", "TRUE", "1", "false", "False", "0"])
def test_booleans_are_read_in_any_spelling(api, tree, spelled):
    answer = api.get(f"/sessions/{tree.session}/acquisitions", params={"include_all_info": spelled})
    assert answer.status_code == 200


def test_a_boolean_that_is_none_is_refused(api, tree, problem):
    problem(api.get(f"/sessions/{tree.session}/acquisitions", params={"include_all_info": "maybe"}), 422)


def test_unknown_fields_and_parameters_are_ignored(api, tree):
    answer = api.put(
        f"/sessions/{tree.session}",
        params={"no_such": "parameter"},
        json={"label": "E2", "_id": "x", "no_such": [{}]},
    )
    assert answer.json() == {"modified": 1, "jobs_spawned": 0}
    assert tree.get(f"/sessions/{tree.session}")["label"] == "E2"
    assert tree.get(f"/sessions/{tree.session}")["_id"] == tree.session


@pytest.mark.parametrize("scheme", ["scitran-user", "SciTran-User", "SCITRAN-USER", "Bearer", "bearer"])
def test_scheme_words_have_no_case(connect, key, scheme):
    assert connect(Authorization=f"{scheme} {key}").get("/users/self").status_code == 200


def test_a_key_may_be_preceded_by_host_and_port(connect, key):
    for prefix in ("host:", "127.0.0.1:8080:", "host:443:__force_insecure:"):
        assert connect(Authorization=f"scitran-user {prefix}{key}").get("/users/self").status_code == 200


def test_a_content_type_without_a_body_is_fine(api, tree):
    header = {"Content-Type": "application/json"}
    assert api.get(f"/sessions/{tree.session}", headers=header).status_code == 200
    assert api.put(f"/sessions/{tree.session}", headers=header).status_code == 200
    assert api.delete(f"/sessions/{tree.session}", headers=header).json()["deleted"] == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_info_is_changed_by_either_method(api, tree, method):
    path = f"/sessions/{tree.session}/info"
    assert api.request(method, path, json={"set": {"a": 1}}).json()["modified"] == 1
    assert api.request(method, path, json={"set": {"b": {"c": 2, "d": 3}}}).status_code == 200
    assert api.request(method, path, json={"delete": ["a", "b.c"]}).status_code == 200
    assert tree.get(f"/sessions/{tree.session}")["info"] == {"b": {"d": 3}}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2020-01-02T10:11:12.123456+00:00", "2020-01-02T10:11:12.123456+00:00"),
        ("2020-01-02T10:11:12+02:00", "2020-01-02T08:11:12+00:00"),
        ("2020-01-02T10:11:12Z", "2020-01-02T10:11:12+00:00"),
        ("2020-01-02T10:11:12", "2020-01-02T10:11:12+00:00"),
        ("2020-01-02", "2020-01-02T00:00:00+00:00"),
    ],
)
def test_times_are_kept_in_utc(api, tree, given, kept):
    from datetime import datetime

    api.put(f"/sessions/{tree.session}", json={"timestamp": given})
    shown = tree.get(f"/sessions/{tree.session}")["timestamp"]
    assert datetime.fromisoformat(shown) == datetime.fromisoformat(kept)
    assert datetime.fromisoformat(shown).utcoffset() is not None


def test_documents_hold_no_empty_words_where_clients_expect_enums(api, tree):
    tree.upload("f.txt")
    documents = [
        tree.get(f"/subjects/{tree.subject}"),
        tree.get(f"/projects/{tree.project}"),
        tree.get(f"/sessions/{tree.session}"),
        tree.get(f"/acquisitions/{tree.acquisition}")["files"][0],
    ]
    for document in documents:
        for field in (
            "cohort",
            "mlset",
            "state",
            "copy_status",
            "deid_log_skip_reason",
            "locked",
            "virus_scan",
        ):
            assert document.get(field) != ""


def test_nul_characters_do_no_harm(api, tree):
    for body in ({"label": "a\u0000b"}, {"info": {"a": "x\u0000y"}}):
        assert api.put(f"/sessions/{tree.session}", json=body).status_code in (200, 422)
    assert api.post(f"/sessions/{tree.session}/notes", json={"text": "a\u0000"}).status_code in (200, 422)


@pytest.mark.parametrize("label", ["x" * 5000, "größe 体 😀", "a/b", " ", "\t"])
def test_labels_survive_or_are_refused(api, tree, label):
    answer = api.put(f"/sessions/{tree.session}", json={"label": label})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert tree.get(f"/sessions/{tree.session}")["label"] == label


def test_deep_info_is_kept_and_too_deep_info_refused(api, tree, problem):
    def nested(depth):
        document = 1
        for _ in range(depth):
            document = {"n": document}
        return document

    path = f"/sessions/{tree.session}/info"
    assert api.post(path, json={"replace": nested(90)}).status_code == 200
    assert tree.get(f"/sessions/{tree.session}")["info"] == nested(90)
    problem(api.post(path, json={"replace": nested(150)}), 422)


def test_info_of_a_file_is_a_resource_of_its_own(api, tree):
    path = f"/files/{tree.upload('f.txt')['file_id']}/info"
    assert api.patch(path, json={"a": 1}).status_code == 200
    assert api.patch(path, json={"b.c": 2}).status_code == 200
    assert tree.get(path) == {"a": 1, "b_c": 2}
    assert api.put(path, json={"only": "this"}).status_code == 200
    assert tree.get(path) == {"only": "this"}


def test_the_subject_of_a_session_is_its_document(tree):
    for document in (
        tree.get(f"/sessions/{tree.session}"),
        tree.get("/sessions", filter=f"_id={tree.session}")[0],
    ):
        assert document["subject"]["_id"] == tree.subject
        assert document["subject"]["label"] == "S"
        assert "analyses" not in document["subject"] or not document["subject"]["analyses"]


def test_lookup_and_resolve_tell_the_kind_of_each_node(api, tree):
    tree.upload("f.txt")
    node = api.post("/lookup", json={"path": [tree.group, "P", "S", "E", "A", "files", "f.txt"]}).json()
    assert (node["container_type"], node["parent_ref"]["id"]) == ("file", tree.acquisition)
    found = api.post("/resolve", json={"path": [tree.group, "P"]}).json()
    assert [one["container_type"] for one in found["path"]] == ["group", "project"]
    assert [one["container_type"] for one in found["children"]] == ["subject"]
    assert all(one["permissions"] for one in found["path"])
