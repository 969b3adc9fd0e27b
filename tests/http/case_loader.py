"""The objects of the shared query cases, stored through the ordinary API as anybody would store them.

What the API gives itself or never takes (when things were made, what gears say of themselves, whether a session
satisfies a template, words outside a list of choices, keys with dots) is written into the database behind it, and
indexed by the worker.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.types.json import Jsonb

from treadle.testing.waiting import wait_until

_PLURAL = {
    "group": "groups",
    "project": "projects",
    "subject": "subjects",
    "session": "sessions",
    "acquisition": "acquisitions",
    "analysis": "analyses",
}
_BEHIND = ("created", "modified", "gear_info", "job", "satisfies_template", "cohort")
_FILE_FIELDS = ("type", "mimetype", "modality", "classification", "info", "tags")


@dataclass
class Loaded:
    """What became of the data set: our ids by its ids, and the clients of its users."""

    ids: dict[str, str] = field(default_factory=dict)
    users: dict[str, httpx.Client] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """The ids of the data set by ours."""
        return {ours: theirs for theirs, ours in self.ids.items()}


def load(
    dataset: dict[str, Any], api: httpx.Client, connect: Callable[..., httpx.Client], home: Path
) -> Loaded:
    """Store the whole data set; everything in it can be found when this returns."""
    found = Loaded()
    for level in _PLURAL:
        for item in dataset[level]:
            found.ids[item["_id"]] = _container(api, level, item, found.ids)
    for item in dataset["file"]:
        found.ids[item["_id"]] = _file(api, item, found.ids)
    for user in dataset["users"]:
        found.users[user["_id"]] = _user(api, connect, user, found.ids)
    password = (home / "postgres" / "treadle.password").read_text().strip()
    address = f"postgresql://treadle:{password}@/treadle?host={home / 'postgres'}"
    with psycopg.connect(address, autocommit=True) as database:
        for level in (*_PLURAL, "file"):
            for item in dataset[level]:
                _behind(database, level, item, found.ids[item["_id"]])
        for level in (*_PLURAL, "file"):
            for item in dataset[level]:
                if item.get("deleted"):
                    plural = _PLURAL.get(level, "files")
                    _good(api.request("DELETE", f"/{plural}", json=[found.ids[item["_id"]]]))
        _await_index(database)
    return found


def _good(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json()


def _container(api: httpx.Client, level: str, item: dict[str, Any], ids: dict[str, str]) -> str:
    body = {name: value for name, value in item["doc"].items() if name not in _BEHIND}
    path = f"/{_PLURAL[level]}"
    if level == "group":
        body["_id"] = item["_id"]
    elif level == "analysis":
        path = f"/{_PLURAL[item['parent'][0]]}/{ids[item['parent'][1]]}/analyses"
    elif level == "session":
        body["subject"] = {"_id": ids[item["parent"][1]]}
        body["project"] = api.get(f"/subjects/{ids[item['parent'][1]]}").json()["project"]
    else:
        body[item["parent"][0]] = ids[item["parent"][1]]
    return str(_good(api.post(path, json=body))["_id"])


def _file(api: httpx.Client, item: dict[str, Any], ids: dict[str, str]) -> str:
    doc, (level, parent) = item["doc"], item["parent"]
    metadata = {"name": doc["name"], **{name: doc[name] for name in _FILE_FIELDS if name in doc}}
    [made] = _good(
        api.post(
            f"/{_PLURAL[level]}/{ids[parent]}/files",
            files={"file": (doc["name"], bytes(doc["size"]))},
            data={"metadata": json.dumps(metadata)},
        )
    )
    return str(made["_id"])


def _user(
    api: httpx.Client, connect: Callable[..., httpx.Client], user: dict[str, Any], ids: dict[str, str]
) -> httpx.Client:
    name, password = user["_id"], uuid.uuid4().hex
    roles = ["site_admin"] if user.get("admin") else []
    _good(
        api.post(
            "/users",
            json={"_id": name, "firstname": "A", "lastname": "B", "password": password, "roles": roles},
        )
    )
    reading = next(role["_id"] for role in api.get("/roles").json() if role["default_flywheel_role"] == "ro")
    for project in user["projects"]:
        _good(api.post(f"/projects/{ids[project]}/permissions", json={"_id": name, "role_ids": [reading]}))
    browser = connect()
    csrf = {
        "X-CSRF-Token": _good(browser.post("/x/login", json={"email": name, "password": password}))["csrf"]
    }
    secret = _good(browser.post("/users/self/key", json={"label": "k"}, headers=csrf))["unencrypted_secret"]
    return connect(Authorization=f"Bearer {secret}")


def _behind(database: psycopg.Connection[Any], level: str, item: dict[str, Any], key: str) -> None:
    doc = item["doc"]
    values: dict[str, Any] = {f"{name}_at": doc[name] for name in ("created", "modified") if name in doc}
    if level == "file":
        values["mimetype"] = doc.get("mimetype")  # the API tells one from the name
    if any("." in key for key in doc.get("info", {})):
        values["info"] = Jsonb(doc["info"])
    own = {name: doc[name] for name in ("gear_info", "job", "satisfies_template", "cohort") if name in doc}
    sets = [f"{name} = %({name})s" for name in values]
    if own:
        sets.append("doc = doc || %(own)s")
    if sets:
        table = "file" if level == "file" else "container"
        database.execute(
            f"UPDATE {table} SET {', '.join(sets)} WHERE id = %(key)s",
            {**values, "own": Jsonb(own), "key": key},
        )


def _await_index(database: psycopg.Connection[Any]) -> None:
    dirty = "SELECT FROM search_dirty LIMIT 1"
    wait_until(lambda: database.execute(dirty).fetchone() is None, what="all is in the index")
