"""Access to groups, roles in projects, and what nobody can talk themselves into."""

import threading

import pytest


@pytest.fixture
def group(world):
    return world.group()


@pytest.fixture
def project(world, group):
    return world.project(group)


@pytest.fixture
def manager(world, group, project):
    """A user who manages the project's users and may view and upload, no more."""
    role = world.role(
        "project_permissions_view", "project_permissions_manage", "files_create_single", group=group
    )
    user = world.user()
    world.good(world.grant(project, user, role))
    return user


def entry(user, *role_ids):
    return {"_id": user, "role_ids": list(role_ids)}


# Projects


def test_an_entry_is_added_read_changed_and_removed(world, project):
    user, admin, path = world.user(), world.admin, f"/projects/{project}/permissions"
    assert world.good(admin.post(path, json=entry(user.upper(), world.RO))) == entry(user, world.RO)
    world.refused(admin.post(path, json=entry(user, world.RO)), 409)
    assert world.good(admin.get(f"{path}/{user}")) == entry(user, world.RO)
    changed = admin.put(f"{path}/{user}", json={"role_ids": [world.RW, world.RO, world.RW]})
    assert world.good(changed) == entry(user, world.RW, world.RO)
    assert world.good(admin.get(path)) == [entry(user, world.RW, world.RO)]
    assert world.good(admin.delete(f"{path}/{user}"))["modified"] == 1
    for gone in (admin.get(f"{path}/{user}"), admin.delete(f"{path}/{user}")):
        world.refused(gone, 404)
    world.refused(admin.put(f"{path}/{user}", json={"role_ids": [world.RO]}), 404)


def test_the_older_spelling_means_a_built_in_role(world, project):
    made = world.admin.post(f"/projects/{project}/permissions", json={"_id": world.user(), "access": "rw"})
    assert world.good(made)["role_ids"] == [world.RW]


@pytest.mark.parametrize("role_ids", [[], ["000000000000000000000099"], ["x"], "x", [None]])
def test_only_existing_roles_are_assigned(world, project, role_ids):
    answer = world.admin.post(
        f"/projects/{project}/permissions", json={"_id": world.user(), "role_ids": role_ids}
    )
    world.refused(answer, 422)


def test_only_roles_of_the_pool_are_assigned(world, group, project):
    user, role = world.user(), world.role()
    world.refused(world.grant(project, user, role), 422)
    world.good(world.admin.post(f"/groups/{group}/roles", json={"_id": role}))
    world.good(world.grant(project, user, role))


def test_only_users_are_let_in(world, project):
    world.refused(world.grant(project, "nobody@example.org", world.RO), 422)


@pytest.mark.parametrize("where", ["/projects/000000000000000000000099", "/groups/nothere"])
def test_what_is_not_there_is_not_found_even_for_administrators(world, where):
    world.refused(world.admin.get(f"{where}/permissions"), 404)
    body = {"_id": world.user(), "role_ids": [world.RO], "access": "ro"}
    world.refused(world.admin.post(f"{where}/permissions", json=body), 404)


def test_a_project_in_the_trash_is_not_found(world, project, manager):
    world.connection.execute("UPDATE container SET deleted_at = now() WHERE id = %s", (project,))
    mine = world.as_user(manager)
    world.refused(mine.get(f"/projects/{project}/permissions"), 404)
    assert project not in world.good(mine.get("/permissions/self"))["projects"]


def test_strangers_do_not_learn_that_a_project_exists(world, project):
    mine = world.as_user(world.user())
    hidden = world.refused(mine.get(f"/projects/{project}/permissions"), 404)
    missing = world.refused(mine.get("/projects/000000000000000000000099/permissions"), 404)
    assert hidden["message"] == missing["message"]


def test_readers_see_the_users_but_do_not_change_them(world, project):
    user = world.user()
    world.good(world.grant(project, user, world.RO))
    mine, path = world.as_user(user), f"/projects/{project}/permissions"
    world.good(mine.get(path))
    world.refused(mine.post(path, json=entry(world.user(), world.RO)), 403)
    world.refused(mine.put(f"{path}/{user}", json={"role_ids": [world.AD]}), 403)
    world.refused(mine.delete(f"{path}/{user}"), 403)


