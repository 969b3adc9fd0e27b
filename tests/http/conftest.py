"""Plain HTTP clients and a fresh hierarchy for each test."""

import io
import json
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from treadle.cli.main import main

sys.path.insert(0, str(Path(__file__).parent))  # the tests' own helpers

Json = Any


@pytest.fixture(scope="session")
def key(treadle_server) -> str:
    """The bare API key of the first administrator."""
    return treadle_server.api_key.rpartition(":")[2]


@pytest.fixture(scope="session")
def connect(treadle_server) -> Iterator[Callable[..., httpx.Client]]:
    """Makes clients of the API that send the given headers."""
    opened: list[httpx.Client] = []

    def make(**headers: str) -> httpx.Client:
        # Plain HTTP: leaving out the certificates makes a client forty times cheaper.
        client = httpx.Client(
            base_url=f"{treadle_server.url}/api", headers=headers, timeout=120, verify=False
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def api(connect, key) -> httpx.Client:
    """The administrator's client."""
    return connect(Authorization=f"scitran-user {key}")


@pytest.fixture(scope="session")
def anonymous(connect) -> httpx.Client:
    return connect()


@pytest.fixture
def unique() -> Callable[[], str]:
    return lambda: f"h{uuid.uuid4().hex[:14]}"


@pytest.fixture
def stranger(api, connect, unique) -> httpx.Client:
    """The client of a new ordinary user, who may see nothing yet; its header `x-user` is the user's id."""
    user = f"{unique()}@example.com"
    made = api.post("/users", json={"_id": user, "email": user, "firstname": "A", "lastname": "B"})
    assert made.status_code == 200, made.text
    secret = api.post(f"/users/{user}/key", json={"label": "k"}).json()["unencrypted_secret"]
    return connect(**{"Authorization": f"Bearer {secret}", "x-user": user})


@dataclass(frozen=True)
class Tree:
    """Ids of one hierarchy of its own."""

    api: httpx.Client
    group: str
    project: str
    subject: str
    session: str
    acquisition: str

    def add(self, level: str, **document: Json) -> str:
        """Creates a container and gives its id."""
        return created(self.api, level, **document)

    def upload(
        self, name: str, content: bytes | str = b"hello", *, to: str | None = None, **query: Json
    ) -> Json:
        """Uploads one file to the acquisition (or to the path given) and gives its document."""
        path = to or f"/acquisitions/{self.acquisition}"
        answer = self.api.post(f"{path}/files", files={"file": (name, content)}, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()[0]

    def get(self, path: str, **query: Json) -> Json:
        """The JSON of a successful GET."""
        answer = self.api.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def created(api: httpx.Client, level: str, **document: Json) -> str:
    answer = api.post(f"/{level}", json=document)
    assert answer.status_code == 200, answer.text
    return answer.json()["_id"]


@pytest.fixture
def tree(api, unique) -> Tree:
    group = created(api, "groups", _id=unique())
    project = created(api, "projects", group=group, label="P")
    subject = created(api, "subjects", project=project, label="S")
    session = created(api, "sessions", project=project, subject={"_id": subject}, label="E")
    acquisition = created(api, "acquisitions", session=session, label="A")
    return Tree(api, group, project, subject, session, acquisition)


@pytest.fixture(scope="session")
def problem() -> Callable[[httpx.Response, int], Json]:
    """Checks that an answer is an error of our one form and gives its body."""

    def check(answer: httpx.Response, status: int) -> Json:
        assert answer.status_code == status, answer.text
        body = answer.json()
        assert isinstance(body["message"], str)
        assert body["message"]
        assert body["status_code"] == status
        assert body["request_id"]
        return body

    return check


class Done:
    """What a command printed, and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Standard output of `--json`."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def treadle(treadle_server, monkeypatch, capsys) -> Callable[..., Done]:
    """Types a command for this server; with `ok` it must succeed, otherwise be refused in one line."""
    monkeypatch.setenv("TREADLE_SERVER", treadle_server.url)
    monkeypatch.setenv("TREADLE_API_KEY", treadle_server.key)

    def run(*words: object, ok: bool = True, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["treadle", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        done = Done(int(end.value.code or 0), said.out, said.err)
        assert (done.status == 0) is ok, done.err
        if not ok:
            assert done.err.startswith("treadle: ")
            assert len(done.err.splitlines()) == 1
        return done

    return run


@pytest.fixture
def gear_manifest(unique):
    """A manifest that is in order, of a series of its own."""

    def make(name=None, version="1.0.0", **more):
        name = name or unique()
        made = {
            "name": name,
            "label": f"Gear {name}",
            "description": "Counts.",
            "version": version,
            "author": "A. Author",
            "license": "Apache-2.0",
            "url": "",
            "source": "",
            "inputs": {"image": {"base": "file", "type": {"enum": ["dicom", "nifti"]}}},
            "config": {
                "zeta": {"type": "integer", "default": 3},
                "alpha": {"type": "string", "optional": True},
            },
            "custom": {"gear-builder": {"image": f"example/{name}:{version}", "category": "utility"}},
        }
        return {**made, **more}

    return make


@pytest.fixture
def add_gear(api):
    """Adds a gear as the site administrator: its id."""

    def post(manifest, **more):
        made = api.post(f"/gears/{manifest['name']}", json={"category": "utility", "gear": manifest, **more})
        assert made.status_code == 200, made.text
        return made.json()["_id"]

    return post


@pytest.fixture
def dicom_gear(add_gear, unique, gear_manifest):
    """The name of a gear that takes DICOM files."""
    name = unique()
    inputs = {"image": {"base": "file", "type": {"enum": ["dicom"]}}}
    add_gear(gear_manifest(name=name, inputs=inputs, config={}))
    return name


@pytest.fixture
def gear_developer(api, stranger):
    """A gear developer: an ordinary user but for the gears."""
    api.put(f"/users/{stranger.headers['x-user']}", json={"roles": ["user", "developer"]})
    return stranger
