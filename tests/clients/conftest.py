"""Official clients run inside their own environments: their modules are never loaded by this one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

collect_ignore = ["sdk", "fwclient", "fwcore", "geartoolkit", "fwgear", "gear_folder.py"]
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    """The server as its administrator sees it."""

    url: str
    key: str
    api: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a successful GET."""
        return self._json(self.api.get(path, params=query))

    def post(self, path: str, body: Any, **query: Any) -> Any:
        """The JSON of a successful POST."""
        return self._json(self.api.post(path, json=body, params=query))

    def add(self, level: str, **document: Any) -> str:
        """A new container's id."""
        return self.post(f"/{level}", document)["_id"]

    def upload(self, path: str, name: str, content: bytes | str = b"hello") -> Any:
        """The document of a file uploaded to the container at this path."""
        return self._json(self.api.post(f"{path}/files", files={"file": (name, content)}))[0]

    def login(self, secret: str) -> str:
        """What clients are given to sign in with this key."""
        return f"{self.url.removeprefix('http://')}:__force_insecure:{secret}"

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass(frozen=True)
class Account:
    """An ordinary user who may see nothing yet."""

    id: str
    key: str


@dataclass(frozen=True)
class Tree:
    """Ids of one hierarchy: group, project P, subject S, session E, acquisition A."""

    group: str
    project: str
    subject: str
    session: str
    acquisition: str


@pytest.fixture(scope="session")
def site(treadle_server) -> Iterator[Site]:
    with httpx.Client(
        base_url=f"{treadle_server.url}/api",
        headers={"Authorization": f"Bearer {treadle_server.key}"},
        timeout=60,
    ) as api:
        yield Site(treadle_server.url, treadle_server.key, api)


@pytest.fixture
def unique() -> Callable[[], str]:
    return lambda: f"c{uuid.uuid4().hex[:14]}"


@pytest.fixture
def new_account(site: Site, unique) -> Callable[[], Account]:
    """Makes ordinary users with a key."""

    def make() -> Account:
        user = f"{unique()}@example.com"
        site.post("/users", {"_id": user, "email": user, "firstname": "A", "lastname": "B"})
        return Account(user, site.post(f"/users/{user}/key", {"label": "k"})["unencrypted_secret"])

    return make


@pytest.fixture
def role_ids(site: Site) -> dict[str, str]:
    """The built-in roles: `ro`, `rw`, `admin` -> id."""
    found = site.get("/roles")
    return {role["default_flywheel_role"]: role["_id"] for role in found if role["default_flywheel_role"]}


@pytest.fixture
def tree(site: Site, unique) -> Tree:
    group = site.add("groups", _id=unique())
    project = site.add("projects", group=group, label="P")
    subject = site.add("subjects", project=project, label="S")
    session = site.add("sessions", project=project, subject={"_id": subject}, label="E")
    return Tree(group, project, subject, session, site.add("acquisitions", session=session, label="A"))
