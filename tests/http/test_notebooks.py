"""A project handed over to Jupyter: the notebook, and a key that opens this project alone and ends."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest


@pytest.fixture
def by_key(treadle_server):
    """What a key in the form of the clients is answered."""

    def call(key: str, method: str, path: str, **options) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key.rpartition(':')[2]}"}
        return httpx.request(method, f"{treadle_server.url}/api{path}", headers=headers, **options)

    return call


def test_the_key_opens_this_project_alone_and_no_more_than_reading_and_writing(api, tree, by_key):
    """Not other projects, not who may come in, no further keys; it ends within the hours that are set."""
    another = tree.add("projects", group=tree.group, label="Q")
    made = api.post(f"/projects/{tree.project}/notebook", json={}).json()
    left = datetime.fromisoformat(made["expires"]) - datetime.now(UTC)
    assert timedelta(hours=7) < left <= timedelta(hours=8)
    assert by_key(made["key"], "GET", f"/projects/{tree.project}").status_code == 200
    assert (
        by_key(made["key"], "POST", f"/projects/{tree.project}/info", json={"set": {"a": 1}}).status_code
        == 200
    )
    assert by_key(made["key"], "GET", f"/projects/{another}").status_code == 404
    permission = {"_id": "x@example.org", "role_ids": []}
    path = f"/projects/{tree.project}/permissions"
    assert by_key(made["key"], "POST", path, json=permission).status_code == 403
    assert by_key(made["key"], "POST", f"/projects/{tree.project}/notebook", json={}).status_code == 403
    assert by_key(made["key"], "POST", "/users/self/key", json={}).status_code == 403


def test_a_key_for_reading_changes_nothing(api, tree, by_key):
    made = api.post(f"/projects/{tree.project}/notebook", json={"read_only": True}).json()
    assert by_key(made["key"], "GET", f"/projects/{tree.project}").status_code == 200
    assert (
        by_key(made["key"], "POST", f"/projects/{tree.project}/info", json={"set": {"a": 1}}).status_code
        == 403
    )


def test_the_notebook_names_the_project_and_holds_no_key(api, tree):
    """Notebooks are passed on."""
    made = api.post(f"/projects/{tree.project}/notebook", json={}).json()
    text = json.dumps(made["notebook"])
    assert tree.project in text
    assert made["key"].rpartition(":")[2] not in text
    assert made["name"].endswith(".ipynb")
    assert made["url"] is None
    assert [cell["cell_type"] for cell in made["notebook"]["cells"]].count("code") == 4


def test_the_command_writes_the_same_notebook_and_no_other_file_over(treadle, api, tree, tmp_path):
    made = api.post(f"/projects/{tree.project}/notebook", json={}).json()
    path = tmp_path / "a.ipynb"
    shown = treadle("notebook", tree.project, "--to", str(path))
    assert "TREADLE_API_KEY=" in shown.out
    assert json.loads(path.read_text()) == made["notebook"]
    assert "File exists" in treadle("notebook", tree.project, "--to", str(path), ok=False).err
