"""The `treadle` commands of administrators and scripts, as they are typed, against a real server."""

from __future__ import annotations

import httpx
import pytest


def test_the_life_of_a_user(treadle, treadle_server, unique) -> None:
    user = f"{unique()}@example.com"
    treadle("users", "add", user, "--firstname", "Ada", "--lastname", "Doe")
    assert user in treadle("users", "list").out
    assert "already" in treadle("users", "add", user, "--firstname", "A", "--lastname", "D", ok=False).err

    treadle("users", "set-password", user, stdin="long enough, surely\n")
    login = {"email": user, "password": "long enough, surely"}
    assert httpx.post(f"{treadle_server.url}/api/x/login", json=login).status_code == 200
    assert "empty" in treadle("users", "set-password", user, stdin="", ok=False).err

    key = treadle("users", "make-key", user, "--label", "script").out.strip()
    assert key.startswith(treadle_server.api_key.rpartition(":")[0])
    assert treadle("status", "--api-key", key, "--json").documents[0]["user"] == user
    (listed,) = treadle("keys", "list", "--user", user, "--json").documents
    treadle("keys", "revoke", listed["key"], "--user", user)
    assert "401" in treadle("status", "--api-key", key, ok=False).err

    treadle("users", "disable", user)
    assert treadle("users", "show", user, "--json").documents[0]["disabled"] is True
    treadle("users", "enable", user)
    assert "--yes" in treadle("users", "delete", user, ok=False).err
    treadle("users", "delete", user, "--yes")
    assert treadle("users", "show", user, "--json").documents[0]["deleted"]
    assert user not in treadle("users", "list").out


def test_own_keys(treadle, unique) -> None:
    label = unique()
    made = treadle("keys", "make", "--label", label, "--json").documents[0]
    assert made["api_key"].endswith(made["unencrypted_secret"])
    (mine,) = [key for key in treadle("keys", "list", "--json").documents if key["label"] == label]
    treadle("keys", "revoke", mine["key"])
    assert label not in treadle("keys", "list").out


def test_a_key_is_restricted_to_projects_and_actions(treadle, tree) -> None:
    project = f"{tree.group}/P"
    made = treadle(
        "keys", "make", "--project", project, "--action", "files_download",
        "--action", "files_view_contents", "--json",
    ).documents[0]  # fmt: skip
    assert made["scope"]["projects"] == [tree.project]
    assert {"files_download", "files_view_contents"} <= set(made["scope"]["actions"])
    treadle("keys", "make", "--project", "nobody/nothing", ok=False)
    treadle("keys", "revoke", made["key"])


def test_roles_are_made_changed_and_deleted(treadle, unique) -> None:
    label = unique()
    treadle("roles", "create", label, "--like", "Read-only")
    actions = treadle("roles", "show", label, "--json").documents[0]["actions"]
    assert "files_download" in actions
    treadle("roles", "edit", label, "--deny", "files_download", "--allow", "notes_manage")
    changed = treadle("roles", "show", label, "--json").documents[0]["actions"]
    assert set(actions) ^ set(changed) == {"files_download", "notes_manage"}
    assert "name a change" in treadle("roles", "edit", label, ok=False).err
    assert "does not allow" in treadle("roles", "edit", label, "--deny", "files_download", ok=False).err
    treadle("roles", "delete", label, "--yes")
    refused = treadle("roles", "show", label, ok=False).err
    assert f"there is no role '{label}'" in refused
    assert "Read-only" in refused


