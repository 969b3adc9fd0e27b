"""User administration and what users may do to themselves."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from treadle.server.kit.ids import new_id


def test_ids_are_kept_in_lower_case_and_found_in_any(world):
    user = world.user()
    assert world.good(world.admin.get(f"/users/{user.upper()}"))["_id"] == user
    world.refused(world.admin.post("/users", json={"_id": user.upper()}), 409)


def test_of_several_who_make_the_same_user_one_succeeds(world):
    body = {"_id": f"same{world.user()}"}
    admin = world.admin
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: admin.post("/users", json=body).status_code, range(4)))
    assert statuses == [200, 409, 409, 409]


def test_two_administrators_cannot_remove_each_other_at_once(world):
    one, other = world.user(root=True), world.user(root=True)
    world.connection.execute(
        "UPDATE app_user SET disabled = true WHERE id NOT IN (%s, %s, %s)", (one, other, world.ADMIN)
    )
    clients = {one: world.as_user(other), other: world.as_user(one)}
    world.connection.execute("UPDATE app_user SET disabled = true WHERE id = %s", (world.ADMIN,))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda user: clients[user].delete(f"/users/{user}").status_code, clients))
    left = world.connection.execute(
        "UPDATE app_user SET disabled = false WHERE id = %s RETURNING (SELECT count(*) FROM app_user"
        " WHERE 'site_admin' = ANY(roles) AND NOT disabled AND deleted_at IS NULL)",
        (world.ADMIN,),
    ).fetchone()
    world.connection.execute("UPDATE app_user SET roles = '{user}' WHERE id <> %s", (world.ADMIN,))
    assert 200 in answers
    assert left == (1,)


@pytest.mark.parametrize("bad", ["", "a@b", "nobody", "a b@c.de", "x@" + "y" * 300, "a/b@c.de", "a:b@c.de"])
def test_ids_that_no_address_has_are_refused(world, bad):
    world.refused(world.admin.post("/users", json={"_id": bad}), 422)


def test_the_document_has_what_clients_read(world):
    user = world.user(roles=["user", "developer"])
    document = world.good(world.as_user(user).get("/users/self"))
    assert document["roles"] == ["developer", "user"]
    assert document["root"] is False
    assert document["api_keys"][0]["label"] == "t"
    assert "password_hash" not in document
    assert "unencrypted_secret" not in document["api_keys"][0]


def test_others_see_the_public_fields_only(world):
    one, other = world.user(), world.user()
    seen = world.good(world.as_user(one).get(f"/users/{other}"))
    assert set(seen) == {"_id", "firstname", "lastname", "email", "avatar", "roles", "root", "disabled"}
    listed = world.good(world.as_user(one).get("/users", params={"filter": f"_id={other}"}))
    assert set(listed[0]) == set(seen)


def test_hidden_fields_cannot_be_guessed_by_filtering(world):
    one, other = world.user(), world.user()
    world.good(world.as_user(other).post("/users/self/info", json={"set": {"pin": 7}}))
    filtered = {"filter": f"_id={other},info.pin=7"}
    assert len(world.good(world.admin.get("/users", params=filtered))) == 1
    assert world.good(world.as_user(one).get("/users", params=filtered)) == []


def test_a_user_is_found_by_any_name_they_have(world):
    user = world.user(firstname="Ada", lastname="Findable")
    for words in ("ada find", "FINDABLE", user):
        filtered = {"filter": f'search=~"(?i){words}",lastname=Findable'}
        assert [one["_id"] for one in world.good(world.admin.get("/users", params=filtered))] == [user]


def test_lists_page_and_sort(world):
    users = sorted(world.user(lastname="Paging") for _ in range(5))
    ask = {"filter": "lastname=Paging", "limit": 2}
    first = world.good(world.admin.get("/users", params=ask))
    assert [row["_id"] for row in first] == users[:2]
    after = world.good(world.admin.get("/users", params={**ask, "after_id": users[1]}))
    assert [row["_id"] for row in after] == users[2:4]
    page = world.good(
        world.admin.get(
            "/users", params={**ask, "sort": "_id:desc"}, headers={"X-Accept-Feature": "pagination"}
        )
    )
    assert (page["count"], page["total"]) == (2, 5)
    assert page["results"][0]["_id"] == users[-1]


def test_only_administrators_make_change_and_delete_users(world):
    one, other = world.user(), world.user()
    mine = world.as_user(one)
    world.refused(mine.post("/users", json={"_id": "new@example.org"}), 403)
    world.refused(mine.put(f"/users/{other}", json={"firstname": "X"}), 403)
    world.refused(mine.delete(f"/users/{other}"), 403)
    world.refused(world.client().get("/users"), 401)


@pytest.mark.parametrize(
    "change", [{"roles": ["site_admin"]}, {"root": True}, {"disabled": False}, {"email": "a@b.c"}]
)
def test_nobody_raises_themselves(world, change):
    user = world.user()
    world.refused(world.as_user(user).put(f"/users/{user}", json=change), 403)


def test_users_change_their_own_name(world):
    user = world.user()
    world.good(world.as_user(user).put(f"/users/{user}", json={"firstname": "New", "unknown": 1}))
    assert world.good(world.admin.get(f"/users/{user}"))["firstname"] == "New"


def test_root_is_the_site_admin_role(world):
    user = world.user()
    world.good(world.admin.put(f"/users/{user}", json={"root": True}))
    assert world.good(world.admin.get(f"/users/{user}"))["roles"] == ["site_admin", "user"]
    world.good(world.admin.put(f"/users/{user}", json={"root": False}))
    assert world.good(world.admin.get(f"/users/{user}"))["roles"] == ["user"]


@pytest.mark.parametrize("change", [{"disabled": True}, {"root": False}, {"roles": ["user"]}])
def test_the_last_site_admin_stays(world, change):
    world.refused(world.admin.put("/users/admin@treadle.local", json=change), 409)
    world.refused(world.admin.delete("/users/admin@treadle.local"), 409)
    assert world.good(world.admin.get("/users/self"))["root"] is True


def test_disabled_users_are_shut_out_at_once(world):
    user = world.user()
    mine = world.as_user(user)
    world.good(world.admin.put(f"/users/{user}", json={"disabled": True}))
    assert "disabled" in world.refused(mine.get("/users/self"), 401)["message"]
    world.good(world.admin.put(f"/users/{user}", json={"disabled": False}))
    world.good(mine.get("/users/self"))


def test_deleted_users_are_hidden_and_come_back_with_nothing(world):
    user, group = world.user(root=True), world.group()
    project = world.project(group)
    world.good(world.grant(project, user, f"{3:024x}"))
    world.connection.execute(
        "INSERT INTO container (id, level, label) VALUES (%s, 'collection', 'C')", (collection := new_id(),)
    )
    world.connection.execute("INSERT INTO collection_access VALUES (%s, %s, 'admin')", (collection, user))
    mine = world.as_user(user)
    world.good(world.admin.delete(f"/users/{user}"))
    world.refused(mine.get("/users/self"), 401)
    ask = {"filter": f"_id={user}"}
    assert world.good(world.admin.get("/users", params=ask)) == []
    assert world.good(world.admin.get("/users", params={**ask, "include_deleted": "true"}))[0]["deleted"]
    world.good(world.admin.post("/users", json={"_id": user}))
    world.refused(mine.get("/users/self"), 401)
    assert world.good(world.admin.get(f"/users/{user}"))["root"] is False
    assert world.good(world.admin.get(f"/projects/{project}/permissions")) == []
    assert world.connection.execute("SELECT 1 FROM collection_access").fetchone() is None


def test_info_is_set_deleted_and_replaced(world):
    mine = world.as_user(world.user())
    world.good(mine.post("/users/self/info", json={"set": {"a.b": 1, "c": {"$d": 2}}}))
    world.good(mine.patch("/users/self/info", json={"set": {"e": 3}, "delete": ["a_b"]}))
    assert world.good(mine.get("/users/self/info")) == {"c": {"-d": 2}, "e": 3}
    assert world.good(mine.get("/users/self/info", params={"fields": "e"})) == {"e": 3}
    world.good(mine.patch("/users/self/info", json={"replace": {"z": 0}}))
    assert world.good(mine.get("/users/self/info")) == {"z": 0}


def test_a_picture_is_a_web_address(world):
    user = world.user()
    world.refused(world.admin.put(f"/users/{user}", json={"avatar": "javascript:alert(1)"}), 422)
    world.good(world.admin.put(f"/users/{user}", json={"avatar": "https://example.org/a.png"}))
    assert world.admin.get(f"/users/{user}/avatar").headers["location"] == "https://example.org/a.png"


@pytest.mark.parametrize("body", [[], "x", {"_id": 5}, {"_id": "a@b.cd", "roles": "admin"}, {"_id": None}])
def test_malformed_users_are_refused(world, body):
    world.refused(world.admin.post("/users", json=body), 422)
