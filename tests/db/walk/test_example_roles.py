"""The example roles of the specification (roles.md 4) may do what its table says, and no more.

Its columns about running gears and editing rules are tested where gears and rules are.
"""

import json

import pytest
from sqlalchemy import text
from walk_site import MARK, READER, REQUIRED, closure

from treadle.server.access.actions import BUILTIN_ROLES

pytestmark = pytest.mark.xdist_group("walk")

CREATE = {"files_create_single", "files_create_bulk"}

ROLES = {
    "compliance": {"files_view_contents"},
    "statistician": {
        "files_download",
        "jobs_manage",
        "analyses_create_job",
        "analyses_create_sdk",
        "data_views_manage",
    },
    "data manager": {
        "files_download",
        "containers_create_hierarchy",
        "containers_modify_metadata",
        *CREATE,
        "files_modify_metadata",
        "files_move",
        "files_delete_non_device_data",
        "tags_manage",
        "notes_manage",
        "session_templates_manage",
        "imports_manage",
    },
    "analyst": {
        "files_view_contents",
        "analyses_create_sdk",
        "analyses_create_job",
        "analyses_modify_metadata",
        "analyses_delete",
    },
    "contributor": {"containers_create_hierarchy", "files_create_bulk"},
    "reader": {"files_view_contents", "annotations_manage", "form_responses_manage"},
    "study administrator": {
        *BUILTIN_ROLES["rw"],
        *("tasks_view", "tasks_create", "tasks_modify", "tasks_assign"),
        *("annotations_view_others", "form_responses_view_others", "form_admin", "settings_modify"),
        "project_permissions_manage",
    },
    "gear developer": {*BUILTIN_ROLES["rw"], "gear_rules_manage"},
    "reader and contributor": {
        "files_view_contents",
        "annotations_manage",
        "form_responses_manage",
        "containers_create_hierarchy",
        "files_create_bulk",
    },
}
# view, open, download, label, upload, bulk, delete user's, delete device's, list outputs, download outputs,
# create analysis, edit analysis, delete analysis, edit roles; 0 = not even visible
VERDICTS = {
    "compliance":             "+ + - - - - - - + - - - - -",
    "statistician":           "+ + + - - - - - + + + - - -",
    "data manager":           "+ + + + + + + - 0 0 - 0 0 -",
    "analyst":                "+ + - - - - - - + - + + + -",
    "contributor":            "+ - - - - + - - + - - - - -",
    "reader":                 "+ + - - - - - - + - - - - -",
    "study administrator":    "+ + + + + + + - + + + + + +",
    "gear developer":         "+ + + + + + + - + + + + + -",
    "reader and contributor": "+ + - - - + - - + - - - - -",
}  # fmt: skip


def probes(ids):
    """One request for each column of the table."""
    about = {
        "group": {"_id": ids["group"]},
        "project": {"label": f"{MARK}-project"},
        "session": {"label": "bulk", "subject": {"label": "bulk"}},
        "acquisition": {"label": "bulk", "files": [{"name": "bulk.txt"}]},
    }
    file, output = (
        f"/acquisitions/{ids['acquisition']}/files",
        f"/analyses/{ids['analysis']}/files/{MARK}.zip",
    )
    analysis = f"/sessions/{ids['session']}/analyses"
    return [
        ("GET", f"/sessions/{ids['session']}", {}),
        ("GET", f"{file}/{MARK}.zip", {"params": {"member": f"{MARK}.txt"}}),
        ("GET", f"{file}/{MARK}.zip", {}),
        ("PUT", f"/sessions/{ids['session']}", {"json": {"label": "new"}}),
        ("POST", file, {"files": {"file": ("new.txt", b"x")}}),
        (
            "POST",
            "/upload/label",
            {"files": {"f": ("bulk.txt", b"x")}, "data": {"metadata": json.dumps(about)}},
        ),
        ("DELETE", f"/files/{ids['acquisition-file']}", {}),
        ("DELETE", f"/files/{ids['session-file']}", {}),
        ("GET", f"{output}/info", {}),
        ("GET", output, {}),
        ("POST", analysis, {"json": {"label": "new"}}),
        ("PUT", f"/analyses/{ids['analysis']}", {"json": {"label": "new"}}),
        ("DELETE", f"/analyses/{ids['analysis']}", {}),
        (
            "POST",
            f"/projects/{ids['project']}/permissions",
            {"json": {"_id": ids["stranger"], "role_ids": [READER]}},
        ),
    ]


@pytest.fixture(scope="module")
def people(loop, site):
    """A user for each role, made through the API; the file of the session came from a device."""

    async def make():
        for name, actions in ROLES.items():
            held = closure(actions) | set(REQUIRED)
            if name == "data manager":
                held.discard("analyses_view_metadata")
            await site.user(name.replace(" ", "-"), *held)

    async def comes_from(kind):
        async with site.database.transaction() as connection:
            await connection.execute(
                text("UPDATE file SET origin_type = :kind WHERE file_id = :id"),
                {"kind": kind, "id": site.ids["session-file"]},
            )

    loop.run_until_complete(make())
    loop.run_until_complete(comes_from("device"))
    yield
    loop.run_until_complete(comes_from("user"))


@pytest.mark.parametrize("name", ROLES)
def test_a_role_allows_what_the_table_says(loop, site, people, name):
    async def verdicts():
        found = []
        for method, path, request in probes(site.ids):
            answer = await site.rehearse(name.replace(" ", "-"), method, path, **request)
            found.append(
                {403: "-", 404: "0"}.get(answer.status_code, "+" if answer.is_success else answer.text)
            )
        return " ".join(found)

    assert loop.run_until_complete(verdicts()) == VERDICTS[name]


def test_hidden_analyses_are_nowhere(loop, site, people):
    """The data manager's role leaves analyses out: of documents, lists, files, and downloads."""
    ids = site.ids

    async def seen():
        who, texts = "data-manager", []
        for path in (
            f"/sessions/{ids['session']}",
            f"/sessions/{ids['session']}/analyses",
            "/analyses",
            "/files",
        ):
            texts.append((await site.rehearse(who, "GET", path)).text)
        selection = {
            "nodes": [
                {"level": "session", "_id": ids["session"]},
                {"level": "analysis", "_id": ids["analysis"]},
            ]
        }
        for path in ("/download/targets?analyses=true", "/download/summary?analyses=true"):
            texts.append((await site.rehearse(who, "POST", path, json=selection)).text)
        return texts

    for text_ in loop.run_until_complete(seen()):
        assert ids["analysis"] not in text_
        assert f"{MARK}-analysis" not in text_
