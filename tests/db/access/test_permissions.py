"""What may I do?"""

import pytest


@pytest.fixture
def member(world):
    """A user with read-write in one project, and that project."""
    user, group = world.user(), world.group()
    project = world.project(group)
    world.good(world.grant(project, user, world.RW))
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": user, "access": "ro"}))
    return user, group, project


def test_self_lists_everything_held(world, member):
    user, group, project = member
    held = world.good(world.as_user(user).get("/permissions/self"))
    assert held["site_roles"] == ["user"]
    assert held["groups"] == {group: "ro"}
    assert set(held["projects"]) == {project}
    assert held["projects"][project]["role_ids"] == [world.RW]
    assert "files_create_bulk" in held["projects"][project]["actions"]
    assert "containers_delete_project" not in held["projects"][project]["actions"]


@pytest.mark.parametrize(
    ("action", "status"),
    [("files_download", 204), ("files_create_upload", 204), ("settings_modify", 403), ("fly", 422)],
)
def test_check_tells_allowed_from_refused(world, member, action, status):
    user, _, project = member
    mine = world.as_user(user)
    asked = {"project_id": project}
    assert mine.get(f"/permissions/check/{action}", params=asked).status_code == status
    body = [{"action": action, "project_ids": [project]}]
    assert mine.put("/permissions/check", json=body).status_code == status


def test_one_project_without_the_right_refuses_all(world, member):
    user, group, project = member
    body = [{"action": "files_download", "project_ids": [project, world.project(group)]}]
    world.refused(world.as_user(user).put("/permissions/check", json=body), 403)
    assert world.admin.put("/permissions/check", json=body).status_code == 204


@pytest.mark.parametrize(
    "body", [[], {}, [{"action": "files_download"}], [{"action": "x", "project_ids": []}], [1]]
)
def test_unclear_questions_are_refused(world, body):
    world.refused(world.admin.put("/permissions/check", json=body), 422)
    world.refused(world.admin.get("/permissions/check/files_download"), 422)
    world.refused(world.client().put("/permissions/check", json=[]), 401)