def test_groups_projects_and_who_may_enter(treadle, unique, stranger) -> None:
    group, user = unique(), stranger.headers["x-user"]
    treadle("groups", "create", group, "--label", "Lab")
    treadle("groups", "add-member", group, user)
    treadle("groups", "add-member", group, user, "--access", "rw")
    assert {"_id": user, "access": "rw"} in treadle("groups", "members", group, "--json").documents
    treadle("groups", "remove-member", group, user)

    treadle("projects", "create", f"{group}/Study", "--description", "What for")
    shown = treadle("projects", "show", f"{group}/Study").out
    assert "What for" in shown
    treadle("projects", "permissions", "add", f"{group}/Study", user, "Read-only")
    treadle("projects", "permissions", "add", f"{group}/Study", user, "Read-write")
    entries = treadle("projects", "permissions", "list", f"{group}/Study", "--json").documents
    assert ["Read-only", "Read-write"] in [entry["roles"] for entry in entries if entry["_id"] == user]
    assert stranger.get("/projects").json()[0]["label"] == "Study"
    treadle("projects", "permissions", "remove", f"{group}/Study", user, "Read-only")
    treadle("projects", "permissions", "remove", f"{group}/Study", user)
    assert stranger.get("/projects").json() == []

    assert "is not GROUP/PROJECT" in treadle("projects", "create", "Study", ok=False).err
    assert "--yes" in treadle("projects", "delete", f"{group}/Study", ok=False).err
    treadle("projects", "delete", f"{group}/Study", "--yes")
    treadle("groups", "delete", group, "--yes")


def test_containers_are_moved_by_path_or_id(treadle, tree, unique) -> None:
    label = unique()
    treadle("projects", "create", f"{tree.group}/{label}")
    treadle("move", f"{tree.group}/P/S", f"{tree.group}/{label}")
    assert tree.get(f"/sessions/{tree.session}")["parents"]["project"] != tree.project
    treadle("move", tree.subject, tree.project)
    assert tree.get(f"/sessions/{tree.session}")["parents"]["project"] == tree.project
    assert "a session is moved to a subject, not to a group" in treadle(
        "move", tree.session, tree.group, ok=False
    ).err  # fmt: skip
    other = unique()
    treadle("groups", "create", other)
    treadle("projects", "move", f"{tree.group}/{label}", other)
    assert label in treadle("ls", other).out


def test_a_project_is_copied(treadle, tree) -> None:
    treadle("projects", "copy", f"{tree.group}/P", f"{tree.group}/Copy")
    assert "Copy" in treadle("ls", tree.group).out
    assert "is not GROUP/PROJECT" in treadle("projects", "copy", f"{tree.group}/P", "Copy", ok=False).err


def test_why_somebody_may_do_something(treadle, tree, stranger) -> None:
    user = stranger.headers["x-user"]
    assert "may do nothing" in treadle("admin", "why", user, f"{tree.group}/P/S").out
    treadle("projects", "permissions", "add", f"{tree.group}/P", user, "Read-only")
    told = treadle("admin", "why", user, f"{tree.group}/P/S/E").out
    assert "Read-only" in told
    assert "containers_view_metadata" in told
    assert "404" in treadle("admin", "why", "no@example.com", tree.group, ok=False).err


def test_devices(treadle, unique) -> None:
    made = treadle("devices", "add", unique(), "--json").documents[0]
    assert made["key"]
    treadle("devices", "disable", made["_id"])
    assert treadle("devices", "show", made["_id"], "--json").documents[0]["disabled"] is True
    treadle("devices", "enable", made["_id"])
    listed = {device["_id"]: device for device in treadle("devices", "list", "--json").documents}
    assert listed[made["_id"]]["status"]
    treadle("devices", "delete", made["_id"], "--yes")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("projects", "show", "no-such-group/x"), "404"),
        (("projects", "show", ""), "name a container"),
        (("users", "show", "../groups"), "404"),
        (("users", "add", "nobody"), "Missing option '--firstname'"),
        (("users", "add", "no address", "--firstname", "A", "--lastname", "B"), "users: "),
        (("keys", "make", "--expires", "tomorrow"), "expires_at"),
        (("keys", "revoke", "0"), "404"),
        (("roles", "create", "x", "fly"), "fly"),
        (("groups", "add-member", "g", "u", "--access", "all"), "access: "),
        (("move", "0" * 24, "1" * 24), "404"),
        (("projects", "frobnicate"), "No such command"),
        (("completion", "tcsh"), "tcsh"),
    ],
)
def test_wrong_words_are_one_line_and_a_status(treadle, words, told) -> None:
    assert told in treadle(*words, ok=False).err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(treadle, shell: str) -> None:
    assert "_TREADLE_COMPLETE" in treadle("completion", shell).out
