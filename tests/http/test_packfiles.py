"""Packfiles: many small files become one zip on an acquisition found by its labels."""

import io
import json
import zipfile

import httpx

PLACE = {
    "session": {"label": "E9", "subject": {"code": "S9"}},
    "acquisition": {"label": "A9", "timestamp": "2020-01-02T03:04:05Z"},
    "packfile": {"type": "dicom"},
}


def _events(answer: httpx.Response) -> list[tuple[str, dict]]:
    found = []
    for block in answer.text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def _start(tree) -> str:
    return tree.api.post(f"/projects/{tree.project}/packfile-start").json()["token"]


def _send(tree, token, *files):
    sent = [("file", file) for file in files]
    return tree.api.post(f"/projects/{tree.project}/packfile", params={"token": token}, files=sent)


def _end(tree, token, count, place=PLACE, api=None):
    query = {"token": token, "metadata": json.dumps(place), "file_count": count}
    return (api or tree.api).get(f"/projects/{tree.project}/packfile-end", params=query)


def test_files_of_several_requests_become_one_zip(tree):
    """Order and content stay, the last event names where the zip is, a repeated end gives the same answer."""
    token = _start(tree)
    assert _send(tree, token, ("1.dcm", b"one"), ("2.dcm", b"two")).status_code == 200
    assert _send(tree, token, ("3.dcm", b"3" * 100_000), ("1.dcm", b"one again")).status_code == 200
    answer = _end(tree, token, 3)
    assert answer.headers["content-type"].startswith("text/event-stream")
    name, result = _events(answer)[-1]
    assert (name, result["filename"]) == ("result", "A9.dicom.zip")
    acquisition = tree.get(f"/acquisitions/{result['acquisition_id']}")
    assert (acquisition["label"], acquisition["session"]) == ("A9", result["session_id"])
    assert acquisition["files"][0]["zip_member_count"] == 3
    raw = tree.api.get(f"/acquisitions/{acquisition['_id']}/files/A9.dicom.zip").content
    with zipfile.ZipFile(io.BytesIO(raw)) as got:
        assert got.testzip() is None
        assert {name: len(got.read(name)) for name in got.namelist()} == {
            "1.dcm": 9,
            "2.dcm": 3,
            "3.dcm": 100_000,
        }
    assert _events(_end(tree, token, 3))[-1] == (name, result)
    again = _start(tree)
    _send(tree, again, ("other.dcm", b"x"))
    assert _events(_end(tree, again, 1))[-1][1]["acquisition_id"] == result["acquisition_id"]


def test_an_unfinished_or_foreign_packfile_is_refused(tree, stranger, problem):
    """Missing files, unreadable metadata, unknown tokens, other people: each gets its own answer."""
    token = _start(tree)
    problem(_end(tree, token, 0), 400)
    _send(tree, token, ("1.dcm", b"one"))
    problem(_end(tree, token, 2), 409)
    problem(_end(tree, token, 1, place={"session": {"label": "x"}}), 422)
    problem(_end(tree, "nothing", 1), 404)
    problem(_end(tree, token, 1, api=stranger), 404)
    problem(stranger.post(f"/projects/{tree.project}/packfile-start"), 404)


def test_only_administrators_clean_up(api, stranger, problem):
    removed = api.post("/clean-packfiles").json()["removed"]
    assert set(removed) == {"tokens", "files"}
    problem(stranger.post("/clean-packfiles"), 403)
