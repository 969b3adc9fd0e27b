"""Whatever is asked of the data explorer, nothing of a project that the caller may not read is in the answer."""

from __future__ import annotations

import random
import uuid
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.xdist_group("all-data")  # one test changes who may search all data
SEARCH = "/dataexplorer/search"
TYPES = ("project", "subject", "session", "acquisition", "file", "collection")


@pytest.fixture(scope="module")
def projects(api) -> list[dict[str, str]]:
    """Four projects; every label, key and value of one holds its secret."""

    def make(path: str, **body: Any) -> str:
        answer = api.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["_id"]

    group = make("/groups", _id=f"g{uuid.uuid4().hex[:12]}")
    found = []
    for _ in range(4):
        secret = f"z{uuid.uuid4().hex[:12]}"
        info = {f"key{secret}": f"value {secret}", "common": secret}
        project = make("/projects", group=group, label=secret, info=info)
        subject = make("/subjects", project=project, label=secret, info=info)
        session = make("/sessions", project=project, subject={"_id": subject}, label=secret, info=info)
        acquisition = make("/acquisitions", session=session, label=secret, info=info, tags=[secret])
        sent = api.post(f"/acquisitions/{acquisition}/files", files={"file": (f"{secret}.txt", b"x")})
        assert sent.status_code == 200
        made = {"project": project, "subject": subject, "session": session, "acquisition": acquisition}
        found.append({**made, "secret": secret, "group": group})
    return found


def questions(projects: list[dict[str, str]]) -> list[tuple[str, str, dict[str, Any]]]:
    """Everything that can be asked, about each project and about all of them."""
    terms = ["", "NOT file.size < 0", "HAS session (session.created > today-1d)"]
    terms += [f"project.label LIKE *{one['secret'][3:]}" for one in projects]
    terms += [f"file.name CONTAINS {one['secret']} OR project._id = {one['project']}" for one in projects]
    asked: list[tuple[str, str, dict[str, Any]]] = []
    for text in terms:
        for kind in TYPES:
            if kind == "collection" and "HAS" in text:
                continue  # nothing lies below a collection
            body = {"return_type": kind, "structured_query": text}
            asked.append((SEARCH, kind, {**body, "size": 10_000, "facet_fields": [f"{kind}.label"]}))
        body = {"return_type": "file", "structured_query": text}
        asked += [(f"{SEARCH}/export", "", {"query": body}), (f"{SEARCH}/nodes", "", body)]
        asked.append(
            ("/dataexplorer/facets", "", {**body, "facet_fields": ["project.label", "file.info.common"]})
        )
    for one in projects:
        asked.append((SEARCH, "", {"return_type": "session", "search_string": one["secret"]}))
        for text in (
            f"session.label = {one['secret'][:4]}",
            f"session.info.key{one['secret'][:4]}",
            "session.info.k",
        ):
            asked.append((f"{SEARCH}/suggest", "", {"structured_query": text}))
        asked.append((f"{SEARCH}/fields", "", {"field": f"key{one['secret']}"}))
        asked.append((f"{SEARCH}/fields/aggregate", "", {"field_name": f"session.info.key{one['secret']}"}))
    return [*asked, (f"{SEARCH}/fields/aggregate", "", {"field_name": "session.info.common"})]


@pytest.mark.parametrize("seed", range(3))
def test_nothing_of_an_unreadable_project_is_in_any_answer(api, projects, stranger, seed):
    chance = random.Random(seed)
    readable = chance.sample(projects, seed)  # none, one, two
    reading = next(one["_id"] for one in api.get("/roles").json() if one["default_flywheel_role"] == "ro")
    for one in readable:
        entry = {"_id": stranger.headers["x-user"], "role_ids": [reading]}
        assert api.post(f"/projects/{one['project']}/permissions", json=entry).status_code == 200
    hidden = [one for one in projects if one not in readable]
    seen = set()
    for path, kind, body in questions(projects):
        answer = stranger.post(path, params={"facets": "true"}, json=body)
        assert answer.status_code in (200, 404), (path, body, answer.text)
        said = told(answer, body)
        for one in hidden:
            for name in ("secret", "project", "subject", "session", "acquisition"):
                assert one[name] not in said, (path, body, name)
        if kind == "session" and path == SEARCH and not body["structured_query"]:
            seen = {one["_id"] for one in answer.json()["results"]}
            assert answer.json()["total"] == len(readable)
    assert seen == {one["session"] for one in readable}
    mapped = stranger.get("/dataexplorer/mapped_fields", params={"path": "session.info"}).text
    assert not any(one["secret"] in mapped for one in hidden)


def told(answer: httpx.Response, body: dict[str, Any]) -> str:
    """What an answer tells that the question did not."""
    if answer.status_code == 404:
        return answer.text.replace(str(body.get("field_name")), "")
    return answer.text


