"""API keys and what they open."""

import asyncio

import pytest

from treadle.server.access import keys
from treadle.server.store.db import Database


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


# Keys made by administrators


def test_an_administrator_makes_and_deletes_keys_of_others(world):
    user = world.user()
    made = world.good(
        world.admin.post(f"/users/{user}/key", json={"label": "robot", "expires_at": "2999-01-01"})
    )
    assert made["label"] == "robot"
    theirs = world.client(made["unencrypted_secret"])
    assert world.good(theirs.get("/users/self"))["_id"] == user
    world.refused(theirs.post(f"/users/{world.ADMIN}/key", json={}), 403)
    world.refused(theirs.delete(f"/users/{user}/key/{made['key']}"), 403)
    world.good(world.admin.delete(f"/users/{user}/key/{made['key']}"))
    world.refused(theirs.get("/users/self"), 401)
    world.refused(world.admin.post("/users/nobody@example.org/key", json={}), 404)


# Restricted keys


@pytest.fixture
def places(world):
    """A group, two of its projects, and a user who is admin of both and of the group."""
    group, user = world.group(), world.user()
    projects = world.project(group), world.project(group)
    for project in projects:
        world.good(world.grant(project, user, world.AD))
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": user, "access": "admin"}))
    return group, *projects, user


def restricted(world, user, **scope):
    made = world.good(world.as_user(user).post("/users/self/key", json={"label": "r", "scope": scope}))
    assert made["scope"] == {"projects": None, "actions": None, **made["scope"]}
    return world.client(made["unencrypted_secret"])


def test_a_key_for_one_project_opens_no_other_and_no_group(world, places):
    group, one, other, user = places
    mine = restricted(world, user, projects=[one])
    world.good(mine.get(f"/projects/{one}/permissions"))
    world.refused(mine.get(f"/projects/{other}/permissions"), 404)
    world.refused(mine.get(f"/groups/{group}/permissions"), 403)
    held = world.good(mine.get("/permissions/self"))
    assert (set(held["projects"]), held["groups"]) == ({one}, {})
    assert mine.get("/permissions/check/files_download", params={"project_id": one}).status_code == 204
    assert mine.get("/permissions/check/files_download", params={"project_id": other}).status_code == 403


def test_a_key_for_some_actions_allows_no_others(world, places):
    _, one, other, user = places
    mine = restricted(world, user, actions=["project_permissions_view"])
    for project in (one, other):
        world.good(mine.get(f"/projects/{project}/permissions"))
        body = {"_id": world.user(), "role_ids": [world.RO]}
        refusal = world.refused(mine.post(f"/projects/{project}/permissions", json=body), 403)
        assert "API key" in refusal["message"]


def test_a_restricted_key_adds_no_rights(world, places):
    _, one, _, user = places
    world.good(world.grant(one, world.ADMIN, world.AD))
    world.good(world.admin.put(f"/projects/{one}/permissions/{user}", json={"role_ids": [world.RO]}))
    mine = restricted(world, user, projects=[one], actions=["project_permissions_manage"])
    world.refused(mine.post(f"/projects/{one}/permissions", json={"_id": user, "role_ids": [world.RO]}), 403)


def test_a_restricted_key_of_an_administrator_is_no_administrator(world, places):
    group, one, other, _ = places
    mine = restricted(world, world.ADMIN, projects=[one], actions=["project_permissions_view"])
    world.good(mine.get(f"/projects/{one}/permissions"))
    world.refused(mine.get(f"/projects/{other}/permissions"), 404)
    world.refused(mine.post(f"/projects/{one}/permissions", json={"_id": "x", "role_ids": [world.RO]}), 403)
    world.refused(mine.get(f"/groups/{group}/permissions"), 403)
    world.refused(mine.post("/roles", json={"label": "x", "actions": []}), 403)
    assert world.good(mine.get("/auth/status"))["user_is_admin"] is False


def test_a_restricted_key_cannot_make_itself_a_whole_one(world, places):
    _, one, _, user = places
    mine = restricted(world, user, projects=[one])
    world.refused(mine.post("/users/self/key", json={"label": "escape"}), 403)
    key = world.good(mine.get("/users/self"))["api_keys"][0]["key"]
    world.refused(mine.delete(f"/users/self/key/{key}"), 403)
    world.refused(mine.put(f"/users/{user}", json={"firstname": "X"}), 403)
    of_admin = restricted(world, world.ADMIN, projects=[one])
    world.refused(of_admin.post(f"/users/{user}/key", json={}), 403)


@pytest.mark.parametrize(
    "scope", [{"projects": []}, {"actions": []}, {"actions": ["fly"]}, {"projects": "x"}, 1]
)
def test_unclear_restrictions_are_refused(world, scope):
    world.refused(world.admin.post("/users/self/key", json={"scope": scope}), 422)


# Keys of jobs


@pytest.fixture
def job_key(database_url, world):
    """Makes the key of a job by one of the room's functions; gives its client."""

    def make(function, *args, **named):
        async def run():
            database = Database(database_url, size=1)
            async with database.transaction() as connection:
                made = await function(connection, *args, **named)
            await database.close()
            return made

        made = asyncio.run(run())
        return None if made is None else world.client(made.secret)

    return make


def test_a_job_of_a_user_has_their_rights_until_it_ends(world, places, job_key):
    group, one, _, user = places
    mine = job_key(keys.create_job_key, "j1", user)
    status = world.good(mine.get("/auth/status"))
    assert (status["origin"], status["user_id"]) == ({"type": "job", "id": "j1"}, user)
    world.good(mine.post(f"/projects/{one}/permissions", json={"_id": world.user(), "role_ids": [world.RO]}))
    world.good(mine.get(f"/groups/{group}/permissions"))
    world.refused(mine.post("/users/self/key", json={}), 403)
    assert [key["label"] for key in world.good(mine.get("/users/self"))["api_keys"]] == []
    job_key(keys.delete_job_keys, "j1")
    world.refused(mine.get("/auth/status"), 401)


def test_a_reading_job_only_reads(world, places, job_key):
    _, one, _, user = places
    mine = job_key(keys.create_job_key, "j2", user, read_only=True)
    world.good(mine.get(f"/projects/{one}/permissions"))
    world.refused(mine.delete(f"/projects/{one}/permissions/{user}"), 403)


def test_a_job_of_a_rule_has_the_rules_role_in_its_project_alone(world, places, job_key):
    group, one, other, user = places
    role = world.role("project_permissions_view", group=group)
    mine = job_key(keys.create_rule_key, "j3", "rule1", project_id=one, role_id=role)
    status = world.good(mine.get("/auth/status"))
    assert (status["origin"], status["user_id"]) == ({"type": "gear_rule", "id": "rule1"}, None)
    world.good(mine.get(f"/projects/{one}/permissions"))
    world.refused(mine.post(f"/projects/{one}/permissions", json={"_id": user, "role_ids": [world.RO]}), 403)
    world.refused(mine.get(f"/projects/{other}/permissions"), 404)
    world.refused(mine.get(f"/groups/{group}/permissions"), 403)
    world.refused(mine.get("/users/self"), 403)
    world.good(world.admin.put(f"/roles/{role}", json={"actions": []}))
    world.refused(mine.get(f"/projects/{one}/permissions"), 403)
