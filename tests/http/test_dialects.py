"""What the answer holds depends on the client's version, read from its User-Agent."""

import pytest

SDK17 = "Flywheel SDK/17.8.0 (Python 3.11.7; Linux)"
SDK18 = "Flywheel SDK/18.5.1 (Python 3.11.7; Linux)"
SDK20 = "Flywheel SDK/20.3.0 (Python 3.11.7; Linux)"
SDK23 = "Flywheel SDK/23.0.0 (Python 3.11.7; Linux)"
CLI = "Flywheel CLI/18.5.1 (command:login; os:Linux) Flywheel SDK/17.8.0 (Python 3.11.7; Linux)"

OLD_UPLOAD = "files_create_upload"
NEW_UPLOAD = {"files_create_single", "files_create_bulk"}


def admin_actions(api, agent):
    roles = api.get("/roles", headers={"User-Agent": agent} if agent else {}).json()
    return set(next(role["actions"] for role in roles if role.get("default_flywheel_role") == "admin"))


@pytest.mark.parametrize(
    ("agent", "old", "new", "count"),
    [
        (SDK17, True, False, 52),
        (CLI, True, False, 52),
        (SDK18, True, False, 58),
        (SDK20, True, True, None),
        (SDK23, False, True, None),
        ("curl/8.0", False, True, None),
    ],
)
def test_actions_of_roles_are_the_words_of_the_client(api, agent, old, new, count):
    actions = admin_actions(api, agent)
    assert (OLD_UPLOAD in actions) == old
    assert (actions >= NEW_UPLOAD) == new
    assert count is None or len(actions) <= count


def test_no_client_is_sent_a_word_twice(api):
    for agent in (SDK17, SDK18, SDK20, SDK23):
        roles = api.get("/roles", headers={"User-Agent": agent}).json()
        assert all(len(role["actions"]) == len(set(role["actions"])) for role in roles)


def test_the_oldest_client_has_its_words_for_workspaces(api):
    assert "workspaces_manage" in admin_actions(api, SDK17)
    assert not [action for action in admin_actions(api, SDK17) if action.startswith(("jupyterlab", "tasks_"))]


@pytest.mark.parametrize("agent", [SDK17, SDK18, SDK23])
def test_login_roles_are_words_all_clients_know(api, agent):
    roles = api.get("/auth/status", headers={"User-Agent": agent}).json()["roles"]
    assert set(roles) <= {"public", "user", "developer", "site_admin", "drone"}


@pytest.mark.parametrize(
    "agent", ["Flywheel SDK/", "Flywheel SDK/x.y", "Flywheel SDK/99999999999.1", "x" * 4000]
)
def test_an_odd_user_agent_does_no_harm(api, agent):
    assert api.get("/roles", headers={"User-Agent": agent}).status_code == 200
