"""API keys and what they open."""


def test_a_key_is_57_characters_shown_once_and_kept_as_a_hash(world):
    mine = world.as_user(world.user())
    made = world.good(mine.post("/users/self/key", json={"label": "laptop"}))
    secret = made["unencrypted_secret"]
    assert len(secret) == 57
    assert secret.startswith("tk1_")
    assert secret.isascii()
    again = world.good(mine.get("/users/self"))["api_keys"]
    assert {"laptop", "t"} == {key["label"] for key in again}
    rows = world.connection.execute("SELECT api_key::text FROM api_key").fetchall()
    assert not any(secret in row[0] for row in rows)


def test_every_form_of_the_header_opens(world):
    key = world.admin_key
    for form in (
        f"scitran-user {key}",
        f"Bearer {key}",
        f"bearer {key}",
        f"SciTran-User host.example:8080:__force_insecure:{key}",
    ):
        world.good(world.client(Authorization=form).get("/auth/status"))


def test_bad_credentials_are_refused(world):
    for form in ("", "Basic abc", "Bearer", "Bearer x", f"Basic {world.admin_key}", "scitran-user a:b:"):
        world.refused(world.client(Authorization=form).get("/auth/status"), 401)
    world.refused(world.client().get("/auth/status"), 401)


def test_the_status_says_who(world):
    user = world.user()
    assert world.good(world.as_user(user).get("/auth/status")) == {
        "origin": {"type": "user", "id": user},
        "user_id": user,
        "user_is_admin": False,
        "is_device": False,
        "roles": ["user"],
    }


def test_expired_keys_open_nothing(world):
    mine = world.as_user(world.user())
    world.refused(mine.post("/users/self/key", json={"expires_at": "2020-01-01T00:00:00Z"}), 422)
    made = world.good(mine.post("/users/self/key", json={"expires_at": "2999-01-01"}))
    theirs = world.client(made["unencrypted_secret"])
    world.good(theirs.get("/users/self"))
    world.connection.execute("UPDATE api_key SET expires_at = now() WHERE id = %s", (made["key"],))
    world.refused(theirs.get("/users/self"), 401)


def test_a_deleted_key_opens_nothing(world):
    mine = world.as_user(world.user())
    made = world.good(mine.post("/users/self/key", json={"label": "x"}))
    world.good(mine.delete(f"/users/self/key/{made['key']}"))
    world.refused(world.client(made["unencrypted_secret"]).get("/users/self"), 401)
    world.refused(mine.delete(f"/users/self/key/{made['key']}"), 404)


def test_nobody_deletes_the_keys_of_others(world):
    mine, theirs = world.as_user(world.user()), world.as_user(world.user())
    made = world.good(theirs.post("/users/self/key", json={"label": "x"}))
    world.refused(mine.delete(f"/users/self/key/{made['key']}"), 404)


def test_use_is_remembered(world):
    mine = world.as_user(world.user())
    world.good(mine.get("/users/self"))
    assert world.good(mine.get("/users/self"))["api_keys"][0]["last_used"]
