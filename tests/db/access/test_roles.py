"""Roles and what each client version sees of them."""

import uuid

import pytest

from treadle.server.access import dialect
from treadle.server.access.actions import ALL_ACTIONS, BUILTIN_ROLES
from treadle.server.access.roles import ANALYSES, IMPLIED, REQUIRED, complete

# Numbers of action names in the published packages, the current name set of ours cut for each.
PUBLISHED = {17: 52, 18: 58, 19: 60, 20: 61, 21: 64, 22: 64, 23: 65}
DROPPED_ON_INPUT = {18: 3, 19: 3}  # azureml_*

V = sorted(REQUIRED)


def label():
    return uuid.uuid4().hex[:20]


def agent(major):
    return {"User-Agent": f"Flywheel CLI/18.5.1 (os:linux) Flywheel SDK/{major}.8.0 (Python 3.11.7; Linux)"}


@pytest.mark.parametrize("major", PUBLISHED)
def test_each_version_sees_as_many_names_as_it_knows(major):
    assert len(dialect.shown(ALL_ACTIONS, major)) == PUBLISHED[major] - DROPPED_ON_INPUT.get(major, 0)


def test_versions_older_than_the_oldest_are_served_like_it():
    assert dialect.shown(ALL_ACTIONS, 12) == dialect.shown(ALL_ACTIONS, 17)


def test_the_upload_right_of_old_clients_needs_both_new_ones():
    assert dialect.shown(["files_create_single"], 17) == []
    both = ["files_create_single", "files_create_bulk"]
    assert dialect.shown(both, 18) == ["files_create_upload"]
    assert dialect.shown(both, 21) == [*both, "files_create_upload"]
    assert dialect.shown(both, 22) == both


def test_names_of_every_generation_are_read():
    assert dialect.read(["files_create_upload"]) == {"files_create_single", "files_create_bulk"}
    assert dialect.read(["azureml_read", "workspaces_manage"]) == {"jupyterlab_servers_modify"}
    assert dialect.read(["jobs_run_cancel", "jobs_cancel_any"]) == {"jobs_manage", "jobs_manage_others"}


@pytest.mark.parametrize("major", PUBLISHED)
@pytest.mark.parametrize("stored", [ALL_ACTIONS, ("files_create_single",), ("tasks_view", "jobs_view")])
def test_sending_a_role_back_as_it_was_read_changes_nothing(major, stored):
    assert dialect.read_update(dialect.shown(stored, major), stored, major) == set(stored)


def test_an_old_client_can_take_uploading_away():
    stored = ["files_create_single", "files_create_bulk", "tasks_view"]
    assert dialect.read_update([], stored, 17) == {"tasks_view"}


def test_built_in_roles_obey_their_own_rules():
    for actions in BUILTIN_ROLES.values():
        assert complete(actions) == actions


def test_required_actions_are_added_and_analyses_can_be_hidden_on_purpose():
    assert set(complete([])) == set(REQUIRED)
    assert ANALYSES not in complete(set(REQUIRED) - {ANALYSES})
    assert ANALYSES in complete(["jobs_view", "analyses_create_sdk"])


def test_built_in_roles_have_the_same_ids_everywhere(world):
    listed = world.good(world.admin.get("/roles", params={"filter": "default_flywheel_role!=null"}))
    assert {role["_id"]: role["default_flywheel_role"] for role in listed} == {
        world.RO: "ro",
        world.RW: "rw",
        world.AD: "admin",
    }
    for role in listed:
        world.refused(world.admin.put(f"/roles/{role['_id']}", json={"label": "x"}), 409)
        world.refused(world.admin.delete(f"/roles/{role['_id']}"), 409)


def test_roles_are_read_by_everybody_and_written_by_administrators(world):
    mine, role = world.as_user(world.user()), world.role("files_view_contents")
    assert world.good(mine.get(f"/roles/{role}"))["in_use"] is False
    world.refused(mine.post("/roles", json={"label": label(), "actions": []}), 403)
    world.refused(mine.put(f"/roles/{role}", json={"actions": []}), 403)
    world.refused(mine.delete(f"/roles/{role}"), 403)
    world.refused(mine.get("/roles/000000000000000000000099"), 404)


