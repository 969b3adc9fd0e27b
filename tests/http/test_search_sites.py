"""One search over three real sites: pages in one order, each site's own rights, and sites that do not answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from treadle.testing.ports import answers, free_port
from treadle.testing.waiting import wait_until

pytestmark = pytest.mark.xdist_group("sites")  # two servers are started for them

SITES, SEARCH = "/dataexplorer/sites", "/dataexplorer/search"
WEIGHTS = {"home": (50, 61, 75.5, None), "east": (49, 61, 80), "west": (55, 61, 62)}


@dataclass
class Other:
    """Another site: a server on a database of its own."""

    url: str
    key: str
    process: subprocess.Popen[bytes]
    id: str = ""


@pytest.fixture(scope="module")
def database(treadle_server) -> str:
    home = Path(treadle_server.home) / "postgres"
    return f"postgresql://treadle:{(home / 'treadle.password').read_text().strip()}@/%s?host={home}"


def started(database: str, folder: Path) -> Other:
    name = f"site{uuid.uuid4().hex[:12]}"
    with psycopg.connect(database % "treadle", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    http, dicom = address(), address()
    environ = {**os.environ, "TREADLE_DATABASE_URL": database % name}
    program = str(Path(sys.executable).with_name("treadle"))
    process = subprocess.Popen(
        [program, "up", "--home", str(folder), "--http", http, "--dicom", dicom],
        env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    version = f"http://{http}/api/version"
    wait_until(lambda: answers(version) or process.poll() is not None, what="the other site answers")
    assert process.poll() is None
    key = json.loads((folder / "admin.json").read_text())["api_key"].rpartition(":")[2]
    return Other(f"http://{http}", key, process)


def signal_all(supervisor: int, which: signal.Signals) -> None:
    """To the supervisor first, so that it repairs nothing, then to its children."""
    with suppress(ProcessLookupError, FileNotFoundError):
        children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
        os.kill(supervisor, which)
        for child in children:
            os.kill(int(child), which)


def address() -> str:
    return f"127.0.0.1:{free_port()}"


def fill(api: httpx.Client, label: str, weights: tuple[float | None, ...]) -> None:
    def make(path: str, **body: Any) -> str:
        answer = api.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["_id"]

    group = make("/groups", _id=f"g{uuid.uuid4().hex[:10]}")
    project = make("/projects", group=group, label=label)
    subject = make("/subjects", project=project, label="S")
    for number, weight in enumerate(weights):
        body = {"project": project, "subject": {"_id": subject}, "label": f"{label}-{number}"}
        make("/sessions", **body, weight=weight, operator="everywhere")


@pytest.fixture(scope="module")
def others(api, database, tmp_path_factory) -> Iterator[dict[str, Other]]:
    """The sites `east` and `west`, known here, with keys of the caller."""
    found: dict[str, Other] = {}
    try:
        for name in ("east", "west"):
            other = found[name] = started(database, tmp_path_factory.mktemp(name))
            with httpx.Client(
                base_url=f"{other.url}/api", headers={"Authorization": f"Bearer {other.key}"}
            ) as there:
                fill(there, name, WEIGHTS[name])
            known = api.post(SITES, json={"label": name, "url": other.url})
            assert known.status_code == 200, known.text
            other.id = known.json()["_id"]
            connected = api.put(f"{SITES}/{other.id}/key", json={"key": other.key})
            assert connected.status_code == 200, connected.text
            assert connected.json()["connected"] is True
        fill(api, "home", WEIGHTS["home"])
        yield found
    finally:
        for other in found.values():
            api.delete(f"{SITES}/{other.id}")
            signal_all(other.process.pid, signal.SIGKILL)
            other.process.wait(20)


def query(**more: Any) -> dict[str, Any]:
    text = "session.operator = everywhere AND session.created > now-1d"
    return {"return_type": "session", "structured_query": text, "sites": ["*"], **more}


def paged(api: httpx.Client, **more: Any) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        answer = api.post(SEARCH, json=query(cursor=cursor, **more))
        assert answer.status_code == 200, answer.text
        yield answer.json()
        if (cursor := answer.json()["cursor"]) is None:
            return


def labels(page: dict[str, Any]) -> list[str]:
    return [one["_source"]["session"]["label"] for one in page["results"]]


@pytest.mark.parametrize(("order", "size"), [("asc", 1), ("asc", 3), ("desc", 4), ("desc", 100)])
def test_pages_of_several_sites_are_in_one_order(api, others, order, size):
    pages = list(paged(api, sort={"field": "session.weight", "order": order}, size=size))
    known = sorted(
        (
            (weight, site, number)
            for site, all_ in WEIGHTS.items()
            for number, weight in enumerate(all_)
            if weight
        ),
        key=lambda one: one[0] if order == "asc" else -one[0],
    )
    found = [label for page in pages for label in labels(page)]
    weights = {f"{site}-{number}": weight for weight, site, number in known}
    assert [weights[label] for label in found[:-1]] == [weight for weight, *_ in known]
    assert found[-1] == "home-3"  # without a weight: last in either direction
    assert len(set(found)) == len(found) == 10
    assert all(len(page["results"]) == size for page in pages[:-1])
    for page in pages:
        assert (page["total"], page["total_relation"]) == (10, "eq")
        assert {one["label"]: (one["status"], one["total"]) for one in page["sites"].values()} == {
            page["sites"]["home"]["label"]: ("ok", 4),
            "east": ("ok", 3),
            "west": ("ok", 3),
        }


def test_the_newest_come_first_and_results_name_their_site(api, others):
    [page] = paged(api)
    made = [one["_source"]["session"]["created"] for one in page["results"]]
    assert made == sorted(made, reverse=True)
    sites = {others["east"].id: "east", others["west"].id: "west", "home": "home"}
    assert all(
        label.startswith(sites[one["site"]]) for one, label in zip(page["results"], labels(page), strict=True)
    )


def test_facets_of_several_sites_are_added(api, others):
    body = query(facet_fields=["session.operator"])
    facets = api.post(SEARCH, json=body, params={"facets": "true"}).json()["facets"]
    assert facets["session_count"]["value"] == 10
    assert facets["fields"]["session.operator"]["buckets"] == [{"key": "everywhere", "doc_count": 10}]


def test_only_the_sites_that_are_named_are_asked(api, others, problem):
    page = api.post(SEARCH, json=query(sites=[others["west"].id])).json()
    assert {label[:4] for label in labels(page)} == {"west"}
    assert list(page["sites"]) == [others["west"].id]
    problem(api.post(SEARCH, json=query(sites=["nowhere"])), 400)
    problem(api.post(SEARCH, json=query(), params={"simple": "true"}), 400)
    problem(api.post(SEARCH, json=query(cursor="x")), 400)


def test_whoever_has_no_key_there_finds_nothing_there(others, stranger):
    page = stranger.post(SEARCH, json=query()).json()
    assert page["results"] == []
    assert page["total_relation"] == "gte"
    assert {page["sites"][other.id]["status"] for other in others.values()} == {"unauthorized"}


def test_keys_are_tried_and_kept_sealed(api, others, stranger, database, problem):
    east = others["east"]
    problem(stranger.put(f"{SITES}/{east.id}/key", json={"key": "wrong"}), 422)
    assert [one["connected"] for one in stranger.get(SITES).json()] == [False, False]
    assert east.key not in api.get(SITES).text
    with psycopg.connect(database % "treadle") as connection:
        rows = connection.execute("SELECT sealed FROM search_site_key").fetchall()
    assert rows
    assert not any(east.key.encode() in sealed for (sealed,) in rows)
    problem(stranger.post(SITES, json={"label": "mine", "url": "http://127.0.0.1:9"}), 403)
    for url in ("ftp://a", "http://", "http://u:p@host", "http://host?x", "http://host:x", 5):
        problem(api.post(SITES, json={"label": "other", "url": url}), 400)
    problem(api.post(SITES, json={"label": "east", "url": "http://127.0.0.1:9"}), 409)


def test_a_site_that_is_slow_or_down_is_named_and_the_others_answer(api, others):
    """Goes last: it ends the other sites."""
    east, west = others["east"], others["west"]
    first = api.post(SEARCH, json=query(size=2, sort={"field": "session.weight"})).json()
    signal_all(west.process.pid, signal.SIGSTOP)
    signal_all(east.process.pid, signal.SIGKILL)
    east.process.wait(20)
    [page] = paged(api)
    assert {label[:4] for label in labels(page)} == {"home"}
    assert page["sites"][west.id]["status"] == "timeout"
    assert 4_000 < page["sites"][west.id]["ms"] < 15_000
    assert page["sites"][east.id]["status"] == "error"
    assert page["sites"]["home"]["status"] == "ok"
    assert (page["total"], page["total_relation"]) == (4, "gte")
    # Between two pages: what the dead sites had left is missing, and said to be.
    rest = api.post(SEARCH, json=query(cursor=first["cursor"], sort={"field": "session.weight"})).json()
    assert labels(rest)[-1] == "home-3"
    assert {rest["sites"][other.id]["status"] for other in (east, west)} == {"error", "timeout"}