def test_a_manager_grants_what_they_hold_and_no_more(world, group, project, manager):
    mine, path, user = world.as_user(manager), f"/projects/{project}/permissions", world.user()
    narrow = world.role("files_create_single", group=group)
    world.good(mine.post(path, json=entry(user, narrow)))
    body = world.refused(mine.put(f"{path}/{user}", json={"role_ids": [narrow, world.RW]}), 403)
    assert "files_download" in body["detail"]
    world.refused(mine.post(path, json=entry(world.user(), world.AD)), 403)


def test_a_manager_cannot_raise_themselves(world, project, manager):
    mine, path = world.as_user(manager), f"/projects/{project}/permissions/{manager}"
    held = world.good(mine.get(path))["role_ids"]
    world.refused(mine.put(path, json={"role_ids": [*held, world.AD]}), 403)


def test_roles_a_user_has_already_may_stay(world, group, project, manager):
    mine, path, user = world.as_user(manager), f"/projects/{project}/permissions", world.user()
    narrow = world.role("files_create_single", group=group)
    world.good(world.grant(project, user, world.RW))
    world.good(mine.put(f"{path}/{user}", json={"role_ids": [world.RW, narrow]}))


def test_rights_in_one_project_grant_nothing_in_another(world, group, manager):
    other = world.project(group)
    answer = world.as_user(manager).post(f"/projects/{other}/permissions", json=entry(manager, world.RO))
    world.refused(answer, 404)


def test_group_administrators_do_not_thereby_see_projects(world, group, project):
    user = world.user()
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": user, "access": "admin"}))
    world.refused(world.as_user(user).get(f"/projects/{project}/permissions"), 404)


def test_the_last_manager_stays(world, project, manager):
    path = f"/projects/{project}/permissions"
    world.refused(world.admin.delete(f"{path}/{manager}"), 409)
    world.refused(world.admin.put(f"{path}/{manager}", json={"role_ids": [world.RO]}), 409)
    disabled = world.user(disabled=True)
    world.good(world.grant(project, disabled, world.AD))
    world.refused(world.admin.delete(f"{path}/{manager}"), 409)
    world.good(world.grant(project, world.user(), world.AD))
    world.good(world.admin.delete(f"{path}/{manager}"))


