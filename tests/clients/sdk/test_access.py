"""Users, keys, permissions, roles and settings."""

import datetime
import json
import os
import time
import urllib.request

import flywheel
import pytest


@pytest.fixture
def user(fw, unique):
    """Id of a new ordinary user."""
    name = f"{unique('u')}@example.com"
    return fw.add_user({"_id": name, "firstname": "Ann", "lastname": "Öz", "email": name})


@pytest.fixture
def as_user(user):
    """Makes the client of the new user, with a key (restricted, if asked) made by the administrator."""

    def make(**scope):
        host, _, key = os.environ["TREADLE_TEST_KEY"].rpartition(":")
        address, port = host.split(":")[:2]
        request = urllib.request.Request(
            f"http://{address}:{port}/api/users/{user}/key",
            data=json.dumps({"label": "k", **({"scope": scope} if scope else {})}).encode(),
            headers={"Authorization": f"scitran-user {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            secret = json.load(answer)["unencrypted_secret"]
        return flywheel.Client(f"{host}:{secret}")

    return make


@pytest.fixture
def given_role(fw, group, project, user, unique):
    """Makes a role of these actions and gives it to the new user in the project."""

    def make(*actions):
        role = fw.add_role({"label": unique("role"), "actions": list(actions)})
        fw.add_role_to_group(group.id, {"_id": role.id})
        project.add_permission({"_id": user, "role_ids": [role.id]})
        return role

    return make


@pytest.fixture
def role(fw):
    """Id of a built-in role that is not the administrator's."""
    return next(one.id for one in fw.get_all_roles() if one.default_flywheel_role == "ro")


def access_words(entries):
    return {entry.id: getattr(entry.access, "value", entry.access) for entry in entries}


def test_a_user_is_added_and_read(fw, user):
    found = fw.get_user(user)
    assert (found.id, found.email, found.firstname, found.lastname) == (user, user, "Ann", "Öz")
    assert "user" in found.roles
    assert not found.root
    assert not found.disabled


def test_user_ids_are_kept_in_lower_case(fw, unique):
    name = unique("u")
    made = fw.add_user({"_id": f"{name}@Example.com", "firstname": "A", "lastname": "B"})
    assert made == f"{name}@example.com"


def test_a_user_is_there_once(fw, user, refused):
    refused(409, fw.add_user, {"_id": user, "firstname": "A", "lastname": "B"})


def test_a_user_can_be_changed_and_removed(fw, user, refused):
    fw.modify_user(user, {"firstname": "Bea", "disabled": True})
    found = fw.get_user(user)
    assert (found.firstname, found.disabled) == ("Bea", True)
    fw.delete_user(user)
    assert fw.users.find(f"_id={user}") == []


def test_an_unknown_user_is_404(fw, refused):
    refused(404, fw.get_user, "nobody@example.com")


def test_a_new_key_works_until_it_is_deleted(fw, unique):
    made = fw.generate_user_key({"label": unique("key")})
    assert made.unencrypted_secret
    host = os.environ["TREADLE_TEST_KEY"].rpartition(":")[0]
    login = f"{host}:{made.unencrypted_secret}"
    assert flywheel.Client(login).get_current_user().root
    listed = {key.label: key for key in fw.get_current_user().api_keys}
    assert listed[made.label].key == made.key
    assert not listed[made.label].unencrypted_secret
    fw.delete_user_key(made.key)
    with pytest.raises(flywheel.ApiException) as caught:
        flywheel.Client(login)
    assert caught.value.status == 401


def test_a_key_expires(fw, unique, refused):
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1.5)
    made = fw.generate_user_key({"label": unique("key"), "expires_at": soon.isoformat()})
    host = os.environ["TREADLE_TEST_KEY"].rpartition(":")[0]
    client = flywheel.Client(f"{host}:{made.unencrypted_secret}")
    time.sleep(2)
    refused(401, client.get_current_user)


def test_a_user_has_info(fw, unique):
    key = unique("k")
    fw.modify_current_user_info({"set": {key: {"a": 1}}})
    assert fw.get_current_user_info()[key] == {"a": 1}
    fw.modify_current_user_info({"delete": [key]})
    assert key not in fw.get_current_user_info()


def test_group_permissions_come_and_go(group, user, email, refused):
    added = group.add_permission({"_id": user, "access": "ro"})
    assert (added.id, added.access) == (user, "ro")
    refused(409, group.add_permission, {"_id": user, "access": "rw"})
    group.update_permission(user, {"access": "rw"})
    assert group.get_permission(user).access == "rw"
    assert access_words(group.reload().permissions) == {email: "admin", user: "rw"}
    assert group.delete_permission(user).modified == 1
    refused(404, group.get_permission, user)


def test_project_permissions_come_and_go(project, user, role, refused):
    added = project.add_permission({"_id": user, "role_ids": [role]})
    assert (added.id, added.role_ids) == (user, [role])
    refused(409, project.add_permission, {"_id": user, "role_ids": [role]})
    assert project.get_permission(user).role_ids == [role]
    project.update_permission(user, {"role_ids": [role]})
    assert project.delete_permission(user).modified == 1
    refused(404, project.get_permission, user)


def test_permissions_of_a_project_show_on_all_below(fw, project, session, acquisition, user, role):
    project.add_permission({"_id": user, "role_ids": [role]})
    for container in (session, acquisition):
        assert user in [entry.id for entry in container.reload().permissions]


def test_an_unknown_role_or_empty_roles_are_refused(project, user, refused):
    refused(422, project.add_permission, {"_id": user, "role_ids": []})
    refused(422, project.add_permission, {"_id": user, "role_ids": ["0" * 24]})


def test_the_template_of_a_group_serves_new_projects(fw, group, user, role):
    fw.add_group_permission_template(group.id, {"_id": user, "role_ids": [role]})
    assert fw.get_group_user_permission_template(group.id, user).role_ids == [role]
    assert group.add_project(label="new").get_permission(user).role_ids == [role]
    fw.delete_group_user_permission_template(group.id, user)
    with pytest.raises(flywheel.ApiException):
        group.add_project(label="newer").get_permission(user)


def test_the_built_in_roles_can_be_read(fw):
    roles = {role.default_flywheel_role: role for role in fw.get_all_roles() if role.default_flywheel_role}
    words = {getattr(word, "value", word): role for word, role in roles.items()}
    assert set(words) == {"admin", "ro", "rw"}
    assert fw.get_role(words["rw"].id).label == words["rw"].label


def test_actions_of_a_role_are_words_this_client_knows(fw, sdk):
    admin = next(role for role in fw.get_all_roles() if role.default_flywheel_role == "admin")
    actions = {getattr(action, "value", action) for action in admin.actions}
    assert {"containers_create_hierarchy", "files_download"} <= actions
    assert ("files_create_upload" in actions) == (sdk <= 21)
    assert ("files_create_single" in actions) == (sdk >= 19)


def test_the_creator_of_a_project_has_the_administrator_role(fw, project, email):
    admin = next(role.id for role in fw.get_all_roles() if role.default_flywheel_role == "admin")
    assert project.get_permission(email).role_ids == [admin]


def test_settings_of_project_and_site_can_be_read(fw, project):
    assert fw.get_project_settings(project.id) is not None
    assert fw.get_site_settings() is not None


def test_modalities_can_be_read(fw):
    assert fw.get_modality("MR").classification["Measurement"]
    assert "MR" in [one.id for one in fw.get_all_modalities()]


def test_a_user_without_a_role_sees_nothing(session, as_user, refused):
    theirs = as_user()
    assert theirs.projects() == []
    assert theirs.groups() == []
    refused(404, theirs.get, session.id)


def test_a_role_of_single_actions_allows_just_them(session, user, given_role, as_user, refused):
    given_role("containers_modify_metadata")
    mine = as_user().get(session.id)
    mine.update(label="renamed")
    assert mine.reload().label == "renamed"
    refused(403, mine.add_acquisition, label="A")
    refused(403, mine.add_tag, "t")


def test_a_changed_role_counts_at_once(fw, session, given_role, as_user, refused):
    role = given_role("tags_manage")
    mine = as_user().get(session.id)
    mine.add_tag("one")
    fw.modify_role(role.id, {"label": role.label, "actions": ["notes_manage"]})
    refused(403, mine.add_tag, "two")
    mine.add_note("text")


def test_a_role_in_use_stays(fw, given_role, refused):
    role = given_role()
    assert fw.get_role(role.id).in_use
    refused(409, fw.delete_role, role.id)


def test_a_restricted_key_reaches_its_project_alone(group, project, user, as_user, refused):
    admin = {"_id": user, "role_ids": [project.permissions[0].role_ids[0]]}
    other = group.add_project(label="other")
    for one in (project, other):
        one.add_permission(admin)
    assert {one.id for one in as_user().projects()} == {project.id, other.id}
    theirs = as_user(projects=[project.id])
    assert [one.id for one in theirs.projects()] == [project.id]
    refused(404, theirs.get, other.id)
    refused(403, theirs.generate_user_key, {"label": "more"})


def test_who_sees_nothing_cannot_tell_what_exists(group, project, as_user, refused):
    """The answer for what is hidden is word for word the one for what is not there."""
    other = as_user()
    hidden = refused(404, other.add_group_tag, group.id, "t")
    missing = refused(404, other.add_group_tag, f"{group.id}-none", "t")
    listed = refused(404, other.get_project_user_permission, project.id, "nobody@example.com")
    assert hidden.reason == missing.reason == listed.reason
    assert "may not see" in hidden.reason
    assert other.projects.find() == other.sessions.find() == other.groups.find() == []
