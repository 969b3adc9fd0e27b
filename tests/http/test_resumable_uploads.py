"""Uploads by the tus protocol: what arrived is kept, the last byte makes the file, nothing is made twice."""

from base64 import b64encode

import pytest


def announce(api, container, name, size):
    said = ",".join(
        f"{key} {b64encode(value.encode()).decode()}"
        for key, value in (("container", container), ("filename", name))
    )
    return api.post("/x/uploads", headers={"Upload-Length": str(size), "Upload-Metadata": said})


def start(api, tree, name="scan.bin", size=10):
    answer = announce(api, tree.acquisition, name, size)
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    return answer.headers["location"].removeprefix("/api")


def send(api, place, offset, content):
    headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    return api.patch(place, content=content, headers=headers)


def contents(api, tree):
    files = tree.get(f"/acquisitions/{tree.acquisition}")["files"]
    where = f"/acquisitions/{tree.acquisition}/files"
    return {file["name"]: api.get(f"{where}/{file['name']}").content for file in files}


def test_pieces_become_one_file_with_the_last_byte(api, tree):
    place = start(api, tree)
    assert send(api, place, 0, b"01234").headers["upload-offset"] == "5"
    asked = api.head(place)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("5", "10")
    assert contents(api, tree) == {}
    assert send(api, place, 5, b"56789").status_code == 204
    assert contents(api, tree) == {"scan.bin": b"0123456789"}


def test_a_piece_at_another_offset_is_refused_and_told_where_to_go_on(api, tree, problem):
    place = start(api, tree)
    send(api, place, 0, b"012")
    assert problem(send(api, place, 5, b"567"), 409)["detail"] == {"resume_at": 3}
    problem(send(api, place, 3, b"34567890"), 413)
    assert send(api, place, 3, b"3456789").status_code == 204


def test_asking_again_after_the_end_makes_nothing_new(api, tree):
    place = start(api, tree, size=3)
    assert send(api, place, 0, b"abc").status_code == 204
    assert send(api, place, 3, b"").status_code == 204
    assert api.head(place).headers["upload-offset"] == "3"
    files = tree.get(f"/acquisitions/{tree.acquisition}")["files"]
    assert [(file["name"], file["version"]) for file in files] == [("scan.bin", 1)]


def test_an_empty_file_is_there_at_once(api, tree):
    start(api, tree, "empty.txt", 0)
    assert contents(api, tree) == {"empty.txt": b""}


def test_a_cancelled_upload_is_forgotten(api, tree, problem):
    place = start(api, tree)
    send(api, place, 0, b"01234")
    assert api.delete(place).status_code == 204
    problem(send(api, place, 5, b"56789"), 404)
    assert contents(api, tree) == {}


def test_an_upload_is_its_owners_alone(api, tree, stranger, problem):
    place = start(api, tree)
    problem(send(stranger, place, 0, b"01234"), 404)
    assert stranger.head(place).status_code == 404
    assert announce(stranger, tree.acquisition, "a.txt", 3).status_code in (403, 404)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "9" * 15}, 413),
        ({"Upload-Length": "5"}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "container ???,filename YQ=="}, 400),
    ],
)
def test_what_is_announced_wrongly_is_refused(api, problem, headers, status):
    problem(api.post("/x/uploads", headers=headers), status)


def test_bytes_of_another_kind_are_refused(api, tree, problem):
    problem(api.patch(start(api, tree), content=b"0", headers={"Upload-Offset": "0"}), 400)