def test_two_managers_cannot_remove_each_other_at_once(world, project):
    users = [world.user() for _ in range(2)]
    for user in users:
        world.good(world.grant(project, user, world.AD))
    clients = [world.as_user(user) for user in users]
    statuses = []

    def remove(client, user):
        statuses.append(client.delete(f"/projects/{project}/permissions/{user}").status_code)

    threads = [
        threading.Thread(target=remove, args=(client, other))
        for client, other in zip(clients, reversed(users), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) in ([200, 404], [200, 409])
    assert len(world.good(world.admin.get(f"/projects/{project}/permissions"))) == 1


def test_a_change_of_a_role_counts_at_once(world, group, project):
    user, role = world.user(), world.role("project_permissions_view", group=group)
    world.good(world.grant(project, user, role))
    mine, path = world.as_user(user), f"/projects/{project}/permissions"
    world.good(mine.get(path))
    world.good(world.admin.put(f"/roles/{role}", json={"actions": []}))
    world.refused(mine.get(path), 403)
    world.good(mine.get(f"{path}/{user}"))  # one's own entry


def test_devices_neither_see_nor_change_permissions(world, project):
    made = world.good(world.admin.post("/devices", json={"label": "c", "type": "connector"}))
    device = world.client(made["key"])
    world.refused(device.get(f"/projects/{project}/permissions"), 404)
    world.refused(device.get("/users"), 403)
    world.refused(device.get("/permissions/self"), 403)
    world.refused(device.post("/users/self/key", json={"label": "x"}), 403)


# Groups


def test_group_access_is_added_read_changed_and_removed(world, group):
    admin, path = world.admin, f"/groups/{group}/permissions"
    first, user = world.user(), world.user()
    world.good(admin.post(path, json={"_id": first, "access": "admin"}))
    assert world.good(admin.post(path, json={"_id": user, "access": "ro"})) == {"_id": user, "access": "ro"}
    world.refused(admin.post(path, json={"_id": user, "access": "rw"}), 409)
    assert world.good(admin.put(f"{path}/{user}", json={"access": "rw"}))["access"] == "rw"
    assert world.good(admin.get(f"{path}/{user}"))["access"] == "rw"
    world.refused(admin.put(f"{path}/{user}", json={"access": "owner"}), 422)
    assert world.good(admin.delete(f"{path}/{user}"))["modified"] == 1
    world.refused(admin.get(f"{path}/{user}"), 404)


def test_the_last_group_administrator_stays(world, group):
    path, user = f"/groups/{group}/permissions", world.user()
    world.good(world.admin.post(path, json={"_id": user, "access": "admin"}))
    world.refused(world.admin.delete(f"{path}/{user}"), 409)
    world.refused(world.admin.put(f"{path}/{user}", json={"access": "ro"}), 409)


@pytest.mark.parametrize(("access", "status"), [(None, 404), ("ro", 403), ("rw", 403), ("admin", 200)])
def test_only_group_administrators_change_its_members(world, group, access, status):
    user, path = world.user(), f"/groups/{group}/permissions"
    if access:
        world.good(world.admin.post(path, json={"_id": user, "access": access}))
    answer = world.as_user(user).post(path, json={"_id": world.user(), "access": "ro"})
    assert answer.status_code == status


def test_who_has_a_project_in_a_group_is_refused_not_misled(world, group, project, manager):
    world.refused(world.as_user(manager).get(f"/groups/{group}/permissions"), 403)


# Templates


@pytest.fixture
def owner(world, group):
    """An administrator of the group."""
    user = world.user()
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": user, "access": "admin"}))
    return user


def test_a_template_entry_is_added_read_changed_and_removed(world, group, owner):
    mine, path, user = world.as_user(owner), f"/groups/{group}/permissions/templates", world.user()
    world.good(mine.post(path, json=entry(user, world.RO)))
    world.refused(mine.post(path, json=entry(user, world.RO)), 409)
    assert world.good(mine.put(f"{path}/{user}", json={"role_ids": [world.RW]})) == entry(user, world.RW)
    assert world.good(mine.get(f"{path}/{user}")) == entry(user, world.RW)
    assert world.good(mine.get(path)) == [entry(user, world.RW)]
    world.good(mine.delete(f"{path}/{user}"))
    world.refused(mine.get(f"{path}/{user}"), 404)


def test_a_template_changes_existing_projects_only_when_asked(world, group, project):
    path, user = f"/groups/{group}/permissions/templates", world.user()
    grants = f"/projects/{project}/permissions"
    world.good(world.admin.post(path, json=entry(user, world.RO)))
    assert world.good(world.admin.get(grants)) == []
    world.good(world.admin.put(f"{path}/{user}", json={"role_ids": [world.RW]}, params={"propagate": "True"}))
    assert world.good(world.admin.get(grants)) == [entry(user, world.RW)]
    world.good(world.admin.delete(f"{path}/{user}", params={"propagate": "true"}))
    assert world.good(world.admin.get(grants)) == []


def test_a_group_administrator_cannot_reach_projects_through_the_template(world, group, project, owner):
    mine, path = world.as_user(owner), f"/groups/{group}/permissions/templates"
    world.refused(mine.post(path, json=entry(owner, world.AD), params={"propagate": "true"}), 403)
    world.refused(mine.get(f"{path}/{owner}"), 404)  # nothing was half done
    world.good(mine.post(path, json=entry(owner, world.AD)))
    assert world.good(world.admin.get(f"/projects/{project}/permissions")) == []


def test_a_template_cannot_take_a_projects_last_manager(world, group, project, manager):
    path = f"/groups/{group}/permissions/templates"
    world.good(world.admin.post(path, json=entry(manager, world.AD)))
    propagated = {"propagate": "true"}
    world.refused(world.admin.delete(f"{path}/{manager}", params=propagated), 409)
    world.refused(world.admin.put(f"{path}/{manager}", json={"role_ids": [world.RO]}, params=propagated), 409)


def test_changes_stand_in_the_access_log(world, project):
    user = world.user()
    world.good(world.grant(project, user, world.RO))
    lines = world.good(world.admin.get("/report/accesslog", params={"project": project}))
    assert lines[0]["access_type"] == "add_permission"
    assert lines[0]["context"]["user"] == {"id": user}
    assert lines[0]["origin"] == {"type": "user", "id": "admin@treadle.local"}