def test_all_data_is_for_administrators(api, stranger, projects, problem):
    body = {"return_type": "session", "all_data": True, "search_string": projects[0]["secret"]}
    problem(stranger.post(SEARCH, json=body), 403)
    problem(stranger.post(f"{SEARCH}/nodes", json=body), 403)
    problem(stranger.post(f"{SEARCH}/export", json={"query": body}), 403)
    assert [one["_id"] for one in api.post(SEARCH, json=body).json()["results"]] == [projects[0]["session"]]


@pytest.fixture
def mode(api):
    """Sets who may search all data, for one test."""
    yield lambda **said: api.put("/site/settings", json=said).raise_for_status()
    api.put(
        "/site/settings", json={"search_all_data": "admin", "search_open_fields": None}
    ).raise_for_status()


def test_all_data_may_be_of_everybody_with_nothing_shown_or_of_nobody(api, stranger, projects, mode, problem):
    """In one test, as the setting is the whole site's."""
    mine, other = projects[0], projects[1]
    reading = next(one["_id"] for one in api.get("/roles").json() if one["default_flywheel_role"] == "ro")
    entry = {"_id": stranger.headers["x-user"], "role_ids": [reading]}
    assert api.post(f"/projects/{mine['project']}/permissions", json=entry).status_code == 200
    mode(search_all_data="metadata", search_open_fields=["session.info.common", "project._id"])

    def asked(text, kind="session", **more):
        body = {"return_type": kind, "all_data": True, "structured_query": text, **more}
        answer = stranger.post(SEARCH, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    both = f"session.info.common IN [{mine['secret']}, {other['secret']}]"
    found = asked(both)
    assert (found["total"], found["restricted_total"], found["cursor"]) == (1, "<5", None)
    assert [one["_id"] for one in found["results"]] == [mine["session"], other["session"]]
    shown = found["results"][1]["_source"]
    assert set(shown) == {"return_type", "restricted", "group", "project", "session"}
    assert set(shown["session"]) == {"_id", "created"}
    first = asked(both, size=1)
    second = asked(both, size=1, cursor=first["cursor"])
    assert [one["results"][0]["_id"] for one in (first, second)] == [mine["session"], other["session"]]
    assert (second["total"], asked(both, size=1, cursor=second["cursor"])["results"]) == (1, [])

    only = f"project._id = {other['project']} AND "
    closed = f"session.label = {other['secret']}"
    for text in (closed, f"NOT {closed}", "session.label != x", f"NOT ({closed} AND session.label = x)"):
        assert asked(only + text)["results"] == [], text
    for text in (f"HAS acquisition (acquisition.label = {other['secret']})", "NOT HAS file (file.size < 0)"):
        assert asked(only + text)["results"] == [], text
    assert len(asked(f"{only}({closed} OR session.info.common = {other['secret']})")["results"]) == 1
    assert asked(only + "session._id EXISTS", search_string=other["secret"])["results"] == []
    assert asked(both, facet_fields=["session.label"])["results"]
    facets = stranger.post(
        "/dataexplorer/facets",
        json={
            "return_type": "session",
            "all_data": True,
            "structured_query": both,
            "facet_fields": ["session.label"],
        },
    )
    body = {"return_type": "session", "all_data": True, "structured_query": both}
    for path in (f"{SEARCH}/nodes", f"{SEARCH}/export"):
        told = stranger.post(path, json={**body, "query": body}).text
        assert mine["session"] in told
        assert other["session"] not in told
    assert other["secret"] not in facets.text

    mode(search_all_data="off")
    problem(api.post(SEARCH, json={"return_type": "session", "all_data": True}), 403)
    problem(api.put("/site/settings", json={"search_all_data": "yes"}), 422)


def test_an_administrator_without_all_data_sees_the_projects_of_their_roles(api, stranger, connect, projects):
    user, one = stranger.headers["x-user"], projects[2]
    assert api.put(f"/users/{user}", json={"roles": ["site_admin"]}).status_code == 200
    body = {"return_type": "session", "search_string": one["secret"]}
    assert stranger.post(SEARCH, json=body).json()["total"] == 0
    assert stranger.post(SEARCH, json={**body, "all_data": True}).json()["total"] == 1
    reading = next(role["_id"] for role in api.get("/roles").json() if role["default_flywheel_role"] == "ro")
    entry = {"_id": user, "role_ids": [reading]}
    assert api.post(f"/projects/{one['project']}/permissions", json=entry).status_code == 200
    assert stranger.post(SEARCH, json=body).json()["total"] == 1


def test_nobody_searches_without_credentials(anonymous, problem):
    body = {"return_type": "file", "query": {"return_type": "file"}}
    for path in (SEARCH, f"{SEARCH}/suggest", f"{SEARCH}/export", f"{SEARCH}/nodes", "/dataexplorer/queries"):
        problem(anonymous.post(path, json=body), 401)
    assert (
        anonymous.post(f"{SEARCH}/parse", json={"structured_query": "file.size > 1"}).json()["valid"] is True
    )
