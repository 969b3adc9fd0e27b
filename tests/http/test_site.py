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
