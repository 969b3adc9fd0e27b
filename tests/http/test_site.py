"""Version, configuration and login status: the first answers a client reads."""

import re


def test_anybody_may_read_the_version(anonymous):
    version = anonymous.get("/version").json()
    assert version["_id"] == "version"
    assert isinstance(version["database"], int)
    for field in ("release", "flywheel_release", "cli_version"):
        assert re.fullmatch(r"\d+\.\d+\.\d+", version[field])
    assert version["treadle_release"]


def test_anybody_may_read_the_configuration(anonymous, treadle_server):
    config = anonymous.get("/config").json()
    features = config["features"]
    assert all(isinstance(value, bool) for value in features.values())
    assert not features.get("multiproject")
    assert not features.get("task_manager_data_views")
    assert features["collections"] is True
    site = config["site"]
    assert site["api_url"] == f"{treadle_server.url}/api"
    assert site["name"]
    assert site["id"]


def test_the_login_status_of_a_user(api, treadle_server):
    status = api.get("/auth/status").json()
    assert status["origin"] == {"type": "user", "id": treadle_server.email}
    assert status["user_id"] == treadle_server.email
    assert status["user_is_admin"] is True
    assert status["is_device"] is False
    assert "site_admin" in status["roles"]


def test_the_login_status_of_an_ordinary_user(stranger):
    status = stranger.get("/auth/status").json()
    assert status["user_is_admin"] is False
    assert "site_admin" not in status["roles"]


def test_users_see_little_of_each_other(stranger, treadle_server):
    shown = stranger.get(f"/users/{treadle_server.email}").json()
    assert set(shown) <= {"_id", "firstname", "lastname", "email", "avatar", "roles", "root", "disabled"}
    assert treadle_server.email in [user["_id"] for user in stranger.get("/users").json()]


def test_secrets_of_keys_are_shown_once(api, unique):
    label = unique()
    made = api.post("/users/self/key", json={"label": label}).json()
    assert len(made["unencrypted_secret"]) == 57
    assert not set(made["unencrypted_secret"]) & set(": /@")
    text = api.get("/users/self").text
    assert label in text
    assert made["unencrypted_secret"] not in text
    assert api.delete(f"/users/self/key/{made['key']}").status_code in (200, 204)
    assert label not in api.get("/users/self").text


def test_answers_name_their_request(api):
    first, second = api.get("/version"), api.get("/nothing")
    assert first.headers["x-request-id"]
    assert second.headers["x-request-id"] == second.json()["request_id"]


def test_the_configuration_as_a_script(anonymous):
    answer = anonymous.get("/config.js")
    assert answer.headers["content-type"].startswith("application/javascript")
    assert answer.text.startswith("config = {")
    assert answer.text.endswith("};")


def test_settings_of_the_site_are_merged(api, stranger, unique, problem):
    """`PUT` puts the given keys and keeps the others; everybody reads, administrators write; others are refused."""
    apps = [{"name": unique()}]
    assert api.put("/site/settings", json={"viewer_apps": apps}).json()["viewer_apps"] == apps
    assert api.put("/site/settings", json={"mfa": {"a": 1}, "_id": "no"}).status_code == 200
    shown = stranger.get("/site/settings").json()
    assert (shown["viewer_apps"], shown["mfa"], shown["_id"]) == (apps, {"a": 1}, "site")
    problem(stranger.put("/site/settings", json={"mfa": None}), 403)
    refused = problem(api.put("/site/settings", json={"mfa": None, "serach_all_data": "admin"}), 422)
    assert "'search_all_data'" in refused["message"]
    assert api.get("/site/settings").json()["mfa"] == {"a": 1}


def test_the_storage_and_the_engines_are_listed(api, connect, stranger, unique, problem):
    device = api.post("/devices", json={"label": unique(), "type": "engine"}).json()
    itself = {"label": unique(), "kind": "sge", "capabilities": ["cuda"]}
    engine = connect(Authorization=f"scitran-user {device['key']}").put("/engine/self", json=itself).json()
    computing = stranger.get("/site/providers", params={"class": "compute"}).json()
    assert engine in computing and {one["provider_class"] for one in computing} == {"compute"}
    assert stranger.get(f"/site/providers/{engine['_id']}").json() == engine
    assert api.get(f"/site/providers/{engine['_id']}/config").json() == {
        "kind": "sge",
        "capabilities": ["cuda"],
    }
    assert engine["_id"] in {one["_id"] for one in stranger.get("/site/providers").json()}
    problem(api.get("/site/providers", params={"class": "engine"}), 422)
    (storage,) = stranger.get("/site/providers", params={"class": "storage"}).json()
    assert (storage["provider_class"], storage["provider_type"]) == ("storage", "local")
    assert api.get(f"/site/providers/{storage['_id']}").json()["label"] == storage["label"]
    assert "secret" not in api.get(f"/site/providers/{storage['_id']}/config").text
    problem(api.post("/site/providers", json={}), 409)
    problem(api.get("/site/providers/5f0000000000000000000000"), 404)


def test_what_a_user_has_a_part_in(api, stranger, tree, problem):
    """Groups, projects, sessions, acquisitions and collections of a user: one's own, or any as administrator."""
    user = stranger.headers["x-user"]
    for plural in ("groups", "projects", "sessions", "acquisitions", "collections"):
        assert stranger.get(f"/users/{user}/{plural}").json() == []
    role = next(item for item in api.get("/roles").json() if item["default_flywheel_role"] == "ro")
    api.post(f"/projects/{tree.project}/permissions", json={"_id": user, "role_ids": [role["_id"]]})
    api.post(f"/groups/{tree.group}/permissions", json={"_id": user, "access": "ro"})
    expected = {
        "groups": tree.group,
        "projects": tree.project,
        "sessions": tree.session,
        "acquisitions": tree.acquisition,
    }
    for plural, wanted in expected.items():
        for client in (stranger, api):
            assert [item["_id"] for item in client.get(f"/users/{user}/{plural}").json()] == [wanted]
    problem(stranger.get("/users/admin@treadle.local/projects"), 403)
    problem(api.get("/users/nobody@example.com/projects"), 404)