def test_labels_are_unique_in_any_case(world):
    name = label()
    world.good(world.admin.post("/roles", json={"label": name, "actions": []}))
    world.refused(world.admin.post("/roles", json={"label": name.upper(), "actions": []}), 409)
    world.refused(world.admin.post("/roles", json={"label": "ADMIN", "actions": []}), 409)
    other = world.role()
    world.refused(world.admin.put(f"/roles/{other}", json={"label": name}), 409)
    world.good(world.admin.put(f"/roles/{other}", json={"label": other}))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": "x"},
        {"label": " ", "actions": []},
        {"label": "x" * 65, "actions": []},
        {"label": "x", "actions": ["fly"]},
        {"label": "x", "actions": "tags_view"},
        {"label": "x", "actions": [1]},
    ],
)
def test_malformed_roles_are_refused(world, body):
    world.refused(world.admin.post("/roles", json=body), 422)


@pytest.mark.parametrize("action", IMPLIED)
def test_an_action_needs_what_it_implies(world, action):
    need = IMPLIED[action]
    answer = world.admin.post("/roles", json={"label": label(), "actions": [action]})
    if need in REQUIRED:
        assert need in world.good(answer)["actions"]
    else:
        assert world.refused(answer, 422)["detail"] == [need]


@pytest.mark.parametrize("major", [17, 23])
def test_a_client_sees_the_names_it_knows(world, major):
    role = world.role("files_create_single", "files_create_bulk", "tasks_view")
    seen = world.good(world.admin.get(f"/roles/{role}", headers=agent(major)))["actions"]
    assert ("files_create_upload" in seen) is (major == 17)
    assert ("tasks_view" in seen) is (major == 23)


def test_an_update_by_an_old_client_keeps_what_it_cannot_see(world):
    role = world.role("files_create_single", "tasks_view", "files_view_contents")
    world.good(world.admin.put(f"/roles/{role}", json={"actions": V}, headers=agent(17)))
    left = world.good(world.admin.get(f"/roles/{role}"))["actions"]
    assert {"files_create_single", "tasks_view"} <= set(left)
    assert "files_view_contents" not in left


def test_a_role_in_use_stays(world):
    group = world.group()
    project, role = world.project(group), world.role("files_view_contents", group=group)
    user = world.user()
    world.good(world.grant(project, user, role))
    assert world.good(world.admin.get(f"/roles/{role}"))["in_use"] is True
    world.refused(world.admin.delete(f"/roles/{role}"), 409)
    world.refused(world.admin.delete(f"/groups/{group}/roles/{role}"), 409)
    world.good(world.admin.delete(f"/projects/{project}/permissions/{user}"))
    world.good(world.admin.delete(f"/groups/{group}/roles/{role}"))
    world.good(world.admin.delete(f"/roles/{role}"))
    world.refused(world.admin.get(f"/roles/{role}"), 404)


def test_the_pool_is_read_by_members_and_filled_by_administrators(world):
    group, member, stranger = world.group(), world.user(), world.user()
    world.good(world.admin.post(f"/groups/{group}/permissions", json={"_id": member, "access": "admin"}))
    role, mine = world.role(group=group), world.as_user(member)
    assert [item["_id"] for item in world.good(mine.get(f"/groups/{group}/roles"))] == [role]
    assert world.good(mine.get(f"/groups/{group}/roles/{role}"))["_id"] == role
    world.refused(mine.get(f"/groups/{group}/roles/{world.RO}"), 404)
    world.refused(mine.post(f"/groups/{group}/roles", json={"_id": role}), 403)
    world.refused(world.admin.post(f"/groups/{group}/roles", json={"_id": role}), 409)
    world.refused(world.as_user(stranger).get(f"/groups/{group}/roles"), 404)
    world.refused(world.admin.get("/groups/nothere/roles"), 404)


def test_the_catalogue_names_every_action(world):
    mine = world.as_user(world.user())
    catalogue = world.good(mine.get("/roles/actions"))
    assert [item["action"] for item in catalogue] == list(ALL_ACTIONS)
    assert {item["action"] for item in catalogue if item["required"]} == set(REQUIRED)
