"""A secret of what the caller may not read makes no difference: asking for it is like asking for what is nowhere."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

SEARCH = "/dataexplorer/search"
EXAMPLES = 60
TYPES = ("project", "subject", "session", "acquisition", "analysis", "file", "collection")
LEVELS = ("group", *TYPES)
CONTAINERS, FILES, ANALYSES = "containers_view_metadata", "files_view_metadata", "analyses_view_metadata"
ROLES = ((CONTAINERS, FILES), (), (CONTAINERS, FILES, ANALYSES))  # only analyses can be left out of a role


def secret() -> str:
    return f"z{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def made(api) -> list[dict[str, str]]:
    """Projects with secrets of their own in containers, files, analyses and analyses' files."""

    def post(path: str, **body: Any) -> Any:
        answer = api.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["_id"]

    def upload(path: str, hidden: str) -> None:
        sent = api.post(f"{path}/files", files={"file": (f"{hidden}.txt", b"x")})
        assert sent.status_code == 200, sent.text
        info = {"set": {f"key{hidden}": hidden, "common": hidden}}
        answer = api.post(f"{path}/files/{hidden}.txt/info", json=info)
        assert answer.status_code == 200, answer.text

    group = post("/groups", _id=f"g{uuid.uuid4().hex[:12]}")
    found = []
    for _ in ROLES:
        one = {kind: secret() for kind in ("containers", "files", "analyses", "outputs")}
        info = {f"key{one['containers']}": one["containers"], "common": one["containers"]}
        named = {"label": one["containers"], "info": info}
        project = post("/projects", group=group, **named)
        subject = post("/subjects", project=project, **named)
        session = post("/sessions", project=project, subject={"_id": subject}, **named)
        acquisition = post("/acquisitions", session=session, tags=[one["containers"]], **named)
        upload(f"/acquisitions/{acquisition}", one["files"])
        upload(f"/sessions/{session}", one["files"])
        hidden = one["analyses"]
        info = {f"key{hidden}": hidden, "common": hidden}
        analysis = post(f"/sessions/{session}/analyses", label=hidden, info=info)
        upload(f"/analyses/{analysis}", one["outputs"])
        found.append({**one, "project": project})
    return found


@pytest.fixture(scope="module")
def hidden(made) -> list[str]:
    """The secrets of the projects that a caller with ROLES may not know."""
    kept = []
    for one, actions in zip(made, ROLES, strict=True):
        needs = {"containers": CONTAINERS, "files": FILES, "analyses": ANALYSES, "outputs": ANALYSES}
        kept += [one[kind] for kind, needed in needs.items() if needed not in actions]
    return kept


@pytest.fixture
def prober(api, stranger, made, unique):
    """A user with another role in each project."""
    for one, actions in zip(made, ROLES, strict=True):
        if actions:
            role = api.post("/roles", json={"label": unique(), "actions": list(actions)}).json()["_id"]
            group = api.get(f"/projects/{one['project']}").json()["group"]
            assert api.post(f"/groups/{group}/roles", json={"_id": role}).status_code == 200
            entry = {"_id": stranger.headers["x-user"], "role_ids": [role]}
            answer = api.post(f"/projects/{one['project']}/permissions", json=entry)
            assert answer.status_code == 200, answer.text
    return stranger


def term(chance: random.Random, value: str, level: str | None = None) -> str:
    level = level or chance.choice(LEVELS)
    name = "name" if level == "file" else "label"
    return chance.choice(
        [
            f"{level}.{name} CONTAINS {value}",
            f"{level}.{name} LIKE *{value[3:]}*",
            f"{level}.{name} =~ .*{value[1:]}.*",
            f"{level}.info.common = {value}",
            f"{level}.info.common IN [{value}, x]",
            f"{level}.info.key{value} EXISTS",
            f"{level}.info.key{value} != x",
            f"{level}.tags = {value}",
        ]
    )


def query(chance: random.Random, value: str, depth: int = 0) -> str:
    kind = chance.randrange(7 if depth < 2 else 2)
    if kind < 2:
        return term(chance, value)
    if kind == 2:
        return f"NOT ({query(chance, value, depth + 1)})"
    if kind == 3:
        level = chance.choice(TYPES[1:-1])
        return f"HAS {level} ({term(chance, value, level)})"
    if kind == 4:
        return f"({chance.choice(LEVELS)}._id EXISTS AND {query(chance, value, depth + 1)})"
    word = chance.choice(("AND", "OR"))
    return f"({query(chance, value, depth + 1)} {word} {query(chance, value, depth + 1)})"


def question(chance: random.Random, value: str) -> tuple[str, dict[str, Any]]:
    """One of all the things that can be asked."""
    kind, level = chance.choice(TYPES), chance.choice(LEVELS[1:-1])
    body: dict[str, Any] = {"return_type": kind, "size": 1000}
    if chance.random() < 0.2:
        body["search_string"] = value
    else:
        body["structured_query"] = query(chance, value)
    fields = [
        f"{level}.info.common",
        f"{level}.info.key{value}",
        "analysis.label",
        "file.name",
        "project.label",
    ]
    columns = ["project.label", "session.info.common", f"{kind}.info.common"]
    if kind == "file":
        columns += ["analysis.label", "analysis.info.common", "file.name"]
    sort = {"field": f"{level}.info.common", "order": chance.choice(("asc", "desc"))}
    return chance.choice(
        [
            (SEARCH, {**body, "sort": sort}),
            (SEARCH, {**body, "facet_fields": fields}),
            (SEARCH, {**body, "columns": columns} if kind in ("session", "acquisition", "file") else body),
            ("/dataexplorer/facets", {**body, "facet_fields": fields}),
            (f"{SEARCH}/nodes", body),
            (f"{SEARCH}/export", {"query": body, "format": chance.choice(("csv", "json"))}),
            (f"{SEARCH}/suggest", {"structured_query": f"{level}.info.key{value[:6]}"}),
            (f"{SEARCH}/suggest", {"structured_query": f"{level}.info.common = {value[:6]}"}),
            (f"{SEARCH}/fields", {"field": f"key{value}"}),
            (f"{SEARCH}/fields/aggregate", {"field_name": f"{level}.info.key{value}"}),
            (f"{SEARCH}/fields/aggregate", {"field_name": f"{level}.info.common", "search_string": value}),
            (f"{SEARCH}/parse", {"structured_query": query(chance, value)}),
            (f"{SEARCH}/tag", {"query": body, "tags": ["t"]}),
            (f"{SEARCH}/collect", {"query": body, "collection": {"label": "c"}}),
        ]
    )


def test_secrets_make_no_difference(prober, made, hidden):
    # Which fields exist is known seconds later: warnings of `parse` come and go with these, not with a value.
    chance = random.Random(7)
    for number in range(EXAMPLES):
        value, nowhere, seed = chance.choice(hidden), secret(), chance.random()
        answers = []
        for asked in (value, nowhere):
            path, body = question(random.Random(seed), asked)
            answer = prober.post(path, params={"facets": "true"}, json=body)
            assert answer.status_code < 500, (number, path, body, answer.text)
            said = answer.text
            for word in (asked, asked[1:], asked[3:], asked[:6]):
                said = said.replace(word, "?")
            answers.append((answer.status_code, said if answer.status_code == 200 else ""))
            for other in hidden:
                assert other == asked or other not in answer.text, (number, path, body, other)
        if not path.endswith(("/collect", "/parse")):
            assert answers[0] == answers[1], (number, path, question(random.Random(seed), value)[1], answers)
