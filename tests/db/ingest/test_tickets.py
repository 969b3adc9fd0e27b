"""Uploads in three steps on a server that offers them; the bytes' request carries no credentials."""

import os

import httpx
import pytest

from treadle.server.kit.settings import UploadSettings


@pytest.fixture(scope="module")
def offering(serve, tmp_path_factory):
    """The client of a server with `uploads.signed_urls`."""
    with serve(tmp_path_factory.mktemp("home"), uploads=UploadSettings(signed_urls=True)) as client:
        yield client


@pytest.fixture
def files(offering):
    group = f"g{os.urandom(5).hex()}"
    assert offering.post("/groups", json={"_id": group, "label": group}).status_code == 200
    made = offering.post("/projects", json={"group": group, "label": "P"}).json()["_id"]
    return f"/projects/{made}/files"


def announce(client, files, *names, **metadata):
    answer = client.post(files, params={"ticket": ""}, json={"metadata": metadata, "filenames": list(names)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_three_steps_make_a_file_and_may_be_repeated(offering, files):
    assert offering.get("/config").json()["features"]["signed_url"] is True
    step = announce(offering, files, "a.txt", modality="MR")
    assert step["headers"] == {}
    put = httpx.put(step["urls"]["a.txt"], content=b"hello")
    assert put.status_code == 200, put.text
    first = offering.post(files, params={"ticket": step["ticket"]})
    assert [(file["name"], file["modality"], file["size"]) for file in first.json()] == [("a.txt", "MR", 5)]
    again = offering.post(files, params={"ticket": step["ticket"]})
    assert [file["version"] for file in again.json()] == [1]
    assert offering.get(f"{files}/a.txt").content == b"hello"


def test_an_empty_file_and_several_files_go_by_ticket(offering, files):
    step = announce(offering, files, "empty", "full")
    for name, content in (("empty", b""), ("full", b"x" * 3_000_000)):
        assert httpx.put(step["urls"][name], content=content).status_code == 200
    placed = offering.post(files, params={"ticket": step["ticket"]}).json()
    assert [(file["name"], file["size"]) for file in placed] == [("empty", 0), ("full", 3_000_000)]


def test_completing_without_the_bytes_is_refused_and_forgets_the_ticket(offering, files):
    step = announce(offering, files, "a.txt")
    assert offering.post(files, params={"ticket": step["ticket"]}).status_code == 409
    assert offering.post(files, params={"ticket": step["ticket"]}).status_code == 404
    assert httpx.put(step["urls"]["a.txt"], content=b"late").status_code == 404
    assert offering.get(f"{files}/a.txt").status_code == 404


@pytest.mark.parametrize("token", ["x", "x.0", ".", "", "a.99999999999"])
def test_unknown_tokens_are_404(offering, token):
    answer = httpx.put(f"{offering.base_url}upload/fs-file", params={"token": token}, content=b"x")
    assert answer.status_code == 404
