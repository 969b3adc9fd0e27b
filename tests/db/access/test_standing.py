"""Who may do what where and why; what a change would touch."""

import pytest

from treadle.server.kit.ids import new_id


@pytest.fixture
def group(world):
    return world.group()


@pytest.fixture
def project(world, group):
    return world.project(group)


@pytest.fixture
def manager(world, project):
    user = world.user()
    world.good(world.grant(project, user, world.AD))
    return user


def why(world, who, user, container):
    return who.get("/access/why", params={"user": user, "container": container})


def preview(who, **change):
    return who.post("/access/preview", json=change)


# Why


def test_why_names_every_role_and_where_it_comes_from(world, group, project):
    user, reader = world.user(), world.role("files_view_contents", group=group)
    templates = f"/groups/{group}/permissions/templates"
    world.good(world.admin.post(templates, json={"_id": user, "role_ids": [world.RO]}))
    world.good(world.grant(project, user, world.RO, reader))
    found = world.good(why(world, world.admin, user.upper(), project))
    assert (found["user"], found["container"]["_id"], found["sees"]) == (user, project, True)
    assert {way["role_id"]: way["source"] for way in found["through"]} == {
        world.RO: "template",
        reader: "project",
    }
    assert set(found["may"]) == {action for way in found["through"] for action in way["actions"]}
    assert "Read-only" in found["sentence"]


def test_why_of_administrators_strangers_and_the_disabled(world, project):
    of_admin = world.good(why(world, world.admin, world.ADMIN, project))
    assert [way["source"] for way in of_admin["through"]] == ["site"]
    assert "containers_delete_project" in of_admin["may"]
    user = world.user()
    of_stranger = world.good(why(world, world.admin, user, project))
    assert (of_stranger["sees"], of_stranger["may"], of_stranger["through"]) == (False, [], [])
    world.good(world.grant(project, user, world.AD))
    world.good(world.admin.put(f"/users/{user}", json={"disabled": True}))
    of_disabled = world.good(why(world, world.admin, user, project))
    assert (of_disabled["may"], len(of_disabled["through"])) == ([], 1)
    assert "disabled" in of_disabled["sentence"]


def test_why_works_below_a_project_and_for_groups(world, group, project):
    user = world.user()
    world.good(world.grant(project, user, world.RO))
    session = new_id()
    world.connection.execute(
        "INSERT INTO container (id, level, label, group_id, project_id, parent_id)"
        " VALUES (%s, 'session', 'S1', %s, %s, %s)",
        (session, group, project, project),
    )
    found = world.good(why(world, world.admin, user, session))
    assert (found["container"]["level"], found["sees"]) == ("session", True)
    inside = world.good(why(world, world.admin, user, group))
    assert (inside["may"], inside["through"][0]["source"]) == (["group_view"], "project")
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": user, "access": "rw"}))
    member = world.good(why(world, world.admin, user, group))
    assert (member["may"], member["through"][0]["source"]) == (["group_modify", "group_view"], "group")


def test_everybody_may_ask_about_themselves_and_managers_about_others(world, project, manager):
    user, stranger = world.user(), world.user()
    reader = world.as_user(user)
    world.refused(why(world, reader, user, project), 404)
    world.good(world.grant(project, user, world.RO))
    world.good(why(world, reader, user, project))
    world.good(why(world, world.as_user(manager), stranger, project))


def test_who_may_not_see_permissions_is_refused_and_strangers_learn_nothing(world, group, project, manager):
    user, narrow = world.user(), world.role(group=group)
    world.good(world.grant(project, user, narrow))
    world.refused(why(world, world.as_user(user), manager, project), 403)
    stranger = world.as_user(world.user())
    hidden = world.refused(why(world, stranger, manager, project), 404)
    missing = world.refused(why(world, stranger, manager, "0" * 24), 404)
    assert hidden["message"] == missing["message"]
    for place in (group, project):
        world.refused(stranger.get("/access/who", params={"container": place}), 404)
    world.refused(why(world, world.client(), manager, project), 401)
    world.refused(why(world, world.admin, "nobody@example.org", project), 404)
    world.refused(world.admin.get("/access/why"), 422)


def test_the_answer_is_what_the_guard_does(world, group, project):
    user, role = world.user(), world.role("project_permissions_view", group=group)
    world.good(world.grant(project, user, role))
    mine, path = world.as_user(user), f"/projects/{project}/permissions"
    assert "project_permissions_view" in world.good(why(world, mine, user, project))["may"]
    world.good(mine.get(path))
    world.good(world.admin.put(f"/roles/{role}", json={"actions": []}))
    assert "project_permissions_view" not in world.good(why(world, mine, user, project))["may"]
    world.refused(mine.get(path), 403)


# Who


def test_who_lists_those_who_hold_the_action_page_by_page(world, group, project, manager):
    readers = sorted(world.user() for _ in range(3))
    for user in readers:
        world.good(world.grant(project, user, world.RO))
    asked = {"container": project, "limit": 2}
    mine = world.as_user(manager)
    seen, after = [], None
    while True:
        page = world.good(mine.get("/access/who", params={**asked, **({"after_id": after} if after else {})}))
        assert page["total"] == 5
        if not page["results"]:
            break
        seen += [row["user"] for row in page["results"]]
        after = seen[-1]
    assert seen == sorted([*readers, manager, world.ADMIN])
    deleting = world.good(
        mine.get("/access/who", params={"container": project, "action": "containers_delete_project"})
    )
    assert {row["user"] for row in deleting["results"]} == {manager, world.ADMIN}
    world.refused(mine.get("/access/who", params={"container": project, "action": "fly"}), 422)


def test_who_of_a_group_counts_members_and_those_inside_a_project(world, group, project, manager):
    member = world.user()
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": member, "access": "ro"}))
    rows = world.good(world.as_user(member).get("/access/who", params={"container": group}))["results"]
    assert {row["user"]: row["through"][0]["source"] for row in rows} == {
        member: "group",
        manager: "project",
        world.ADMIN: "site",
    }
    world.refused(world.as_user(manager).get("/access/who", params={"container": group}), 403)


# What a change would touch


def test_a_roles_new_actions_are_previewed_and_nothing_is_changed(world, group, project, manager):
    role, user, both = world.role("files_view_contents", group=group), world.user(), world.user()
    world.good(world.grant(project, user, role))
    world.good(world.grant(project, both, role, world.RO))
    found = world.good(preview(world.admin, change="role", role=role, actions=["tags_manage"]))
    people = {row["user"]: (row["gains"], row["loses"]) for row in found["people"]}
    assert people == {
        user: (["tags_manage"], ["files_view_contents"]),
        both: (["tags_manage"], []),  # the other role still gives it
    }
    assert [row["_id"] for row in found["projects"]] == [project]
    assert (found["totals"]["people"], found["totals"]["projects"]) == (2, 1)
    assert "files_view_contents" in world.good(world.admin.get(f"/roles/{role}"))["actions"]
    world.refused(preview(world.as_user(manager), change="role", role=role, actions=[]), 403)


def test_a_preview_counts_the_data_within_reach(world, group, project):
    for number in range(3):
        world.connection.execute(
            "INSERT INTO container (id, level, label, group_id, project_id, parent_id)"
            " VALUES (%s, 'subject', %s, %s, %s, %s)",
            (new_id(), f"s{number}", group, project, project),
        )
    user = world.user()
    found = world.good(
        preview(world.admin, change="project", project=project, user=user, role_ids=[world.RO])
    )
    assert found["totals"]["subjects"] == 3
    assert "files_download" in found["people"][0]["gains"]
    assert "3 subjects" in found["sentence"]
    world.refused(why(world, world.as_user(user), user, project), 404)


def test_a_preview_says_what_would_be_refused(world, group, project, manager):
    found = world.good(
        preview(world.admin, change="project", project=project, user=manager, role_ids=[world.RO])
    )
    assert "last one" in found["refused"]
    assert found["unmanaged_projects"] == 1
    narrow = world.role("project_permissions_view", "project_permissions_manage", group=group)
    user = world.user()
    world.good(world.grant(project, user, narrow))
    mine = world.as_user(user)
    over = world.good(preview(mine, change="project", project=project, user=user, role_ids=[world.AD]))
    assert "more than you hold" in over["refused"]


def test_a_template_touches_existing_projects_only_when_propagated(world, group, project):
    user, second = world.user(), world.project(group)
    asked = {"change": "template", "group": group, "user": user, "role_ids": [world.RO]}
    assert world.good(preview(world.admin, **asked))["totals"]["people"] == 0
    found = world.good(preview(world.admin, **asked, propagate=True))
    assert {row["_id"] for row in found["projects"]} == {project, second}
    owner = world.user()
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": owner, "access": "admin"}))
    mine = world.good(preview(world.as_user(owner), **asked, propagate=True))
    assert mine["refused"]
    assert mine["projects"] == []


def test_disabling_or_raising_a_user_is_previewed(world, project, manager):
    found = world.good(preview(world.admin, change="user", user=manager, disabled=True))
    assert found["people"][0]["user"] == manager
    assert "containers_view_metadata" in found["people"][0]["loses"]
    assert found["unmanaged_projects"] == 1
    stranger = world.user()
    raised = world.good(preview(world.admin, change="user", user=stranger, roles=["site_admin"]))
    assert raised["totals"]["projects"] >= 1
    assert "files_download" in raised["people"][0]["gains"]
    assert world.good(preview(world.admin, change="user", user=stranger))["people"] == []


def test_group_access_is_previewed_without_touching_projects(world, group, project):
    user = world.user()
    found = world.good(preview(world.admin, change="group", group=group, user=user, access="admin"))
    assert found["people"][0]["gains"] == ["group_view", "group_modify", "group_manage"]
    assert found["projects"] == []
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": user, "access": "admin"}))
    assert "last one" in world.good(preview(world.admin, change="group", group=group, user=user))["refused"]


@pytest.mark.parametrize("body", [{}, {"change": "x"}, {"change": "role"}, {"change": "group", "group": 1}])
def test_unclear_changes_are_refused(world, body):
    world.refused(world.admin.post("/access/preview", json=body), 422)
